import { DAY_MS, HOUR_MS, MINUTE_MS } from '../time/days';

/** Something with a beginning and an end, in one day or over several. */
export interface Spanned {
  /** Wall times; the end is outside. */
  readonly start: number;
  readonly end: number;
}

/** A block needs so much of the day to be read. */
const SHORTEST_MS = 30 * MINUTE_MS;
export interface Block<T> {
  readonly item: T;
  /** Minutes of the day. */
  readonly from: number;
  readonly minutes: number;
  /** Which column of how many. */
  readonly column: number;
  readonly columns: number;
}

/** Events that have no room, told as a number where they are. */
export interface More {
  readonly count: number;
  readonly from: number;
  readonly minutes: number;
}

/** Events of one day beside one another where they overlap; each group is as wide as it needs. */
export function placeDay<T extends Spanned>(
  items: readonly T[],
  day: number,
  max: number,
): { readonly blocks: readonly Block<T>[]; readonly more: readonly More[] } {
  const midnight = day * DAY_MS;
  const cut = items
    .map((item) => {
      const start = Math.max(item.start, midnight);
      const end = Math.min(Math.max(item.end, start + SHORTEST_MS), midnight + DAY_MS);
      return { item, start: Math.min(start, end - SHORTEST_MS), end };
    })
    .sort((a, b) => a.start - b.start || b.end - a.end);
  const blocks: Block<T>[] = [];
  let group: { readonly one: (typeof cut)[number]; readonly column: number }[] = [];
  let ends: number[] = [];
  const more: More[] = [];
  const close = (): void => {
    // The last column is of what has none.
    const isFull = ends.length > max;
    const left = isFull ? group.filter(({ column }) => column >= max - 1) : [];
    for (const { one, column } of group) {
      if (isFull && column >= max - 1) continue;
      blocks.push({
        item: one.item,
        from: minutesTo(one.start),
        minutes: Math.ceil((one.end - one.start) / MINUTE_MS),
        column,
        columns: isFull ? max : ends.length,
      });
    }
    if (left.length > 0) {
      const from = Math.min(...left.map(({ one }) => one.start));
      const to = Math.max(...left.map(({ one }) => one.end));
      more.push({
        count: left.length,
        from: minutesTo(from),
        minutes: Math.ceil((to - from) / MINUTE_MS),
      });
    }
    group = [];
    ends = [];
  };
  const minutesTo = (wall: number): number => Math.floor((wall - midnight) / MINUTE_MS);
  for (const one of cut) {
    if (ends.every((end) => end <= one.start)) close();
    const free = ends.findIndex((end) => end <= one.start);
    const column = free >= 0 ? free : ends.length;
    ends[column] = Math.max(one.end, ends[column] ?? 0);
    group.push({ one, column });
  }
  close();
  return { blocks, more };
}

export interface Bar<T> {
  readonly item: T;
  /** Index of the first day shown, and how many. */
  readonly from: number;
  readonly days: number;
  readonly row: number;
  /** It began before, or goes on after. */
  readonly isBegun: boolean;
  readonly isOpen: boolean;
}

/** Events over days in rows, each across the days that it takes. */
export function placeBars<T extends { readonly firstDay: number; readonly lastDay: number }>(
  items: readonly T[],
  days: readonly number[],
): readonly Bar<T>[] {
  const [first = 0] = days;
  const last = days.at(-1) ?? first;
  const rows: number[] = [];
  return items
    .filter((item) => item.firstDay <= last && item.lastDay >= first)
    .sort((a, b) => a.firstDay - b.firstDay || b.lastDay - a.lastDay)
    .map((item) => {
      const from = Math.max(item.firstDay, first);
      const to = Math.min(item.lastDay, last);
      const free = rows.findIndex((end) => end < from);
      const row = free >= 0 ? free : rows.length;
      rows[row] = to;
      return {
        item,
        from: from - first,
        days: to - from + 1,
        row,
        isBegun: item.firstDay < first,
        isOpen: item.lastDay > last,
      };
    });
}

/** Whether an event is drawn over days rather than by its hours. */
export const isLong = ({
  isAllDay,
  start,
  end,
}: Spanned & { readonly isAllDay: boolean }): boolean => isAllDay || end - start >= 24 * HOUR_MS;
