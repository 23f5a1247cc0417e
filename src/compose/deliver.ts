import { delay } from '../base/async';
import { isoNow } from '../base/clock';
import { AppError, isAppError, toAppError } from '../base/errors';
import type { Actor } from '../session/types';
import { SmtpAnswerLost, type SmtpReceipt, SmtpRejected } from '../smtp';
import type { ComposeContext } from './context';
import { deleteDraft } from './draft-store';
import {
  type Changes,
  changeOutbox,
  type Expected,
  type OutboxJob,
  type StoredOutcome,
} from './outbox-store';
import type { Executor } from './rows';

/** A claimed sending whose message is built. */
export interface Delivery {
  readonly draft: string;
  readonly site: string;
  readonly messageId: string;
  readonly owner: string;
  readonly job: OutboxJob;
  /** An earlier try may have been accepted: a failure now does not make that certain. */
  readonly isRepeat: boolean;
  /** When a message that was put off is tried again, where it cannot leave for now. */
  readonly retryAt?: number;
}

// The server said yes: this commit is worth waiting for.
const COMMIT_TRIES = 20;
const COMMIT_PAUSE_MS = 250;

/**
 * Speaks to the server, with each step in the database before it is taken, and settles the row by
 * what the server answered. Errors that say nothing about the message are thrown; the claim is
 * then the caller's to release.
 */
export async function deliver(
  context: ComposeContext,
  actor: Actor,
  delivery: Delivery,
): Promise<StoredOutcome> {
  const { job, messageId } = delivery;
  try {
    const { site, user, scope } = actor;
    const about = { site: site.id, login: user.login, user: { id: user.id, mail: user.mail } };
    const server = await context.hooks.filter(scope, 'smtp:options', site.smtp, about);
    const receipt = await context.transport.send({
      server,
      credential: () => actor.credential(server),
      envelope: job.envelope,
      file: await context.files.spoolPath(delivery.site, job.spool),
      messageId,
      beforeLast: () => enterData(context, delivery),
    });
    const outcome = outcomeOf(receipt);
    await settleAccepted(context, delivery, outcome);
    return outcome;
  } catch (error) {
    const outcome = failureOf(error);
    if (!outcome) throw error;
    await settleFailed(context, actor, delivery, outcome, error);
    return outcome;
  }
}

/**
 * The fence: from here the message may leave, and only for who still holds the claim. A process
 * that was taken for dead meanwhile stops here, before the server can accept anything.
 */
async function enterData(context: ComposeContext, delivery: Delivery): Promise<void> {
  const isOurs = await changeOutbox(
    context.db.knex,
    { ...expected(delivery), ...(delivery.isRepeat ? {} : { step: 'prepared' }) },
    { step: 'data' },
    isoNow(context.clock),
  );
  if (!isOurs) throw new AppError('draft/conflict', { textKey: 'compose.error.beingSent' });
}

const expected = ({ draft, owner }: Delivery): Expected => ({ draft, state: 'sending', owner });

const outcomeOf = ({ accepted, rejected, isReported }: SmtpReceipt): StoredOutcome =>
  rejected.length === 0
    ? { kind: 'sent', ...(isReported === false && { isReported }) }
    : { kind: 'partial', accepted: [...accepted], rejected: [...rejected] };

/** The sending and the end of the draft are one fact. */
async function settleAccepted(
  context: ComposeContext,
  delivery: Delivery,
  outcome: StoredOutcome,
): Promise<void> {
  const commit = (): Promise<void> =>
    context.db.transaction(async (trx) => {
      const changes = {
        state: 'sent',
        step: 'accepted',
        outcome,
        isUnfinished: true,
        access: null,
      } as const;
      await settle(context, trx, delivery, changes);
      await deleteDraft(trx, delivery.draft);
    });
  try {
    await insist(commit);
    await context.files.removeDraft(delivery.site, delivery.draft);
  } catch (err) {
    // The person hears the truth; the row says `data`, which a recovery reads as unknown.
    context.log.error({ err, draft: delivery.draft }, 'outbox/accepted-not-stored');
  }
}

/** Writes what is known now; who took us for dead may have written `unknown`. False: not ours. */
async function settle(
  context: ComposeContext,
  on: Executor,
  delivery: Delivery,
  changes: Changes,
): Promise<boolean> {
  const at = isoNow(context.clock);
  const from = expected(delivery);
  return (
    (await changeOutbox(on, from, changes, at)) ||
    changeOutbox(on, { ...from, state: 'unknown' }, changes, at)
  );
}

async function insist<T>(commit: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await commit();
    } catch (error) {
      const isBusy = isAppError(error, 'storage/busy') || isAppError(error, 'storage/full');
      if (!isBusy || tries === COMMIT_TRIES) throw error;
      await delay(COMMIT_PAUSE_MS);
    }
  }
}

/** What an error says about the message; `undefined` when nothing. */
function failureOf(error: unknown): StoredOutcome | undefined {
  if (error instanceof SmtpAnswerLost) return { kind: 'unknown' };
  if (error instanceof SmtpRejected) {
    return error.isPermanent
      ? { kind: 'rejected', rejected: [...error.rejected], refused: error.refused }
      : { kind: 'deferred', reason: 'temporary' };
  }
  if (isAppError(error, 'smtp/unreachable')) return { kind: 'deferred', reason: 'unreachable' };
  if (isAppError(error, 'smtp/timeout')) return { kind: 'deferred', reason: 'timeout' };
  return undefined;
}

/** Nothing left, and nothing is wrong with the message: the server is away, or the password changed. */
const isPassing = (outcome: StoredOutcome): boolean =>
  outcome.kind === 'deferred' || (outcome.kind === 'rejected' && outcome.refused === 'credential');

async function settleFailed(
  context: ComposeContext,
  actor: Actor,
  delivery: Delivery,
  outcome: StoredOutcome,
  error: unknown,
): Promise<void> {
  const { retryAt } = delivery;
  if (retryAt !== undefined && isPassing(outcome)) {
    const at = { state: 'held', outcome: { kind: 'scheduled' }, sendAt: retryAt } as const;
    const dropped = outcome.kind === 'rejected' ? { access: null } : {};
    await insist(() => settle(context, context.db.knex, delivery, { ...at, ...dropped }));
    context.log.warn({ err: error, draft: delivery.draft }, 'outbox/put-off-again');
    return;
  }
  const isUnknown = outcome.kind === 'unknown' || delivery.isRepeat;
  const state = isUnknown ? 'unknown' : 'failed';
  const changes = {
    state,
    outcome: isUnknown ? { kind: 'unknown' as const } : outcome,
    access: null,
  } as const;
  const isStored = await insist(() => settle(context, context.db.knex, delivery, changes));
  // Somebody else goes on with this message, or offers to send it once more: its file is needed.
  if (!isStored) {
    context.log.warn({ err: error, draft: delivery.draft }, 'outbox/failure-not-ours');
    return;
  }
  if (!isUnknown) await context.files.removeSpool(delivery.site, delivery.job.spool);
  const { code } = toAppError(error);
  context.log.warn({ err: error, draft: delivery.draft, state }, 'message/unsent');
  await context.hooks.action(actor.scope, 'message:unsent', {
    state,
    code,
    messageId: delivery.messageId,
    envelope: delivery.job.envelope,
    user: actor.user.id,
  });
}
