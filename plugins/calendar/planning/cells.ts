import type { ShowAs } from '../ics';
import { DAY_MS, HOUR_MS } from '../time/days';

/** A time of somebody, as a planning knows it: a wall time of who looks. */
export interface Span {
  readonly start: number;
  readonly end: number;
  readonly showAs: ShowAs;
  /** `''` for who may not read it. */
  readonly title: string;
  /** `''` for who may not open it. */
  readonly href: string;
}

/** What one box of a planning says. */
export interface Cell {
  /** Boxes of time that it takes. */
  readonly wide: number;
  readonly showAs: ShowAs;
  readonly title: string;
  readonly href: string;
  /** Others of the same time. */
  readonly others: number;
  readonly start: number;
}

/** What weighs more is what a box says: who is away is not busy. */
const WEIGHTS: Readonly<Record<ShowAs, number>> = {
  leave: 6,
  absent: 5,
  busy: 4,
  tentative: 3,
  telework: 2,
  free: 0,
};

/** The boxes of a day between wall times, those that say the same joined. */
export function cellsOf(
  spans: readonly Span[],
  times: readonly { readonly from: number; readonly to: number }[],
): readonly Cell[] {
  const cells: (Cell & { readonly key: string })[] = [];
  for (const { from, to } of times) {
    const there = spans
      .filter(({ start, end, showAs }) => showAs !== 'free' && start < to && end > from)
      .sort((a, b) => WEIGHTS[b.showAs] - WEIGHTS[a.showAs] || a.start - b.start);
    const [first] = there;
    const others = Math.max(there.length - 1, 0);
    const cell = {
      wide: 1,
      showAs: first?.showAs ?? ('free' as const),
      title: first?.title ?? '',
      href: first?.href ?? '',
      others,
      start: from,
      key: first
        ? `${first.start} ${first.end} ${first.showAs} ${first.title} ${first.href} ${others}`
        : '',
    };
    const before = cells.at(-1);
    if (before && first && before.key === cell.key)
      cells[cells.length - 1] = { ...before, wide: before.wide + 1 };
    else cells.push(cell);
  }
  return cells.map(({ key: _key, ...cell }) => cell);
}

/** Who is at home works; whoever else has something is not free. */
const TAKES: ReadonlySet<ShowAs> = new Set(['busy', 'tentative', 'leave', 'absent']);

/** How many of some people have something in each of some times. */
export const timesTaken = (
  people: readonly (readonly Span[])[],
  times: readonly { readonly from: number; readonly to: number }[],
): readonly number[] =>
  times.map(
    ({ from, to }) =>
      people.filter((spans) =>
        spans.some(({ start, end, showAs }) => TAKES.has(showAs) && start < to && end > from),
      ).length,
  );

/** Morning and afternoon of a day, which 13:00 divides as lunch does. */
export const halvesOf = (
  day: number,
  work: { readonly from: number; readonly to: number },
): readonly { readonly from: number; readonly to: number }[] => {
  const noon = 13 * HOUR_MS;
  const [from, to] = [Math.min(work.from, noon - HOUR_MS), Math.max(work.to, noon + HOUR_MS)];
  return [
    { from: day * DAY_MS + from, to: day * DAY_MS + noon },
    { from: day * DAY_MS + noon, to: day * DAY_MS + to },
  ];
};

/** Hours of a day. */
export const hoursOf = (
  day: number,
  first: number,
  last: number,
): readonly { readonly from: number; readonly to: number }[] =>
  Array.from({ length: last - first }, (_, index) => ({
    from: day * DAY_MS + (first + index) * HOUR_MS,
    to: day * DAY_MS + (first + index + 1) * HOUR_MS,
  }));
