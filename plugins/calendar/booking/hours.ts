import { DAY_MS, HOUR_MS, MINUTE_MS } from '../time/days';
import type { Range } from './types';

const RANGES_MAX = 6;
const CLOCK = '(\\d{1,2})(?:\\s*(?:h|:)\\s*(\\d{2})?)?';
const RANGE = new RegExp(`^${CLOCK}\\s*(?:-|–|à|to)\\s*${CLOCK}$`, 'i');

const wallOf = (hours: string | undefined, minutes: string | undefined): number =>
  Number(hours) * HOUR_MS + Number(minutes ?? 0) * MINUTE_MS;

/**
 * Times of a day as they are typed: « 9h-12h, 14h-17h30 », `09:00-12:00`. None for nothing; undefined
 * for what cannot be read, for a range that ends before it begins, or that begins before another ends.
 */
export function rangesIn(text: string): readonly Range[] | undefined {
  const words = text
    .split(/[,;]/)
    .map((word) => word.replace(/\s+/g, ' ').trim())
    .filter((word) => word !== '');
  if (words.length > RANGES_MAX) return undefined;
  const ranges: Range[] = [];
  for (const word of words) {
    const [, h1, m1, h2, m2] = RANGE.exec(word) ?? [];
    if (h1 === undefined || h2 === undefined) return undefined;
    if (Number(m1 ?? 0) > 59 || Number(m2 ?? 0) > 59) return undefined;
    const range = { from: wallOf(h1, m1), to: wallOf(h2, m2) };
    if (range.to <= range.from || range.to > DAY_MS) return undefined;
    if (ranges.some((one) => one.from < range.to && one.to > range.from)) return undefined;
    ranges.push(range);
  }
  return ranges.sort((a, b) => a.from - b.from);
}

const clock = (wall: number): string => {
  const minutes = Math.round((wall % HOUR_MS) / MINUTE_MS);
  return `${Math.floor(wall / HOUR_MS)}h${minutes === 0 ? '' : String(minutes).padStart(2, '0')}`;
};

/** The same, to be changed in a form. */
export const rangesText = (ranges: readonly Range[]): string =>
  ranges.map(({ from, to }) => `${clock(from)}-${clock(to)}`).join(', ');
