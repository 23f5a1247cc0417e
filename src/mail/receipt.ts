import { AppError } from '../base/errors';
import type { MessageRef } from '../base/types';
import { type ReceiptRequest, receiptRequest } from '../mime';
import type { Actor } from '../session';
import { setKeyword } from './actions';
import type { MailContext } from './context';
import { openedOf } from './opened';
import { readRoles } from './tree';
import type { MessageView } from './types';

/** Answered, or refused: asked once (RFC 3503 3). */
const DONE = '$MDNSent';

/**
 * What the sender asks, where the agent may still answer: not of one's own messages, of drafts and
 * of junk, and only once.
 */
export async function askedReceipt(
  context: MailContext,
  actor: Actor,
  view: Pick<MessageView, 'ref' | 'row' | 'from'>,
): Promise<ReceiptRequest | undefined> {
  const { row, ref, from } = view;
  if (row.isDraft || row.keywords.some((one) => one.toLowerCase() === DONE.toLowerCase())) {
    return undefined;
  }
  const { headers } = await openedOf(context, actor, ref);
  const asked = receiptRequest(headers);
  if (!asked) return undefined;
  const own = new Set([actor.user.mail, ...actor.user.aliases].map((mail) => mail.toLowerCase()));
  if (own.has(asked.to.toLowerCase()) || from.some(({ mail }) => own.has(mail.toLowerCase()))) {
    return undefined;
  }
  const role = (await readRoles(context, actor)).find(({ path }) => path === ref.mailbox)?.role;
  return role === 'junk' || role === 'sent' || role === 'drafts' ? undefined : asked;
}

/** Remembers on the server that the question was settled; false gives it back after a failure. */
export async function settleReceipt(
  context: MailContext,
  actor: Actor,
  { mailbox, uidValidity, uid }: MessageRef,
  isDone: boolean,
): Promise<void> {
  const { count } = await setKeyword(
    context,
    actor,
    { mailbox, uidValidity, uids: [uid] },
    DONE,
    isDone,
  );
  if (count === 0) throw new AppError('message/not-found');
}
