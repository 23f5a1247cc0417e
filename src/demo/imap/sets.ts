import { lowerBound } from './store';
import { SyntaxProblem } from './tokens';

/** Ranges of a sequence set; `*` is Infinity until resolved. */
export type Ranges = readonly (readonly [number, number])[];

export function parseSet(text: string): Ranges {
  return text.split(',').map((range) => {
    const [first, last = first] = range.split(':').map(parseNumber);
    if (first === undefined || last === undefined) throw new SyntaxProblem('bad sequence set');
    return [Math.min(first, last), Math.max(first, last)];
  });
}

function parseNumber(text: string): number {
  if (text === '*') return Number.POSITIVE_INFINITY;
  if (!/^[1-9]\d{0,9}$/.test(text)) throw new SyntaxProblem('bad sequence set');
  return Number(text);
}

/** True for text made like a sequence set: in SEARCH it stands for itself. */
export const isSet = (text: string): boolean => /^[\d*][\d*:,]*$/.test(text);

/** UIDs of a view named by a set of UIDs or of sequence numbers, ascending, each once. */
export function selectUids(view: readonly number[], ranges: Ranges, byUid: boolean): number[] {
  const top = view.at(-1);
  if (top === undefined) return [];
  // RFC 9051 6.4.9: `*` names the last message, and `559:*` includes it even when below 559.
  const limit = byUid ? top : view.length;
  const clip = (value: number): number => (value === Number.POSITIVE_INFINITY ? limit : value);
  const chosen = new Set<number>();
  for (const [first, last] of ranges) {
    const low = Math.min(clip(first), clip(last));
    const high = Math.max(clip(first), clip(last));
    const from = byUid ? lowerBound(view, low, (uid) => uid) : low - 1;
    for (let at = Math.max(from, 0); at < view.length; at++) {
      const uid = view[at] as number;
      if ((byUid ? uid : at + 1) > high) break;
      chosen.add(uid);
    }
  }
  return [...chosen].sort((a, b) => a - b);
}

/** `1,2,3,7` → `1:3,7`. */
export function formatSet(uids: readonly number[]): string {
  const ranges: string[] = [];
  for (let at = 0; at < uids.length; at++) {
    const first = uids[at] as number;
    let last = first;
    while (uids[at + 1] === last + 1) {
      last++;
      at++;
    }
    ranges.push(first === last ? String(first) : `${first}:${last}`);
  }
  return ranges.join(',');
}
