import type { EnabledSet } from './types';

/** Distinct sets kept: sites × combinations of groups and choices; one more makes a new object. */
const SETS_MAX = 1_000;

/** Makes sets so that equal ones are one object, whatever the order of the ids. */
export type InternSet = (plugins: Iterable<string>) => EnabledSet;

export function createSetInterner(max = SETS_MAX): InternSet {
  const known = new Map<string, EnabledSet>();
  return (plugins) => {
    const ids = new Set([...plugins].sort());
    const key = [...ids].join(' ');
    const found = known.get(key);
    if (found) return found;
    // The key says what is in the set: one made again after its eviction serves the same caches.
    const oldest = known.keys().next();
    if (known.size >= max && !oldest.done) known.delete(oldest.value);
    const made: EnabledSet = Object.freeze({ key, has: (plugin: string) => ids.has(plugin) });
    known.set(key, made);
    return made;
  };
}
