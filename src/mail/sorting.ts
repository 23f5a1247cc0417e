import {
  type Attribute,
  catchUp,
  type SortProgram,
  searchUids,
  sortUids,
  uidKey,
  uidsFrom,
} from '../imap';
import { confirmAttachments } from './attachments';
import type { MailContext } from './context';
import { criteriaKey, dependsOnFlags, isEmptyCriteria, searchKeys } from './criteria';
import { boxOf, type Place } from './fetch-rows';
import { insertSorted, type Order, onlyAlive } from './order';
import { keepOrder, readOrder } from './order-cache';
import { inProcessOrder } from './sort-keys';
import type { Criteria, ListQuery, SortKey } from './types';

/** New messages placed one by one; beyond, sorting again is cheaper. */
const MAX_INSERTED = 40;

/** What a list is sorted and filtered by. */
export type OrderQuery = Pick<ListQuery, 'sort' | 'order' | 'criteria'>;

export interface FoundOrder {
  readonly order: Order;
  readonly sortFellBack: boolean;
}

/** The uids of a list in its order: from the cache, corrected for what came and went, or new. */
export async function findOrder(
  context: MailContext,
  place: Place,
  query: OrderQuery,
): Promise<FoundOrder> {
  const plan = planOf(context, place, query);
  const cached = readOrder(context.caches, boxOf(place), plan.key);
  const order = cached ? await update(context, place, query, plan, cached) : undefined;
  const found = order ?? (await compute(context, place, query, plan));
  if (!cached || !order) context.metrics?.count('order-miss', 1);
  if (found !== cached) keepOrder(context.caches, boxOf(place), plan.key, found);
  return { order: found, sortFellBack: plan.sortFellBack };
}

/** An order already in memory, as old as it may be: for what a line more or less does not change. */
export const knownOrder = (
  { caches }: MailContext,
  box: string,
  { sort, order, criteria }: OrderQuery,
): Order | undefined => readOrder(caches, box, orderKey(sort, order, criteria));

const orderKey = (sort: SortKey, order: 'asc' | 'desc', criteria: Criteria): string =>
  `${sort} ${order} ${criteriaKey(criteria)}`;

interface Plan {
  readonly key: string;
  readonly sort: SortKey;
  readonly bySort: boolean;
  readonly sortFellBack: boolean;
}

function planOf({ limits }: MailContext, place: Place, query: OrderQuery): Plan {
  const canSort = place.box.capabilities.has('SORT');
  const isTooLarge = place.state.total > limits.sortInProcess;
  const sortFellBack = query.sort !== 'arrival' && !canSort && isTooLarge;
  const sort = sortFellBack ? 'arrival' : query.sort;
  return {
    key: orderKey(sort, query.order, query.criteria),
    sort,
    bySort: canSort && sort !== 'arrival',
    sortFellBack,
  };
}

/** An index of words (RFC 6203) is asked where the server has one. */
const keysOf = ({ box }: Place, criteria: Criteria): readonly Attribute[] =>
  searchKeys(criteria, { isFuzzy: box.capabilities.has('SEARCH=FUZZY') });

async function compute(
  context: MailContext,
  place: Place,
  query: OrderQuery,
  plan: Plan,
): Promise<Order> {
  const { box, state } = place;
  await catchUp(box, state);
  const uids = await search(context, place, query, plan, keysOf(place, query.criteria));
  const { uidNext, total: exists, modseq } = state;
  return { uids, uidNext, exists, modseq };
}

/** Matching uids in the list's order. Arrival order is that of uids (RFC 9051 2.3.1.1). */
async function search(
  context: MailContext,
  place: Place,
  query: OrderQuery,
  plan: Plan,
  keys: readonly Attribute[],
): Promise<Uint32Array> {
  const { client } = place.box;
  const found = plan.bySort
    ? await sortUids(client, programOf(plan.sort, query.order), keys)
    : await searchUids(client, keys);
  const uids = query.criteria.hasAttachment
    ? await confirmAttachments(context, place, found)
    : found;
  if (plan.bySort) return uids;
  if (plan.sort !== 'arrival') return inProcessOrder(context, place, uids, plan.sort, query.order);
  return query.order === 'desc' ? uids.slice().reverse() : uids;
}

function programOf(sort: SortKey, order: 'asc' | 'desc'): SortProgram {
  const key = (
    { date: 'DATE', arrival: 'ARRIVAL', from: 'FROM', subject: 'SUBJECT', size: 'SIZE' } as const
  )[sort];
  // Within one sender or subject the newest comes first, whatever the direction.
  const then: SortProgram = sort === 'from' || sort === 'subject' ? ['REVERSE', 'DATE'] : [];
  return order === 'desc' ? ['REVERSE', key, ...then] : [key, ...then];
}

/** The cached order brought up to date, or undefined when it must be computed again. */
async function update(
  context: MailContext,
  place: Place,
  query: OrderQuery,
  plan: Plan,
  order: Order,
): Promise<Order | undefined> {
  const { state } = place;
  if (
    dependsOnFlags(query.criteria) &&
    (state.modseq === undefined || order.modseq !== state.modseq)
  ) {
    return undefined;
  }
  if (order.uidNext === state.uidNext && order.exists === state.total) {
    context.metrics?.count('order-hit', 1);
    return order;
  }
  await catchUp(place.box, state);
  const grown = await addNew(context, place, query, plan, order);
  if (!grown || grown.exists === state.total) return grown;
  // Fewer than expected: some were removed elsewhere, which no command tells by uid without
  // QRESYNC. The list of all uids does; it comes as a few ranges.
  const alive = await searchUids(place.box.client, [{ type: 'ATOM', value: 'ALL' }]);
  return { ...onlyAlive(grown, alive), exists: state.total };
}

async function addNew(
  context: MailContext,
  place: Place,
  query: OrderQuery,
  plan: Plan,
  order: Order,
): Promise<Order | undefined> {
  const { state, box } = place;
  const next = { ...order, uidNext: state.uidNext, modseq: state.modseq };
  if (state.uidNext <= order.uidNext) return next;
  const arrived = (await searchUids(box.client, uidsFrom(order.uidNext))).filter(
    (uid) => uid >= order.uidNext,
  );
  const exists = order.exists + arrived.length;
  if (arrived.length === 0) return next;
  if (arrived.length > MAX_INSERTED) return undefined;
  const matching = await matchingOf(context, place, query, arrived);
  const uids = await insert(context, place, query, plan, order.uids, matching);
  context.metrics?.count('order-insert', matching.length);
  return { ...next, uids, exists };
}

async function matchingOf(
  context: MailContext,
  place: Place,
  { criteria }: { readonly criteria: Criteria },
  arrived: Uint32Array,
): Promise<Uint32Array> {
  if (isEmptyCriteria(criteria)) return arrived;
  const found = await searchUids(place.box.client, [
    ...uidKey(arrived),
    ...keysOf(place, criteria),
  ]);
  return criteria.hasAttachment ? confirmAttachments(context, place, found) : found;
}

async function insert(
  context: MailContext,
  place: Place,
  query: OrderQuery,
  plan: Plan,
  uids: Uint32Array,
  added: Uint32Array,
): Promise<Uint32Array> {
  if (plan.bySort) {
    const program = programOf(plan.sort, query.order);
    return insertSorted(uids, [...added], (few) =>
      sortUids(place.box.client, program, uidKey(few)),
    );
  }
  const all = Uint32Array.from([...uids, ...added]);
  if (plan.sort !== 'arrival') return inProcessOrder(context, place, all, plan.sort, query.order);
  all.sort();
  return query.order === 'desc' ? all.reverse() : all;
}
