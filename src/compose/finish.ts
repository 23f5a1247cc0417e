import { isoNow } from '../base/clock';
import { AppError, isAppError } from '../base/errors';
import type { Actor } from '../session/types';
import { claimOwner, isDead, keepLease, LEASE_MS } from './claim';
import { type ComposeContext, ownerOf } from './context';
import { changeOutbox, findOutbox, type OutboxJob, type OutboxRow } from './outbox-store';
import { isGoneError, removeServerCopy } from './server-copy';
import { readUnfinished } from './unfinished';

const RETRY_BATCH = 20;
/** Tries to file a copy before the agent hears that it fails. */
const MAX_QUIET_TRIES = 3;
/** A copy that was refused travels whole with each try: not with every page. */
const REFUSED_PAUSE_MS = 10 * 60_000;

interface Work {
  readonly row: OutboxRow;
  readonly owner: string;
  job: OutboxJob;
}

/**
 * After the server's yes: the very same bytes into Sent, the mark on the original, the copy in
 * Drafts away. Each is done once, remembered, and tried again at the next occasion. Says whether
 * the copy is filed, which is in Drafts when the agent asked for that; never throws, never sends
 * anything.
 */
export async function finishSent(
  context: ComposeContext,
  actor: Actor,
  draft: string,
  holder: string,
  place: 'sent' | 'drafts' = 'sent',
): Promise<boolean> {
  const row = await findOutbox(context.db.knex, ownerOf(actor), draft);
  if (row?.state !== 'sent' || !row.job) return false;
  const work: Work = { row, owner: holder, job: row.job };
  // A large copy may wait for its turn, and then take longer than one lease.
  const stopLease = keepLease(context, mine(work));
  try {
    await step(context, work, 'sentCopy', () => fileCopy(context, actor, work, place));
    await step(context, work, 'original', () => markOriginal(context, actor, work.job));
    await step(context, work, 'draftCopy', async () => {
      if (work.job.draftCopy) await removeServerCopy(context, actor, work.job.draftCopy);
    });
  } finally {
    stopLease();
  }
  await release(context, work);
  return work.job.done.sentCopy;
}

async function step(
  context: ComposeContext,
  work: Work,
  name: keyof OutboxJob['done'],
  run: () => Promise<void>,
): Promise<void> {
  if (work.job.done[name]) return;
  try {
    await run().catch((err: unknown) => {
      if (name === 'sentCopy' || !isSettled(err)) throw err;
      context.log.info({ err, draft: work.row.draft, step: name }, 'outbox/finish-given-up');
    });
    await remember(context, work, { ...work.job, done: { ...work.job.done, [name]: true } });
  } catch (err) {
    context.log.warn({ err, draft: work.row.draft, step: name }, 'outbox/finish-failed');
    if (name === 'sentCopy') await rememberFailure(context, work, err);
  }
}

/**
 * The original or the draft's copy went away, or a server or a plugin will not have it touched: a
 * mailbox that is read-only or takes no keywords says the same at each try.
 */
const isSettled = (error: unknown): boolean =>
  isGoneError(error) ||
  isRefusal(error) ||
  (isAppError(error, 'imap/refused') && error.details['passing'] !== true) ||
  isAppError(error, 'plugin/denied');

/** A full mailbox refuses however often it is asked; what has no time or no answer may have one yet. */
async function rememberFailure(context: ComposeContext, work: Work, error: unknown): Promise<void> {
  const isFinal = isRefusal(error) || work.job.fileTries >= MAX_QUIET_TRIES;
  if (!isFinal || work.job.copyFailed) return;
  await remember(context, work, { ...work.job, copyFailed: true }).catch((err: unknown) => {
    context.log.warn({ err, draft: work.row.draft }, 'outbox/finish-failed');
  });
}

const isRefusal = (error: unknown): boolean =>
  isAppError(error, 'imap/over-quota') ||
  isAppError(error, 'mailbox/forbidden') ||
  isAppError(error, 'mailbox/not-found');

/** Says whether the row is still this claim's. */
async function remember(context: ComposeContext, work: Work, job: OutboxJob): Promise<boolean> {
  work.job = job;
  const at = isoNow(context.clock);
  const leaseUntil = context.clock.now() + LEASE_MS;
  return changeOutbox(context.db.knex, mine(work), { job, leaseUntil }, at);
}

const mine = ({ row, owner }: Work) => ({ draft: row.draft, state: 'sent', owner }) as const;

async function fileCopy(
  context: ComposeContext,
  actor: Actor,
  work: Work,
  place: 'sent' | 'drafts',
): Promise<void> {
  const { row } = work;
  const mailbox =
    place === 'sent'
      ? await sentMailbox(context, actor, row, work.job)
      : await context.mail.special(actor, place);
  const isRetry = work.job.fileTries > 0;
  const isOurs = await remember(context, work, {
    ...work.job,
    fileTries: work.job.fileTries + 1,
  });
  // Somebody took this process for dead, and files the copy.
  if (!isOurs) throw new AppError('draft/conflict', { details: { step: 'sentCopy' } });
  if (isRetry && (await isFiled(context, actor, mailbox, row.messageId))) return;
  const path = await context.files.spoolPath(row.site, work.job.spool);
  const file = { path, sizeBytes: work.job.sizeBytes };
  await context.mail.append(actor, mailbox, file, OPTIONS[place]);
}

const OPTIONS = {
  sent: { flags: ['\\Seen'], purpose: 'sent' },
  drafts: { flags: ['\\Draft', '\\Seen'], purpose: 'draft' },
} as const;

/** Where plugins have sent messages filed, else where the identity does, else Sent. */
async function sentMailbox(
  context: ComposeContext,
  actor: Actor,
  { draft, messageId }: OutboxRow,
  job: OutboxJob,
): Promise<string> {
  const filed = await context.hooks.first(actor.scope, 'message:file', {
    draft,
    sent: messageId,
    user: actor.user.id,
  });
  if (filed) return filed.answer.mailbox;
  const own = job.sentMailbox;
  return own !== undefined && (await isThere(context, actor, own))
    ? own
    : context.mail.special(actor, 'sent');
}

/** A mailbox that went away since takes no copies: Sent does. */
async function isThere(context: ComposeContext, actor: Actor, path: string): Promise<boolean> {
  const { mailboxes } = await context.mail.account(actor, {});
  const has = (nodes: typeof mailboxes): boolean =>
    nodes.some((one) => (one.path === path && one.isSelectable) || has(one.children));
  return has(mailboxes);
}

/** An append whose answer was lost may have worked. */
const isFiled = async (
  context: ComposeContext,
  actor: Actor,
  mailbox: string,
  messageId: string,
): Promise<boolean> =>
  (await context.mail.findByMessageId(actor, mailbox, messageId)).uids.length > 0;

async function markOriginal(context: ComposeContext, actor: Actor, job: OutboxJob): Promise<void> {
  if (!job.original) return;
  const { mailbox, uidValidity, uid } = job.original;
  const isReply = job.mode === 'reply' || job.mode === 'reply-all';
  const flag = isReply ? 'answered' : 'forwarded';
  await context.mail.flag(actor, { mailbox, uidValidity, uids: [uid] }, flag, true);
}

/** Whoever comes next may go on at once; without anything left, the message's file goes. */
async function release(context: ComposeContext, work: Work): Promise<void> {
  const { done, spool } = work.job;
  const isUnfinished = !(done.sentCopy && done.original && done.draftCopy);
  try {
    const at = isoNow(context.clock);
    const job = { ...work.job, ...(done.sentCopy && { subject: '' }) };
    await changeOutbox(context.db.knex, mine(work), { job, isUnfinished, leaseUntil: 0 }, at);
    if (done.sentCopy) await context.files.removeSpool(work.row.site, spool);
  } catch (err) {
    context.log.warn({ err, draft: work.row.draft }, 'outbox/finish-failed');
  }
}

/**
 * Goes on with what earlier sendings of this agent left undone; for moments when their mail server
 * is known to answer. Returns how many sent copies were filed.
 */
export async function retryUnfinished(context: ComposeContext, actor: Actor): Promise<number> {
  let filed = 0;
  for (const row of (await readUnfinished(context, actor)).slice(0, RETRY_BATCH)) {
    if (isResting(context, row)) continue;
    const owner = await takeUnfinished(context, row);
    if (owner === undefined) continue;
    const wasFiled = row.job?.done.sentCopy ?? false;
    if ((await finishSent(context, actor, row.draft, owner)) && !wasFiled) filed++;
  }
  return filed;
}

const isResting = (context: ComposeContext, { job, updatedAt }: OutboxRow): boolean =>
  job?.copyFailed === true &&
  !job.done.sentCopy &&
  Date.parse(updatedAt) > context.clock.now() - REFUSED_PAUSE_MS;

/** Takes a sent row to go on with it: the name of the claim, `undefined` when somebody is at it. */
export async function takeUnfinished(
  context: ComposeContext,
  row: OutboxRow,
): Promise<string | undefined> {
  if (!isDead(context, row)) return undefined;
  const owner = claimOwner(context);
  const leaseUntil = context.clock.now() + LEASE_MS;
  const from = { draft: row.draft, state: 'sent', owner: row.owner } as const;
  const at = isoNow(context.clock);
  return (await changeOutbox(context.db.knex, from, { owner, leaseUntil }, at)) ? owner : undefined;
}
