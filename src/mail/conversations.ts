import type { Uid } from '../base/types';
import type { Threads } from '../imap';
import type { MailContext } from './context';
import type { Place } from './fetch-rows';
import type { Order } from './order';
import { knownThreads } from './threading';

/**
 * A list by conversation: each stands where the first of its messages stands in the list, which is its
 * newest one when the list is by date. Only messages of the list are in it.
 */
export interface ConversationOrder {
  /** First message of each conversation, in the order of the list. */
  readonly heads: Uint32Array;
  /** Where each begins in `members`; one more than there are. */
  readonly starts: Uint32Array;
  /** In the order of the list, conversation after conversation. */
  readonly members: Uint32Array;
  readonly isCut: boolean;
}

interface Kept {
  readonly threads: Threads;
  readonly found: ConversationOrder;
}

/** As long as its list is in memory: a list of 100,000 messages costs 1.2 MB more. */
const kept = new WeakMap<Order, Kept>();

/** Conversations of a list, from memory while neither it nor the threads of its mailbox changed. */
export async function conversationsOf(
  context: MailContext,
  place: Place,
  order: Order,
): Promise<ConversationOrder> {
  const { threads, isCut } = await knownThreads(context, place, order.uids);
  const known = kept.get(order);
  if (known?.threads === threads) return known.found;
  const found = { ...group(order.uids, threads), isCut };
  kept.set(order, { threads, found });
  return found;
}

/** Those in memory, as old as they may be. */
export const knownConversations = (order: Order): ConversationOrder | undefined =>
  kept.get(order)?.found;

/** Uids are dense in most mailboxes: up to here a table of them, 16 MB for a moment, beats a map. */
const MAX_TABLE = 4_000_000;

/** Thread of each message of a mailbox; undefined for one that came since. */
function threadsByUid({ members, starts }: Threads): (uid: number) => number | undefined {
  const last = members.reduce((most, uid) => Math.max(most, uid), 0);
  const table = last < MAX_TABLE ? new Uint32Array(last + 1) : undefined;
  const map = new Map<number, number>();
  for (let thread = 0; thread + 1 < starts.length; thread++) {
    const end = starts[thread + 1] ?? 0;
    for (let at = starts[thread] ?? 0; at < end; at++) {
      const uid = members[at] ?? 0;
      if (table) table[uid] = thread + 1;
      else map.set(uid, thread);
    }
  }
  if (!table) return (uid) => map.get(uid);
  return (uid) => {
    const thread = table[uid] ?? 0;
    return thread === 0 ? undefined : thread - 1;
  };
}

/** Groups the uids of a list, in its order. */
export function group(
  uids: Uint32Array,
  { members, starts }: Threads,
): Omit<ConversationOrder, 'isCut'> {
  const threadOf = threadsByUid({ members, starts });
  // Place of a conversation in the list, plus one, by its thread; a message of no thread is its own.
  const placeOf = new Uint32Array(starts.length);
  const places = new Uint32Array(uids.length);
  const sizes: number[] = [];
  for (let at = 0; at < uids.length; at++) {
    const thread = threadOf(uids[at] ?? 0);
    const known = thread === undefined ? 0 : (placeOf[thread] ?? 0);
    const place = known === 0 ? sizes.length : known - 1;
    if (known === 0) {
      if (thread !== undefined) placeOf[thread] = place + 1;
      sizes.push(1);
    } else sizes[place] = (sizes[place] ?? 0) + 1;
    places[at] = place;
  }
  const begins = new Uint32Array(sizes.length + 1);
  for (let at = 0; at < sizes.length; at++) begins[at + 1] = (begins[at] ?? 0) + (sizes[at] ?? 0);
  const next = begins.slice();
  const grouped = new Uint32Array(uids.length);
  for (let at = 0; at < uids.length; at++) {
    const place = places[at] ?? 0;
    const to = next[place] ?? 0;
    grouped[to] = uids[at] ?? 0;
    next[place] = to + 1;
  }
  const heads = begins.subarray(0, sizes.length).map((begin) => grouped[begin] ?? 0);
  return { heads, starts: begins, members: grouped };
}

/** Messages of the conversation at a place of the list. */
export const membersAt = ({ members, starts }: ConversationOrder, place: number): readonly Uid[] =>
  [...members.subarray(starts[place], starts[place + 1])].map((uid) => uid as Uid);

/** Place of the conversation of a message, or -1. */
export function placeOfMember({ members, starts }: ConversationOrder, uid: number): number {
  const at = members.indexOf(uid);
  if (at < 0) return -1;
  let low = 0;
  let high = starts.length - 2;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((starts[middle] ?? 0) <= at) low = middle;
    else high = middle - 1;
  }
  return low;
}
