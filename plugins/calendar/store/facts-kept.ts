import type { EventFacts } from '../ics/facts';
import { factsIn } from './digest';

/** Facts of so many objects, of so many characters in all, are held read; then as many again. */
const MOST = 10_000;
const MOST_CHARS = 8_000_000;
/** One that is longer (thousands of exceptions) is read each time. */
const LONGEST = 100_000;

let young = new Map<string, readonly EventFacts[]>();
let old = new Map<string, readonly EventFacts[]>();
let chars = 0;

/**
 * Facts that were read lately, by entity tag: the tag is made of the whole text and the facts are made
 * of it alone, so that what is kept is never out of date, and is nobody's in particular.
 */
export function keptFacts(etag: string): readonly EventFacts[] | undefined {
  const found = young.get(etag);
  if (found) return found;
  const before = old.get(etag);
  if (before) young.set(etag, before);
  return before;
}

/** Reads facts, and holds them where they are not long. */
export function readFacts(etag: string, facts: string): readonly EventFacts[] {
  const read = factsIn(facts);
  if (facts.length > LONGEST) return read;
  if (young.size >= MOST || chars > MOST_CHARS) {
    old = young;
    young = new Map();
    chars = 0;
  }
  young.set(etag, read);
  chars += facts.length;
  return read;
}
