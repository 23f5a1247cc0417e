import { isoNow } from '../base/clock';
import type { Actor } from '../session/types';
import { claimOwner, isDead, LEASE_MS } from './claim';
import { type ComposeContext, ownerOf } from './context';
import {
  changeOutbox,
  findOutbox,
  listUnfinished,
  type OutboxJob,
  type OutboxRow,
} from './outbox-store';
import { isGoneError, removeServerCopy } from './server-copy';

const RETRY_BATCH = 20;

interface Work {
  readonly row: OutboxRow;
  readonly owner: string;
  job: OutboxJob;
}

/**
 * After the server's yes: the very same bytes into Sent, the mark on the original, the copy in
 * Drafts away. Each is done once, remembered, and tried again at the next occasion. Says whether
 * the copy is in Sent; never throws, never sends anything.
 */
export async function finishSent(
  context: ComposeContext,
  actor: Actor,
  draft: string,
  holder: string,
): Promise<boolean> {
  const row = await findOutbox(context.db.knex, ownerOf(actor), draft);
  if (row?.state !== 'sent' || !row.job) return false;
  const work: Work = { row, owner: holder, job: row.job };
  await step(context, work, 'sentCopy', () => fileSentCopy(context, actor, work));
  await step(context, work, 'original', () => markOriginal(context, actor, work.job));
  await step(context, work, 'draftCopy', async () => {
    if (work.job.draftCopy) await removeServerCopy(context, actor, work.job.draftCopy);
  });
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
    await run().catch((error: unknown) => {
      // The original or the draft's copy went away: nothing left to do to it.
      if (name === 'sentCopy' || !isGoneError(error)) throw error;
    });
    await remember(context, work, { ...work.job, done: { ...work.job.done, [name]: true } });
  } catch (err) {
    context.log.warn({ err, draft: work.row.draft, step: name }, 'outbox/finish-failed');
  }
}

async function remember(context: ComposeContext, work: Work, job: OutboxJob): Promise<void> {
  work.job = job;
  const at = isoNow(context.clock);
  const leaseUntil = context.clock.now() + LEASE_MS;
  await changeOutbox(context.db.knex, mine(work), { job, leaseUntil }, at);
}

const mine = ({ row, owner }: Work) => ({ draft: row.draft, state: 'sent', owner }) as const;

async function fileSentCopy(context: ComposeContext, actor: Actor, work: Work): Promise<void> {
  const { row } = work;
  const filed = await context.hooks.first(actor.scope, 'message:file', {
    draft: row.draft,
    sent: row.messageId,
    user: actor.user.id,
  });
  const mailbox = filed?.answer.mailbox ?? (await context.mail.special(actor, 'sent'));
  const isRetry = work.job.fileTries > 0;
  await remember(context, work, { ...work.job, fileTries: work.job.fileTries + 1 });
  if (isRetry && (await isFiled(context, actor, mailbox, row.messageId))) return;
  const path = await context.files.spoolPath(row.site, work.job.spool);
  const file = { path, sizeBytes: work.job.sizeBytes };
  await context.mail.append(actor, mailbox, file, { flags: ['\\Seen'], purpose: 'sent' });
}

/** An append whose answer was lost may have worked. */
const isFiled = async (
  context: ComposeContext,
  actor: Actor,
  mailbox: string,
  messageId: string,
): Promise<boolean> => (await context.mail.findByMessageId(actor, mailbox, messageId)).length > 0;

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
    await changeOutbox(context.db.knex, mine(work), { isUnfinished, leaseUntil: 0 }, at);
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
  for (const row of await listUnfinished(context.db.knex, ownerOf(actor), RETRY_BATCH)) {
    if (!isDead(context, row)) continue;
    const owner = claimOwner(context);
    const leaseUntil = context.clock.now() + LEASE_MS;
    const from = { draft: row.draft, state: 'sent', owner: row.owner } as const;
    const at = isoNow(context.clock);
    if (!(await changeOutbox(context.db.knex, from, { owner, leaseUntil }, at))) continue;
    const wasFiled = row.job?.done.sentCopy ?? false;
    if ((await finishSent(context, actor, row.draft, owner)) && !wasFiled) filed++;
  }
  return filed;
}
