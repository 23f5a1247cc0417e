import type { Entry } from './entry';

/** Entries that a page lists: what a telephone scrolls through without tiring. */
export const PAGE_ROWS = 50;

/** One page of a list. */
export interface Paged {
  readonly entries: readonly Entry[];
  readonly current: number;
  readonly count: number;
}

/** The page that is asked for, or else the one where an entry stands; the last one beyond it. */
export function pageOf(
  entries: readonly Entry[],
  { page, dn }: { readonly page: number | undefined; readonly dn: string },
): Paged {
  const count = Math.max(Math.ceil(entries.length / PAGE_ROWS), 1);
  const at = Math.max(
    entries.findIndex((entry) => dn !== '' && entry.dn === dn),
    0,
  );
  const current = Math.min(page ?? Math.floor(at / PAGE_ROWS) + 1, count);
  return { entries: entries.slice((current - 1) * PAGE_ROWS, current * PAGE_ROWS), current, count };
}
