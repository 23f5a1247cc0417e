import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { ipv6Groups, plainAddress } from '../base/addresses';

/** The country of a client address, as the operator's file names it. */
export type CountryOf = (remote: string) => string | undefined;

const LINE = /^\s*"?([0-9a-fA-F.:]+)\/(\d{1,3})"?\s*[;,]\s*"?([A-Za-z]{2})"?\s*$/;
const MAX_BYTES = 200_000_000; // the fullest lists are a tenth of it

interface Range {
  readonly start: bigint;
  readonly end: bigint;
  readonly country: string;
}

/**
 * Networks by country, from lines `192.0.2.0/24;FR`; `unread` counts those that say nothing of the
 * kind. Of networks that lie in each other the smallest one speaks.
 */
export function parseCountries(text: string): {
  readonly find: CountryOf;
  readonly unread: number;
} {
  const byFamily: Record<4 | 6, Range[]> = { 4: [], 6: [] };
  let unread = 0;
  for (const line of text.split('\n')) {
    if (line.trim() === '' || line.startsWith('#')) continue;
    const range = rangeOf(line);
    if (range) byFamily[range.family].push(range);
    else unread += 1;
  }
  const v4 = sorted(byFamily[4]);
  const v6 = sorted(byFamily[6]);
  return {
    unread,
    find(remote) {
      const address = plainAddress(remote);
      const family = isIP(address);
      if (family === 0) return undefined;
      return countryIn(family === 4 ? v4 : v6, numberOf(address, family === 4 ? 4 : 6));
    },
  };
}

/** The same from a file of the operator; throws where it cannot be read. */
export function loadCountries(file: string): ReturnType<typeof parseCountries> {
  const bytes = readFileSync(file);
  if (bytes.length > MAX_BYTES) throw new Error(`larger than ${MAX_BYTES} bytes: ${file}`);
  return parseCountries(bytes.toString('latin1'));
}

function rangeOf(line: string): (Range & { readonly family: 4 | 6 }) | undefined {
  const [, address = '', bits = '', country = ''] = LINE.exec(line) ?? [];
  const version = isIP(address);
  if (version === 0) return undefined;
  const family = version === 4 ? 4 : 6;
  const width = family === 4 ? 32 : 128;
  if (Number(bits) > width) return undefined;
  const size = 1n << BigInt(width - Number(bits));
  const start = (numberOf(address, family) / size) * size;
  return { family, start, end: start + size - 1n, country: country.toUpperCase() };
}

interface Placed extends Range {
  /** Place of the smallest network around this one; -1 without. */
  readonly around: number;
}

/** By first address, larger networks first where two begin together, each with the one around it. */
function sorted(ranges: Range[]): readonly Placed[] {
  const open: number[] = [];
  const placed: Placed[] = [];
  const inOrder = ranges.sort((a, b) => order(a.start, b.start) || order(b.end, a.end));
  for (const [index, range] of inOrder.entries()) {
    while (open.length > 0 && (placed[open.at(-1) ?? 0]?.end ?? 0n) < range.start) open.pop();
    placed.push({ ...range, around: open.at(-1) ?? -1 });
    open.push(index);
  }
  return placed;
}

const order = (a: bigint, b: bigint): number => (a < b ? -1 : a > b ? 1 : 0);

function countryIn(ranges: readonly Placed[], address: bigint): string | undefined {
  let low = 0;
  let high = ranges.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    if ((ranges[middle]?.start ?? 0n) <= address) low = middle + 1;
    else high = middle - 1;
  }
  for (let range = ranges[high]; range; range = ranges[range.around]) {
    if (range.end >= address) return range.country;
  }
  return undefined;
}

function numberOf(address: string, family: 4 | 6): bigint {
  if (family === 4) {
    return address.split('.').reduce((sum, part) => (sum << 8n) | BigInt(part), 0n);
  }
  return ipv6Groups(address).reduce((sum, group) => (sum << 16n) | BigInt(group), 0n);
}
