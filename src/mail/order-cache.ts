import type { MailCaches } from './caches';
import { type Order, withoutUids } from './order';

// Sorts and searches kept for one mailbox: what one person switches between.
const MAX_ORDERS = 8;

export function readOrder(caches: MailCaches, box: string, key: string): Order | undefined {
  return caches.orders.get(box)?.get(key);
}

export function keepOrder(caches: MailCaches, box: string, key: string, order: Order): void {
  const orders = new Map(caches.orders.get(box));
  orders.delete(key);
  orders.set(key, order);
  for (const oldest of orders.keys()) {
    if (orders.size <= MAX_ORDERS) break;
    orders.delete(oldest);
  }
  caches.orders.set(box, orders);
}

/** Takes messages that we moved or deleted out of every list at once. */
export function forgetUids(caches: MailCaches, box: string, uids: Iterable<number>): void {
  const gone = new Set(uids);
  for (const uid of gone) {
    caches.rows.delete(`${box}${uid}`);
    caches.opened.delete(`${box}${uid}`);
  }
  const orders = caches.orders.get(box);
  if (!orders) return;
  const kept = [...orders].map(([key, order]) => [key, withoutUids(order, gone)] as const);
  caches.orders.set(box, new Map(kept));
}

/** Applies a flag change of ours to the rows in memory; the next list asks only for the rest. */
export function applyFlags(
  caches: MailCaches,
  box: string,
  uids: Iterable<number>,
  change: { readonly add?: readonly string[]; readonly remove?: readonly string[] },
): void {
  const removed = new Set([...(change.remove ?? []), ...(change.add ?? [])].map(lower));
  for (const uid of uids) {
    const row = caches.rows.get(`${box}${uid}`);
    if (!row) continue;
    const kept = row.flags.flags.filter((flag) => !removed.has(lower(flag)));
    row.flags = { ...row.flags, flags: [...kept, ...(change.add ?? [])] };
  }
}

const lower = (text: string): string => text.toLowerCase();
