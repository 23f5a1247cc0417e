import { hostname } from 'node:os';
import { isoNow } from '../base/clock';
import { AppError } from '../base/errors';
import { newToken } from '../base/ids';
import type { Actor } from '../session/types';
import { type ComposeContext, ownerOf } from './context';
import { findDraft, type StoredDraft } from './draft-store';
import {
  changeOutbox,
  deleteOutbox,
  type Expected,
  findOutbox,
  insertOutbox,
  listSending,
  type OutboxRow,
  tellOutcome,
} from './outbox-store';
import type { Executor } from './rows';
import type { SendOutcome } from './types';

/** A sending renews its lease well within this; a row past it belongs to a process that is gone. */
export const LEASE_MS = 60_000;
const BEAT_MS = LEASE_MS / 4;

/** Names this process so that another one on the same machine can tell that it has died. */
export const thisProcess = (): string =>
  `${hostname()}|${process.pid}|${Math.round(performance.timeOrigin)}`;

export type Claim =
  | { readonly kind: 'claimed'; readonly draft: StoredDraft; readonly owner: string }
  /** `isFinishing`: accepted, and its copy is being filed right now. */
  | { readonly kind: 'repeat'; readonly outcome: SendOutcome; readonly isFinishing: boolean }
  | { readonly kind: 'busy' };

/**
 * Takes the composition for one sending, or says what became of it. One row per draft and
 * compare-and-set: of any number of tabs, clicks and processes, one gets it.
 */
export async function claimDraft(
  context: ComposeContext,
  actor: Actor,
  id: string,
): Promise<Claim> {
  return context.db.transaction(async (trx) => {
    const found = await findOutbox(trx, ownerOf(actor), id);
    const row = found && (await recoverIfDead(context, trx, found));
    if (row?.state === 'sending') return { kind: 'busy' };
    if (row && row.state !== 'failed') {
      const outcome = tellOutcome(row, true);
      if (!outcome) throw new AppError('internal/unexpected', { details: { state: row.state } });
      const isFinishing = row.state === 'sent' && row.isUnfinished && !isDead(context, row);
      return { kind: 'repeat', outcome, isFinishing };
    }
    const draft = await findDraft(trx, ownerOf(actor), id);
    if (!draft) throw new AppError('draft/not-found');
    const owner = claimOwner(context);
    const isTaken = row
      ? await retake(context, trx, draft, owner)
      : await takeFirst(context, trx, draft, owner);
    return isTaken ? { kind: 'claimed', draft, owner } : { kind: 'busy' };
  });
}

/** Each claim has its own name: an older claim of the same process is fenced off too. */
export const claimOwner = (context: ComposeContext): string =>
  `${context.processId}|${newToken(6)}`;

const leaseOf = (context: ComposeContext): number => context.clock.now() + LEASE_MS;

const takeFirst = (
  context: ComposeContext,
  on: Executor,
  { id, user, site, revision, messageId }: StoredDraft,
  owner: string,
): Promise<boolean> =>
  insertOutbox(
    on,
    { draft: id, user, site, revision, messageId, owner, leaseUntil: leaseOf(context) },
    isoNow(context.clock),
  );

const retake = (
  context: ComposeContext,
  on: Executor,
  draft: StoredDraft,
  owner: string,
): Promise<boolean> =>
  changeOutbox(
    on,
    { draft: draft.id, state: 'failed' },
    {
      state: 'sending',
      step: 'prepared',
      revision: draft.revision,
      outcome: null,
      sendAt: null,
      access: null,
      lateTries: 0,
      owner,
      leaseUntil: leaseOf(context),
    },
    isoNow(context.clock),
  );

/** Renews the lease of a row in this state until the result is called. */
export function keepLease(
  context: ComposeContext,
  { draft, state, owner }: Required<Pick<Expected, 'draft' | 'state' | 'owner'>>,
): () => void {
  return context.clock.every(BEAT_MS, () => {
    const change = { leaseUntil: leaseOf(context) };
    changeOutbox(context.db.knex, { draft, state, owner }, change, isoNow(context.clock)).catch(
      (err: unknown) => context.log.warn({ err }, 'outbox/lease-failed'),
    );
  });
}

/** True when the process that holds a row is gone: by its lease, or by its number on this machine. */
export function isDead(context: ComposeContext, row: OutboxRow): boolean {
  if (row.leaseUntil < context.clock.now()) return true;
  const [host, pid, start] = row.owner.split('|');
  const [ownHost, ownPid, ownStart] = context.processId.split('|');
  if (host !== ownHost || (pid === ownPid && start === ownStart)) return false;
  // In a container every process has the same number: an earlier one under our own number is over.
  return pid === ownPid || !isRunning(Number(pid));
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it runs, under another user.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/**
 * What a dead process left: a row whose last bytes may have left becomes `unknown`, one that never
 * got there goes away, so that the draft is simply a draft again. Compare-and-set, and the step
 * before the last bytes is too: a process wrongly taken for dead finds its claim gone and stops.
 */
async function recoverIfDead(
  context: ComposeContext,
  on: Executor,
  row: OutboxRow,
): Promise<OutboxRow | undefined> {
  if (row.state !== 'sending' || !isDead(context, row)) return row;
  const { draft, owner, step } = row;
  if (step === 'prepared' && row.sendAt !== undefined && row.job) {
    const changes = { state: 'held', outcome: { kind: 'scheduled' } } as const;
    await changeOutbox(
      on,
      { draft, state: 'sending', step, owner },
      changes,
      isoNow(context.clock),
    );
    return { ...row, ...changes };
  }
  if (step === 'prepared') {
    await deleteOutbox(on, { draft, state: 'sending', step, owner });
    return undefined;
  }
  const outcome = { kind: 'unknown' } as const;
  await changeOutbox(
    on,
    { draft, state: 'sending', owner },
    { state: 'unknown', outcome },
    isoNow(context.clock),
  );
  return { ...row, state: 'unknown', outcome };
}

/** At boot and once a minute: settles the sendings of processes that are gone. */
export async function recoverOutbox(
  context: ComposeContext,
): Promise<{ readonly unknown: number }> {
  let unknown = 0;
  for (const { draft, user, site } of await listSending(context.db.knex)) {
    const settled = await context.db.transaction(async (trx) => {
      const row = await findOutbox(trx, { user, site }, draft);
      return row?.state === 'sending' ? recoverIfDead(context, trx, row) : undefined;
    });
    if (settled?.state === 'unknown') unknown++;
  }
  if (unknown > 0) context.log.warn({ count: unknown }, 'outbox/unknown');
  return { unknown };
}
