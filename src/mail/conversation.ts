import type { Uid } from '../base/types';
import { type Attribute, searchUids, textArgument } from '../imap';
import type { Actor } from '../session';
import type { MailContext } from './context';
import { membersAt, placeOfMember } from './conversations';

import { type Place, readRows } from './fetch-rows';
import { onMailbox } from './on-mailbox';
import { either } from './query';
import { imapDate } from './query/keys';
import { findOrder } from './sorting';
import { knownThreads } from './threading';
import { readRoles } from './tree';
import type { ConversationView, MessageView, Row, Selection } from './types';

const MAX_MESSAGES = 100; // of one mailbox: a page of them is already long
const MAX_IDS = 12; // each is three search keys
const ARRIVAL = { sort: 'arrival', order: 'desc', criteria: {} } as const;

/** Uids of the threads that hold `uids`, ascending. */
async function threadMembers(
  context: MailContext,
  place: Place,
  uids: readonly Uid[],
): Promise<readonly Uid[]> {
  // The list by arrival says which messages of a thread are still there.
  const { order } = await findOrder(context, place, ARRIVAL);
  const { threads } = await knownThreads(context, place, order.uids);
  const there = new Set(order.uids);
  const all = new Set<Uid>(uids);
  const looked = new Set<Uid>();
  const grouped = { heads: threads.members, isCut: false, ...threads };
  for (const uid of uids) {
    // Another of its thread was looked up already.
    if (looked.has(uid)) continue;
    const at = placeOfMember(grouped, uid);
    if (at < 0) continue;
    for (const one of membersAt(grouped, at)) {
      looked.add(one);
      if (there.has(one)) all.add(one);
    }
  }
  return [...all].sort((a, b) => a - b);
}

/** Messages of the conversations of a selection, in its mailbox. */
export const conversationUids = (
  context: MailContext,
  actor: Actor,
  { mailbox, uids }: Selection,
): Promise<readonly Uid[]> =>
  onMailbox(context, actor, { mailbox, criteria: {} }, (place) =>
    threadMembers(context, place, uids),
  );

type Found = ConversationView['messages'];

/**
 * The conversation of an opened message: its thread in the mailbox, and what answers it or is answered
 * by it elsewhere. A mailbox that does not answer leaves its messages out.
 */
export async function readConversation(
  context: MailContext,
  actor: Actor,
  { ref, messageId, references }: Pick<MessageView, 'ref' | 'messageId' | 'references'>,
): Promise<ConversationView> {
  const { mailbox } = ref;
  const query = { mailbox, criteria: {} };
  let more = 0;
  const here = await onMailbox(context, actor, query, async (place): Promise<Found> => {
    const uids = await threadMembers(context, place, [ref.uid]);
    // The opened one stays, however old.
    const shown = uids.filter((uid, at) => at >= uids.length - MAX_MESSAGES || uid === ref.uid);
    more = uids.length - shown.length;
    return asFound(place, await readRows(context, place, shown));
  });
  const ids = idsOf(here, { messageId, references });
  if (ids.length === 0) return { messages: inOrder(here), more, isPartial: false };
  const since = here.map(({ row }) => row.date).sort()[0] ?? '';
  let isPartial = false;
  const others = await Promise.all(
    (await placesBeside(context, actor, mailbox)).map((path) =>
      findBeside(context, actor, path, { ids, since }).catch((error: unknown): Found => {
        context.log.debug({ err: error }, 'mail/conversation-partial');
        isPartial = true;
        return [];
      }),
    ),
  );
  return { messages: inOrder([...here, ...others.flat()]), more, isPartial };
}

const asFound = ({ box }: Place, rows: readonly Row[]): Found =>
  rows.map((row) => ({ mailbox: box.path, uidValidity: box.uidValidity, row }));

/** The root, which every answer names, and the newest. */
function idsOf(
  here: Found,
  { messageId, references }: Pick<MessageView, 'messageId' | 'references'>,
): readonly string[] {
  const own = here.flatMap(({ row }) => row.messageId ?? []);
  const ids = [...references, ...(messageId === undefined ? [] : [messageId]), ...own];
  const each = [...new Set(ids.map((id) => id.trim()).filter((id) => id !== ''))];
  return [...each.slice(0, 2), ...each.slice(2).slice(2 - MAX_IDS)];
}

/** Where the rest of a conversation is: what was sent, what was filed, what came in. */
async function placesBeside(
  context: MailContext,
  actor: Actor,
  mailbox: string,
): Promise<readonly string[]> {
  const roles = await readRoles(context, actor);
  const paths = (['sent', 'archive', 'inbox'] as const).flatMap(
    (use) => roles.find(({ role }) => role === use)?.path ?? [],
  );
  return paths.filter((path) => path !== mailbox);
}

const DAY_MS = 86_400_000;
const ATOM = (value: string): Attribute => ({ type: 'ATOM', value });

/**
 * Messages of another mailbox that name one of `ids`, or are one of them. The date comes first: servers
 * know it without opening messages, and few are left to look into.
 */
function findBeside(
  context: MailContext,
  actor: Actor,
  path: string,
  { ids, since }: { readonly ids: readonly string[]; readonly since: string },
): Promise<Found> {
  const from = new Date(Date.parse(since) - 60 * DAY_MS).toISOString().slice(0, 10);
  const names = ['In-Reply-To', 'References', 'Message-ID'];
  const each = ids.flatMap((id) =>
    names.map((name): readonly Attribute[] => [ATOM('HEADER'), ATOM(name), textArgument(id)]),
  );
  const keys = [ATOM('SENTSINCE'), ATOM(imapDate(from)), ...either(each)];
  return onMailbox(context, actor, { mailbox: path, criteria: {} }, async (place) => {
    const uids = [...(await searchUids(place.box.client, keys))].map((uid) => uid as Uid);
    return asFound(place, await readRows(context, place, uids.slice(-MAX_MESSAGES)));
  });
}

/** By date; a message that is in two mailboxes once, where it was opened. */
function inOrder(messages: Found): Found {
  const seen = new Set<string>();
  const each = messages.filter(({ row: { messageId } }) => {
    if (messageId === undefined) return true;
    if (seen.has(messageId)) return false;
    seen.add(messageId);
    return true;
  });
  return each.sort((a, b) => (a.row.date < b.row.date ? -1 : a.row.date > b.row.date ? 1 : 0));
}
