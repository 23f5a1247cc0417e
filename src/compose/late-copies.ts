import { isoNow } from '../base/clock';
import { AppError } from '../base/errors';
import type { Actor } from '../session/types';
import { type ComposeContext, ownerOf } from './context';
import { finishSent, takeUnfinished } from './finish';
import { changeOutbox, findOutbox } from './outbox-store';
import type { CopyPlace, LateCopy } from './types';
import { readUnfinished } from './unfinished';

/** More than that at once is one trouble with one mailbox, told by the first of them. */
const MAX_TOLD = 5;

/** Sent messages of this agent whose copy could not be filed, oldest first, until they have chosen. */
export async function listLateCopies(
  context: ComposeContext,
  actor: Actor,
): Promise<readonly LateCopy[]> {
  const rows = await readUnfinished(context, actor);
  return rows
    .flatMap(({ draft, job, updatedAt }) =>
      job?.copyFailed && !job.done.sentCopy && !job.isHidden
        ? [{ draft, subject: job.subject, triedAt: updatedAt }]
        : [],
    )
    .slice(0, MAX_TOLD);
}

/**
 * What the agent chose for such a copy: once more into Sent, into Drafts instead, or to hear no
 * more of it while it is tried again. True when it is done; `request/not-found` for a message that
 * is not waiting for its copy.
 */
export async function settleLateCopy(
  context: ComposeContext,
  actor: Actor,
  draft: string,
  place: CopyPlace,
): Promise<boolean> {
  const row = await findOutbox(context.db.knex, ownerOf(actor), draft);
  if (row?.state !== 'sent' || !row.job) throw new AppError('request/not-found');
  // A second click, or the copy went by itself meanwhile.
  if (row.job.done.sentCopy) return true;
  const owner = await takeUnfinished(context, row);
  if (owner === undefined) return false;
  if (place !== 'hidden') return finishSent(context, actor, draft, owner, place);
  const job = { ...row.job, isHidden: true };
  const at = isoNow(context.clock);
  return changeOutbox(context.db.knex, { draft, state: 'sent', owner }, { job, leaseUntil: 0 }, at);
}
