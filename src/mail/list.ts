import { OWN_ACCOUNT, type Uid, type UidValidity } from '../base/types';
import type { Actor } from '../session';
import { boxKey } from './box-key';
import { accountKey, checkPath, checkValidity, type MailContext } from './context';
import {
  type ConversationOrder,
  conversationsOf,
  knownConversations,
  membersAt,
  placeOfMember,
} from './conversations';
import { boxOf, type Place, readRows, rowKeys } from './fetch-rows';
import { onMailbox } from './on-mailbox';
import type { Order } from './order';
import { forgetUids } from './order-cache';
import { placedAmong } from './placed';
import { findOrder, knownOrder, type OrderQuery } from './sorting';
import type { Conversation, ListPage, ListQuery, Row } from './types';

// The next page is fetched after the answer has left and its own requests have come.
const PREFETCH_AFTER_MS = 250;

/** The query of a list as plugins leave it. */
async function asked(context: MailContext, actor: Actor, query: ListQuery): Promise<ListQuery> {
  const mailbox = checkPath(query.mailbox);
  const criteria = await context.hooks.filter(actor.scope, 'message:search', query.criteria, {
    account: OWN_ACCOUNT,
    mailbox,
    sort: query.sort,
  });
  return { ...query, mailbox, criteria };
}

/** Messages of a whole list, as many as one action takes. */
export async function selectAll(
  context: MailContext,
  actor: Actor,
  query: ListQuery,
  uidValidity: UidValidity,
): Promise<readonly Uid[]> {
  const wanted = await asked(context, actor, query);
  return onMailbox(context, actor, wanted, async (place) => {
    checkValidity(place.box, uidValidity);
    const { order } = await findOrder(context, place, wanted);
    return slice(order.uids, 0, context.limits.selection);
  });
}

/** One page of a mailbox, sorted and filtered by the server. */
export async function listMessages(
  context: MailContext,
  actor: Actor,
  query: ListQuery,
): Promise<ListPage> {
  const wanted = await asked(context, actor, query);
  const about = { account: OWN_ACCOUNT, mailbox: wanted.mailbox };
  const { isNextKnown, ...page } = await onMailbox(context, actor, wanted, (place) =>
    readPage(context, actor, place, wanted),
  );
  const rows = await context.hooks.filter(actor.scope, 'message:list', page.rows, about);
  if (!isNextKnown) prefetch(context, actor, { ...wanted, page: page.page + 1 });
  const shown = rows.map((row) => row.uid);
  return { ...page, rows, placed: placedAmong(context, actor, page, shown) };
}

interface ReadPage extends Omit<ListPage, 'placed'> {
  /** Every row of the next page is in memory, or there is no next page. */
  readonly isNextKnown: boolean;
}

async function readPage(
  context: MailContext,
  actor: Actor,
  place: Place,
  query: ListQuery,
): Promise<ReadPage> {
  const pageSize = Math.max(1, actor.site.limits.pageSize);
  // A message that another client removes between two commands leaves a hole: filled once.
  for (let attempt = 0; ; attempt++) {
    const { order, sortFellBack } = await findOrder(context, place, query);
    const talks = query.threads ? await conversationsOf(context, place, order) : undefined;
    const lines = talks?.heads ?? order.uids;
    const total = lines.length;
    const pages = Math.max(1, Math.ceil(total / pageSize));
    const page = Math.min(Math.max(1, Math.trunc(query.page) || 1), pages);
    const uids = slice(lines, (page - 1) * pageSize, pageSize);
    const shown = talks ? linesOf(talks, (page - 1) * pageSize, uids.length) : [];
    const wanted = [...new Set([...uids, ...shown.flatMap((one) => one.slice(0, TOLD_ROWS))])];
    const read = await readRows(context, place, wanted);
    if (read.length < wanted.length && attempt === 0) {
      dropVanished(context, place, wanted, read);
      continue;
    }
    const rows = talks ? read.filter(({ uid }) => uids.includes(uid)) : read;
    const keyOf = rowKeys(place);
    const next = slice(lines, page * pageSize, pageSize);
    const { uidValidity, path: mailbox } = place.box;
    const { unseen } = place.state;
    return {
      account: OWN_ACCOUNT,
      mailbox,
      uidValidity,
      rows,
      total,
      unseen,
      page,
      pages,
      pageSize,
      sortFellBack,
      ...(talks && {
        conversations: conversationsBy(shown, read),
        threadsFellBack: talks.isCut,
      }),
      isNextKnown: next.every((uid) => context.caches.rows.get(keyOf(uid))),
    };
  }
}

/** Messages of a conversation that its line tells of: who wrote, what is unread. */
const TOLD_ROWS = 10;

const linesOf = (talks: ConversationOrder, from: number, count: number): (readonly Uid[])[] =>
  Array.from({ length: count }, (_, at) => membersAt(talks, from + at));

function conversationsBy(
  lines: readonly (readonly Uid[])[],
  read: readonly Row[],
): ReadonlyMap<Uid, Conversation> {
  const rowOf = new Map(read.map((row) => [row.uid, row]));
  const found = new Map<Uid, Conversation>();
  for (const uids of lines) {
    const [head] = uids;
    if (head === undefined || uids.length < 2) continue;
    const rows = uids.slice(0, TOLD_ROWS).flatMap((uid) => rowOf.get(uid) ?? []);
    found.set(head, { uids, rows });
  }
  return found;
}

const slice = (uids: Uint32Array, start: number, length: number): Uid[] =>
  [...uids.subarray(start, start + length)].map((uid) => uid as Uid);

function dropVanished(
  context: MailContext,
  place: Place,
  uids: readonly Uid[],
  rows: readonly Row[],
): void {
  const present = new Set(rows.map((row) => row.uid));
  forgetUids(
    context.caches,
    boxOf(place),
    uids.filter((uid) => !present.has(uid)),
  );
}

/** Reads the rows of a page into the cache when nobody waits for a connection. */
function prefetch(context: MailContext, actor: Actor, query: ListQuery): void {
  context.quiet.plan(accountKey(actor), PREFETCH_AFTER_MS, () => {
    if (context.pool.stats().waiting > 0) return;
    onMailbox(context, actor, query, (place) => readPage(context, actor, place, query)).catch(
      (error: unknown) => context.log.debug({ err: error }, 'mail/prefetch-failed'),
    );
  });
}

/**
 * Uids beside one in a list's order; `newer` is the line above. From memory where the list was
 * shown: opening a message then asks the server nothing for it.
 */
export async function findNeighbours(
  context: MailContext,
  actor: Actor,
  query: OrderQuery & Pick<ListQuery, 'mailbox' | 'threads'>,
  at: { readonly uid: Uid; readonly uidValidity: UidValidity },
): Promise<{ readonly newer: Uid | undefined; readonly older: Uid | undefined }> {
  const mailbox = checkPath(query.mailbox);
  const wanted = { ...query, mailbox };
  const known = knownOrder(context, boxKey(accountKey(actor), mailbox, at.uidValidity), wanted);
  const talks = known && query.threads ? knownConversations(known) : undefined;
  if (known?.uids.includes(at.uid) && (talks || !query.threads)) {
    return besides(known, talks, at.uid);
  }
  const found = await onMailbox(context, actor, wanted, async (place) => {
    const { order } = await findOrder(context, place, wanted);
    return {
      order,
      talks: query.threads ? await conversationsOf(context, place, order) : undefined,
    };
  });
  return besides(found.order, found.talks, at.uid);
}

/** Lines beside that of a message: of a list by conversation, the first messages of others. */
function besides({ uids }: Order, talks: ConversationOrder | undefined, uid: Uid) {
  const at = talks ? placeOfMember(talks, uid) : uids.indexOf(uid);
  if (at < 0) return { newer: undefined, older: undefined };
  const lines = talks?.heads ?? uids;
  return { newer: lines[at - 1] as Uid | undefined, older: lines[at + 1] as Uid | undefined };
}
