import type { DavElement } from 'estafette/plugin';

/** Moments in milliseconds; `to` is outside. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

/** Beyond what any clock shows: where an end is left open. */
export const EVER = 8_640_000_000_000_000;

const MOMENT = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/;

/** A moment as iCalendar writes it, in UTC; undefined for what is none. */
export function momentOf(text: string): number | undefined {
  const found = MOMENT.exec(text);
  if (!found) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = found
    .slice(1)
    .map(Number);
  const utc = Date.UTC(year, month - 1, day, hour, minute, second);
  return new Date(utc).getUTCMonth() === month - 1 ? utc : undefined;
}

/** `start` and `end` of an element (RFC 4791 9.9), one of which may be open; undefined for what is no range. */
export function rangeOf({ attributes }: DavElement, { isClosed = false } = {}): Range | undefined {
  const { start, end } = attributes;
  if (start === undefined && end === undefined) return undefined;
  if (isClosed && (start === undefined || end === undefined)) return undefined;
  const from = start === undefined ? -EVER : momentOf(start);
  const to = end === undefined ? EVER : momentOf(end);
  return from === undefined || to === undefined || from >= to ? undefined : { from, to };
}

const two = (value: number): string => String(value).padStart(2, '0');

/** `20261123T080000Z`. */
export function momentText(utc: number): string {
  const at = new Date(utc);
  const day = `${String(at.getUTCFullYear()).padStart(4, '0')}${two(at.getUTCMonth() + 1)}${two(at.getUTCDate())}`;
  return `${day}T${two(at.getUTCHours())}${two(at.getUTCMinutes())}${two(at.getUTCSeconds())}Z`;
}
