import type { Uid } from '../base/types';
import { type Attribute, searchUids, textArgument } from '../imap';
import type { Actor } from '../session';
import { flagMessages, setKeyword } from './actions';
import type { MailContext } from './context';
import { conversationUids } from './conversation';
import { onMailbox } from './on-mailbox';
import { either } from './query';
import type { Selection } from './types';

/** Set by other programs too on what their users do not want to hear of. */
export const MUTED_KEYWORD = '$muted';
const MAX_AT_ONCE = 200;
const ATOM = (value: string): Attribute => ({ type: 'ATOM', value });

/**
 * Marks as read what came into a mailbox for conversations that its agent muted, once: a message that
 * they mark as unread afterwards stays so, by its keyword. How many there were.
 */
export async function quietMuted(
  context: MailContext,
  actor: Actor,
  mailbox: string,
  ids: readonly string[],
): Promise<number> {
  if (ids.length === 0) return 0;
  const each = ids.flatMap((id) =>
    ['References', 'In-Reply-To'].map((name): readonly Attribute[] => [
      ATOM('HEADER'),
      ATOM(name),
      textArgument(id),
    ]),
  );
  // Servers know flags without opening messages: few are left to look into.
  const keys = [ATOM('UNSEEN'), ATOM('UNKEYWORD'), ATOM(MUTED_KEYWORD), ...either(each)];
  const query = { mailbox, criteria: {} };
  const { uids, uidValidity } = await onMailbox(context, actor, query, async ({ box }) => ({
    uids: [...(await searchUids(box.client, keys))].slice(-MAX_AT_ONCE).map((uid) => uid as Uid),
    uidValidity: box.uidValidity,
  }));
  if (uids.length === 0) return 0;
  const on = { mailbox, uidValidity, uids };
  await flagMessages(context, actor, on, 'seen', true);
  // Where the server keeps no keywords, what is marked as unread is read again: nothing is lost.
  await setKeyword(context, actor, on, MUTED_KEYWORD, true).catch((error: unknown) => {
    context.log.debug({ err: error }, 'mail/muted-keyword');
  });
  return uids.length;
}

/** Says on the messages of a conversation, in their mailbox, that it is muted, or no more. */
export async function markMuted(
  context: MailContext,
  actor: Actor,
  on: Selection,
  value: boolean,
): Promise<void> {
  const uids = await conversationUids(context, actor, on);
  await setKeyword(context, actor, { ...on, uids }, MUTED_KEYWORD, value);
}
