import { delay } from '../base/async';
import { isoNow } from '../base/clock';
import { AppError } from '../base/errors';
import { newToken } from '../base/ids';
import type { Actor } from '../session/types';
import { type Claim, claimDraft, claimOwner, keepLease, LEASE_MS } from './claim';
import { isCollecting } from './collecting';
import { type ComposeContext, ownerOf } from './context';
import { learnCorrespondents } from './correspondent-store';
import { type Delivery, deliver } from './deliver';
import type { StoredDraft } from './draft-store';
import { finishSent } from './finish';
import { hold } from './hold';
import {
  changeOutbox,
  deleteOutbox,
  findOutbox,
  type OutboxJob,
  type StoredOutcome,
  tellOutcome,
} from './outbox-store';
import { PATIENCE_MS, soon } from './patience';
import { prepareMessage, spoolMessage } from './prepare';
import type { SendOutcome } from './types';

// How long a request waits for another one that is sending the same draft: 90 s, asking less and
// less often.
const WAIT_PAUSE_MS = 15;
const WAIT_PAUSE_MAX_MS = 250;
const WAIT_TRIES = 370;

export interface SendOptions {
  readonly confirmed: readonly string[];
  readonly at?: number | undefined;
}

/** Sends a draft once, whoever asks however often; see `claimDraft`. */
export async function sendDraft(
  context: ComposeContext,
  actor: Actor,
  id: string,
  { confirmed, at }: SendOptions,
): Promise<SendOutcome> {
  const patientUntil = context.clock.now() + PATIENCE_MS;
  for (let tries = 1; tries <= WAIT_TRIES; tries++) {
    const claim = await claimDraft(context, actor, id);
    // A copy on its way into Sent is worth a moment: the answer then says that it is there.
    const isWorthWaiting =
      claim.kind === 'repeat' &&
      claim.isFinishing &&
      tries < WAIT_TRIES &&
      context.clock.now() < patientUntil;
    if (claim.kind === 'repeat' && !isWorthWaiting) return claim.outcome;
    if (claim.kind === 'claimed') return runClaim(context, actor, claim, { confirmed, at });
    await delay(Math.min(WAIT_PAUSE_MAX_MS, WAIT_PAUSE_MS * tries));
    const settled = await findOutbox(context.db.knex, ownerOf(actor), id);
    if (settled?.state === 'failed') return told(tellOutcome(settled, true));
  }
  throw new AppError('draft/conflict', { textKey: 'compose.error.beingSent' });
}

const told = (outcome: SendOutcome | undefined): SendOutcome => {
  if (!outcome) throw new AppError('internal/unexpected', { details: { step: 'outcome' } });
  return outcome;
};

async function runClaim(
  context: ComposeContext,
  actor: Actor,
  { draft, owner }: Extract<Claim, { kind: 'claimed' }>,
  { confirmed, at }: SendOptions,
): Promise<SendOutcome> {
  const stopLease = keepLease(context, { draft: draft.id, state: 'sending', owner });
  const spool = `${draft.id}-${newToken(6)}.eml`;
  const giveUp = async (): Promise<void> => {
    // Nothing can have left, and what is built is not needed: simply a draft again. Past that
    // step the row stays, for `recover` to call it unknown.
    const claim = { draft: draft.id, state: 'sending', step: 'prepared', owner } as const;
    if (await deleteOutbox(context.db.knex, claim)) {
      await context.files.removeSpool(draft.site, spool);
    }
  };
  try {
    const prepared = await prepareMessage(context, actor, draft, confirmed);
    if (prepared.kind !== 'ready') return await andThen(prepared, giveUp);
    const job = await spoolMessage(context, actor, draft, prepared, spool);
    if ('kind' in job) return await andThen(job, giveUp);
    await storeJob(context, draft, owner, job);
    const delivery = deliveryOf(draft, owner, job, false);
    if (at !== undefined) return await hold(context, actor, delivery, at);
    return (await queuedBy(context, actor, delivery)) ?? (await run(context, actor, delivery));
  } catch (error) {
    await giveUp().catch((err: unknown) => {
      context.log.warn({ err, draft: draft.id }, 'outbox/release-failed');
    });
    throw error;
  } finally {
    stopLease();
  }
}

async function andThen<T>(value: T, run: () => Promise<void>): Promise<T> {
  await run();
  return value;
}

export const deliveryOf = (
  draft: Pick<StoredDraft, 'id' | 'site' | 'messageId'>,
  owner: string,
  job: OutboxJob,
  isRepeat: boolean,
): Delivery => ({
  draft: draft.id,
  site: draft.site,
  messageId: draft.messageId,
  owner,
  job,
  isRepeat,
});

/** The row is whole before the server is spoken to. */
async function storeJob(
  context: ComposeContext,
  draft: StoredDraft,
  owner: string,
  job: OutboxJob,
): Promise<void> {
  const isOurs = await changeOutbox(
    context.db.knex,
    { draft: draft.id, state: 'sending', step: 'prepared', owner },
    { job },
    isoNow(context.clock),
  );
  if (!isOurs) throw new AppError('draft/conflict', { textKey: 'compose.error.beingSent' });
}

/** A plugin may take charge: the message then waits in the outbox, whole, until it is released. */
export async function queuedBy(
  context: ComposeContext,
  actor: Actor,
  delivery: Delivery,
): Promise<SendOutcome | undefined> {
  const { draft, messageId, job, owner } = delivery;
  const taken = await context.hooks.first(actor.scope, 'message:deliver', {
    message: {
      draft,
      messageId,
      envelope: { from: job.envelope.from, to: job.envelope.to },
      sizeBytes: job.sizeBytes,
      user: actor.user.id,
    },
  });
  if (!taken?.answer.queued) return undefined;
  const outcome = { kind: 'queued', by: taken.plugin } as const;
  const from = { draft, state: 'sending', owner } as const;
  const changes = { state: 'held', outcome, sendAt: null, access: null } as const;
  if (!(await changeOutbox(context.db.knex, from, changes, isoNow(context.clock)))) {
    throw new AppError('draft/conflict', { textKey: 'compose.error.beingSent' });
  }
  return { ...outcome, messageId };
}

/** SMTP, then what follows a yes. From here the row tells what happened: nothing is given up. */
export async function run(
  context: ComposeContext,
  actor: Actor,
  delivery: Delivery,
): Promise<SendOutcome> {
  const started = performance.now();
  const outcome = await deliver(context, actor, delivery);
  context.metrics
    ?.counter('sendings_total', 'Messages handed to SMTP, by outcome', ['outcome'])
    .inc({ outcome: outcome.kind });
  context.log.info(
    {
      outcome: outcome.kind,
      recipients: delivery.job.envelope.to.length,
      sizeBytes: delivery.job.sizeBytes,
      ms: Math.round(performance.now() - started),
    },
    'message/sending',
  );
  return tell(context, actor, delivery, outcome);
}

async function tell(
  context: ComposeContext,
  actor: Actor,
  delivery: Delivery,
  outcome: StoredOutcome,
): Promise<SendOutcome> {
  const { draft, owner, messageId, job } = delivery;
  switch (outcome.kind) {
    case 'sent':
    case 'partial': {
      await learn(context, actor, job, outcome);
      // It has left: who waits hears that first. The row keeps what is left to do.
      const sentCopy = await soon(
        context.clock,
        finishSent(context, actor, draft, owner),
        false,
        (err) => context.log.warn({ err, draft }, 'outbox/finish-failed'),
      );
      await context.hooks.action(actor.scope, 'message:sent', {
        draft,
        messageId,
        envelope: { from: job.envelope.from, to: job.envelope.to },
        user: actor.user.id,
        ...(job.original && { original: job.original }),
      });
      return outcome.kind === 'sent'
        ? { ...outcome, messageId, sentCopy, repeated: false }
        : { ...outcome, sentCopy };
    }
    case 'unknown':
      return { kind: 'unknown', messageId };
    case 'queued':
      return { ...outcome, messageId };
    case 'scheduled':
      return { ...outcome, messageId, at: delivery.retryAt ?? 0 };
    default:
      return outcome;
  }
}

/** Only those the server took: a refused address is no correspondent. */
async function learn(
  context: ComposeContext,
  actor: Actor,
  job: OutboxJob,
  outcome: Extract<StoredOutcome, { kind: 'sent' | 'partial' }>,
): Promise<void> {
  const accepted = new Set(
    (outcome.kind === 'sent' ? job.envelope.to : outcome.accepted).map((mail) =>
      mail.toLowerCase(),
    ),
  );
  const people = job.recipients.filter(({ mail }) => accepted.has(mail.toLowerCase()));
  try {
    if (!(await isCollecting(context, actor))) return;
    await learnCorrespondents(context.db.knex, actor.user.id, people, context.clock.now());
  } catch (err) {
    context.log.warn({ err }, 'correspondents/learn-failed');
  }
}

/**
 * Sends a message whose outcome is unknown once more, on the person's word: the same bytes and the
 * same Message-ID, so that a server or a reader can tell that it is the same. Also releases one
 * that a plugin held.
 */
export async function resendDraft(
  context: ComposeContext,
  actor: Actor,
  id: string,
): Promise<SendOutcome> {
  const row = await findOutbox(context.db.knex, ownerOf(actor), id);
  if (!row) throw new AppError('draft/not-found');
  const isRepeat = row.state === 'unknown';
  if ((!isRepeat && row.state !== 'held') || !row.job)
    return sendDraft(context, actor, id, { confirmed: [] });
  const owner = claimOwner(context);
  const isTaken = await changeOutbox(
    context.db.knex,
    { draft: id, state: row.state, owner: row.owner },
    {
      state: 'sending',
      // After an unknown outcome there is no going back to "nothing can have left".
      step: isRepeat ? 'data' : 'prepared',
      owner,
      leaseUntil: context.clock.now() + LEASE_MS,
    },
    isoNow(context.clock),
  );
  if (!isTaken) return sendDraft(context, actor, id, { confirmed: [] });
  const stopLease = keepLease(context, { draft: id, state: 'sending', owner });
  try {
    const draft = { id, site: row.site, messageId: row.messageId };
    return await run(context, actor, deliveryOf(draft, owner, row.job, isRepeat));
  } catch (error) {
    // What was known before is what is known now.
    const from = { draft: id, state: 'sending', owner } as const;
    await changeOutbox(context.db.knex, from, { state: row.state }, isoNow(context.clock));
    throw error;
  } finally {
    stopLease();
  }
}
