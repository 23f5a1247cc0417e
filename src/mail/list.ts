import { withDeadline } from '../base/async';
import { AppError } from '../base/errors';
import { OWN_ACCOUNT, type Uid, type UidValidity } from '../base/types';
import { type OpenMailbox, readState } from '../imap';
import type { Actor } from '../session';
import { boxKey } from './box-key';
import { accountKey, checkPath, type MailContext } from './context';
import { readsBodies } from './criteria';
import { boxOf, type Place, readRows, rowKeys } from './fetch-rows';
import type { Order } from './order';
import { forgetUids } from './order-cache';
import { placedAmong } from './placed';
import { findOrder, knownOrder, type OrderQuery } from './sorting';
import type { ListPage, ListQuery, Row } from './types';

// The next page is fetched after the answer has left and its own requests have come.
const PREFETCH_AFTER_MS = 250;

/** One page of a mailbox, sorted and filtered by the server. */
export async function listMessages(
  context: MailContext,
  actor: Actor,
  query: ListQuery,
): Promise<ListPage> {
  const mailbox = checkPath(query.mailbox);
  const about = { account: OWN_ACCOUNT, mailbox };
  const criteria = await context.hooks.filter(actor.scope, 'message:search', query.criteria, {
    ...about,
    sort: query.sort,
  });
  const wanted = { ...query, mailbox, criteria };
  const { isNextKnown, ...page } = await onMailbox(context, actor, wanted, (place) =>
    readPage(context, actor, place, wanted),
  );
  const rows = await context.hooks.filter(actor.scope, 'message:list', page.rows, about);
  if (!isNextKnown) prefetch(context, actor, { ...wanted, page: page.page + 1 });
  const shown = rows.map((row) => row.uid);
  return { ...page, rows, placed: placedAmong(context, actor, page, shown) };
}

async function onMailbox<T>(
  context: MailContext,
  actor: Actor,
  query: Pick<ListQuery, 'mailbox' | 'criteria'>,
  fn: (place: Place) => Promise<T>,
): Promise<T> {
  const deadline = readsBodies(query.criteria) ? { deadlineMs: context.limits.searchMs } : {};
  const options = { kind: 'read', ...deadline } as const;
  return context.pool.withMailbox(context.access(actor), query.mailbox, options, async (box) => {
    // A server need not notice other sessions' changes for a STATUS of the selected mailbox;
    // Dovecot does at NOOP.
    await proveAlive(box);
    const state = await readState(box.client, box.path);
    checkSelected(box, state.uidValidity);
    return fn({ account: accountKey(actor), box, state });
  });
}

// A search of bodies may take long; a server that says nothing at all is told much sooner.
const ALIVE_MS = 5_000;

async function proveAlive({ client }: OpenMailbox): Promise<void> {
  await withDeadline(client.noop(), ALIVE_MS, () => {
    client.close();
    return new AppError('imap/timeout', { details: { step: 'noop' } });
  });
}

/** The mailbox was made anew while selected: only a new connection sees the new one. */
function checkSelected(box: OpenMailbox, uidValidity: number): void {
  if (box.uidValidity === uidValidity) return;
  box.client.close();
  throw new AppError('imap/unreachable', { details: { dropped: true, mailbox: box.path } });
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
    const total = order.uids.length;
    const pages = Math.max(1, Math.ceil(total / pageSize));
    const page = Math.min(Math.max(1, Math.trunc(query.page) || 1), pages);
    const uids = slice(order.uids, (page - 1) * pageSize, pageSize);
    const rows = await readRows(context, place, uids);
    if (rows.length < uids.length && attempt === 0) {
      dropVanished(context, place, uids, rows);
      continue;
    }
    const keyOf = rowKeys(place);
    const next = slice(order.uids, page * pageSize, pageSize);
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
      isNextKnown: next.every((uid) => context.caches.rows.get(keyOf(uid))),
    };
  }
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
  query: OrderQuery & { readonly mailbox: string },
  at: { readonly uid: Uid; readonly uidValidity: UidValidity },
): Promise<{ readonly newer: Uid | undefined; readonly older: Uid | undefined }> {
  const mailbox = checkPath(query.mailbox);
  const wanted = { ...query, mailbox };
  const known = knownOrder(context, boxKey(accountKey(actor), mailbox, at.uidValidity), wanted);
  if (known?.uids.includes(at.uid)) return besides(known, at.uid);
  const { order } = await onMailbox(context, actor, wanted, (place) =>
    findOrder(context, place, wanted),
  );
  return besides(order, at.uid);
}

function besides({ uids }: Order, uid: Uid) {
  const at = uids.indexOf(uid);
  if (at < 0) return { newer: undefined, older: undefined };
  return { newer: uids[at - 1] as Uid | undefined, older: uids[at + 1] as Uid | undefined };
}
