import type { Uid } from '../base/types';
import { type Attribute, chunks, type OpenMailbox, searchUids, textArgument } from '../imap';
import type { Actor } from '../session';
import { flagMessages, setKeyword } from './actions';
import { boxKey } from './box-key';
import type { MailContext } from './context';
import { conversationUids } from './conversation';
import { onMailbox } from './on-mailbox';
import { either } from './query';
import type { Selection } from './types';

/** Set by other programs too on what their users do not want to hear of. */
export const MUTED_KEYWORD = '$muted';
const MAX_AT_ONCE = 200;
const ATOM = (value: string): Attribute => ({ type: 'ATOM', value });

/** Message-IDs of one SEARCH: servers take lines of some kilobytes (RFC 2683 3.2.1.5). */
const IDS_AT_ONCE = 20;
const MAX_KNOWN = 5_000;

/** Where the uids of a mailbox stood when it was last looked at, by account, mailbox and what was asked. */
const looked = new WeakMap<MailContext, Map<string, number>>();

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
  const known = looked.get(context) ?? new Map<string, number>();
  looked.set(context, known);
  const query = { mailbox, criteria: {} };
  const found = await onMailbox(context, actor, query, async ({ account, box, state }) => {
    const key = [boxKey(account, mailbox, box.uidValidity), ...ids].join('\n');
    // Nothing came since: what is unread there was left unread.
    if (known.get(key) === state.uidNext) return undefined;
    const uids = await unreadAnswers(box, ids);
    if (known.size >= MAX_KNOWN) known.clear();
    known.set(key, state.uidNext);
    return { uids, uidValidity: box.uidValidity };
  });
  if (!found || found.uids.length === 0) return 0;
  const on = { mailbox, ...found };
  await flagMessages(context, actor, on, 'seen', true);
  // Where the server keeps no keywords, what is marked as unread is read again: nothing is lost.
  await setKeyword(context, actor, on, MUTED_KEYWORD, true).catch((error: unknown) => {
    context.log.debug({ err: error }, 'mail/muted-keyword');
  });
  return found.uids.length;
}

/** Unread messages that name one of these, and do not say yet that they are muted. */
async function unreadAnswers(
  { client }: OpenMailbox,
  ids: readonly string[],
): Promise<readonly Uid[]> {
  const uids = new Set<Uid>();
  for (const some of chunks(ids, IDS_AT_ONCE)) {
    const each = some.flatMap((id) =>
      ['References', 'In-Reply-To'].map((name): readonly Attribute[] => [
        ATOM('HEADER'),
        ATOM(name),
        textArgument(id),
      ]),
    );
    // Servers know flags without opening messages: few are left to look into.
    const keys = [ATOM('UNSEEN'), ATOM('UNKEYWORD'), ATOM(MUTED_KEYWORD), ...either(each)];
    for (const uid of await searchUids(client, keys)) uids.add(uid as Uid);
  }
  return [...uids].slice(-MAX_AT_ONCE);
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
