import type { DavRow } from 'estafette/plugin';
import { D, empty } from './names';

/** What an answer may hold: photographs of a whole book are asked for in parts. */
const MAX_CHARS = 16_000_000;

/** Whether one more row still fits into an answer. */
export function createRoom(): (row: DavRow) => boolean {
  let left = MAX_CHARS;
  return ({ found = [] }) => {
    for (const one of found) left -= one.length;
    return left >= 0;
  };
}

/** Tells that more was there than was given (RFC 6352 8.6.2, RFC 4918 11.5). */
export const cutAt = (href: string): DavRow => ({
  href,
  status: 507,
  error: empty(D('number-of-matches-within-limits')),
});

/** The rows that fit, and one at `href` that says so when not all do: nothing is read beyond. */
export async function fitting(
  href: string,
  rows: AsyncIterable<DavRow>,
): Promise<readonly DavRow[]> {
  const fits = createRoom();
  const kept: DavRow[] = [];
  for await (const row of rows) {
    if (!fits(row)) return [...kept, cutAt(href)];
    kept.push(row);
  }
  return kept;
}
