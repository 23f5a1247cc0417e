import { setImmediate } from 'node:timers/promises';
import { type DavRow, davElement, davRowXml } from './dav-xml';

/** What an answer may hold: a whole collection with its texts is asked for in parts. */
const MAX_CHARS = 16_000_000;

/** Whether one more row still fits into an answer; asked of each in turn. */
export function davRoom(): (row: DavRow) => boolean {
  let left = MAX_CHARS;
  return (row) => {
    left -= davRowXml(row).length;
    return left >= 0;
  };
}

/** Tells that more was there than was given (RFC 4918 11.5, RFC 4791 9.5, RFC 6352 8.6.2). */
export const davCut = (href: string): DavRow => ({
  href,
  status: 507,
  error: davElement({ ns: 'DAV:', name: 'number-of-matches-within-limits' }),
});

/** The rows that fit, and one at `href` that says so when not all do: nothing is read beyond. */
export async function davFitting(
  href: string,
  rows: AsyncIterable<DavRow>,
): Promise<readonly DavRow[]> {
  const fits = davRoom();
  const kept: DavRow[] = [];
  for await (const row of rows) {
    if (!fits(row)) return [...kept, davCut(href)];
    kept.push(row);
  }
  return kept;
}

/** Rows between two turns of the loop. */
const TURN_ROWS = 100;

/** Every row, made and written with turns of the loop between; undefined where they do not all fit. */
export async function davWhole(rows: Iterable<DavRow>): Promise<readonly DavRow[] | undefined> {
  const fits = davRoom();
  const kept: DavRow[] = [];
  for (const row of rows) {
    if (!fits(row)) return undefined;
    kept.push(row);
    if (kept.length % TURN_ROWS === 0) await setImmediate();
  }
  return kept;
}
