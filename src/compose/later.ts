import { isoNow } from '../base/clock';
import type { Actor } from '../session/types';
import { claimOwner, keepLease, LEASE_MS } from './claim';
import { type ComposeContext, ownerOf } from './context';
import {
  changeOutbox,
  deleteOutbox,
  findOutbox,
  listDue,
  listPutOff,
  type OutboxRow,
} from './outbox-store';
import { soon } from './patience';
import { deliveryOf, queuedBy, run } from './send';
import { saveServerCopy } from './server-copy';
import type { PutOff } from './types';

const BATCH = 20;
const MAX_LISTED = 200;
const MINUTE_MS = 60_000;
/** A server that is away is asked again after so many minutes, at last every two hours for two days. */
const PAUSES_MIN = [1, 2, 5, 15, 30, 60, ...Array.from({ length: 24 }, () => 120)];

/** A moment's wait is kept to the second; for others the job of every few seconds is enough. */
export function wakeAt(context: ComposeContext, at: number): void {
  const wait = at - context.clock.now();
  if (wait > MINUTE_MS) return;
  context.clock.after(Math.max(0, wait), () => void sendDue(context));
}

/** Put off by its agent, not by a plugin. */
const isPutOff = (row: OutboxRow | undefined): row is OutboxRow & { readonly sendAt: number } =>
  row?.sendAt !== undefined;

/** See `Compose.putOff`. */
export async function listLater(context: ComposeContext, actor: Actor): Promise<readonly PutOff[]> {
  const rows = await listPutOff(context.db.knex, ownerOf(actor), MAX_LISTED);
  return rows.filter(isPutOff).map((row) => ({
    draft: row.draft,
    subject: row.job?.subject ?? '',
    recipients: row.job?.recipients ?? [],
    at: row.sendAt,
    state: stateOf(row),
  }));
}

function stateOf({ state, access }: OutboxRow): PutOff['state'] {
  if (state === 'failed' || state === 'unknown') return state;
  if (state === 'sending') return 'leaving';
  return access === undefined ? 'visit' : 'waiting';
}

/** See `Compose.callBack`: of this and the sending, one wins. */
export async function callBack(
  context: ComposeContext,
  actor: Actor,
  draft: string,
): Promise<boolean> {
  const row = await findOutbox(context.db.knex, ownerOf(actor), draft);
  if (!isPutOff(row) || (row.state !== 'held' && row.state !== 'failed')) return false;
  const isBack = await deleteOutbox(context.db.knex, { draft, state: row.state });
  if (!isBack) return false;
  if (row.job) await context.files.removeSpool(row.site, row.job.spool);
  // Other programs find it in Drafts, as every draft that was closed.
  await soon(context.clock, saveServerCopy(context, actor, draft), false, (err) =>
    context.log.warn({ err }, 'draft/server-copy-failed'),
  );
  return true;
}

/** See `Compose.putOffTo`. */
export async function putOffTo(
  context: ComposeContext,
  actor: Actor,
  draft: string,
  at: number,
): Promise<boolean> {
  const row = await findOutbox(context.db.knex, ownerOf(actor), draft);
  if (!isPutOff(row) || row.state !== 'held') return false;
  const access = row.access ?? (await context.absentees?.keep(actor, draft)) ?? null;
  const isMoved = await changeOutbox(
    context.db.knex,
    { draft, state: 'held' },
    { sendAt: at, lateTries: 0, access },
    isoNow(context.clock),
  );
  if (isMoved) wakeAt(context, at);
  return isMoved;
}

const underWay = new WeakMap<ComposeContext, Promise<void>>();

/** Sends what is due, one round at a time in this process; other processes may be at it too. */
export function sendDue(context: ComposeContext): Promise<void> {
  const before = underWay.get(context) ?? Promise.resolve();
  const round = before
    .then(() => sendRound(context))
    .catch((err: unknown) => {
      context.log.warn({ err }, 'outbox/due-failed');
    });
  underWay.set(context, round);
  return round;
}

/** Resolves when the rounds that were asked for have ended. */
export const idleLater = (context: ComposeContext): Promise<void> =>
  underWay.get(context) ?? Promise.resolve();

async function sendRound(context: ComposeContext): Promise<void> {
  for (const row of await listDue(context.db.knex, context.clock.now(), BATCH)) {
    const { user, site, access, draft } = row;
    const actor = await context.absentees?.actor({ user: user, site }, access, draft);
    // Whoever keeps nothing sends when they are there.
    if (!actor) continue;
    try {
      await sendOne(context, actor, row);
    } finally {
      context.mail.release(actor);
    }
  }
}

/** See `ComposeService.sendDueOf`. */
export async function sendDueOf(context: ComposeContext, actor: Actor): Promise<void> {
  const rows = await listPutOff(context.db.knex, ownerOf(actor), BATCH);
  const now = context.clock.now();
  for (const row of rows.filter(isPutOff)) {
    if (row.state === 'held' && row.sendAt <= now) await sendOne(context, actor, row);
  }
}

async function sendOne(context: ComposeContext, actor: Actor, row: OutboxRow): Promise<void> {
  const { draft, site, messageId, job, lateTries } = row;
  if (!job) return;
  const owner = claimOwner(context);
  const at = isoNow(context.clock);
  const claim = {
    state: 'sending',
    step: 'prepared',
    owner,
    leaseUntil: context.clock.now() + LEASE_MS,
    lateTries: lateTries + 1,
  } as const;
  const isTaken = await changeOutbox(
    context.db.knex,
    { draft, state: 'held', owner: row.owner },
    claim,
    at,
  );
  if (!isTaken) return;
  const stopLease = keepLease(context, { draft, state: 'sending', owner });
  const pause = PAUSES_MIN[lateTries];
  const retry = pause === undefined ? {} : { retryAt: context.clock.now() + pause * MINUTE_MS };
  try {
    const delivery = deliveryOf({ id: draft, site, messageId }, owner, job, false);
    if (await queuedBy(context, actor, delivery)) return;
    await run(context, actor, { ...delivery, ...retry });
  } catch (err) {
    context.log.warn({ err, draft }, 'outbox/due-failed');
    // Nothing can have left: it waits for its next turn, or for the agent.
    const expected = { draft, state: 'sending', step: 'prepared', owner } as const;
    const changes = { state: 'held', sendAt: retry.retryAt ?? row.sendAt ?? null } as const;
    await changeOutbox(context.db.knex, expected, changes, isoNow(context.clock));
  } finally {
    stopLease();
  }
}
