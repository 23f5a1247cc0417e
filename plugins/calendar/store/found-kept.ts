import type { Place } from './places';
import type { Occurrence, Person, Window } from './types';

/** Occurrences that are held for one database, in all: some megabytes. */
const MOST = 20_000;

/**
 * What was found lately in each calendar, for pages that ask the same again: a month that is left and
 * come back to, or one of whose calendars was written.
 */
export class FoundKept {
  readonly #kept = new Map<string, readonly Occurrence[]>();
  #count = 0;

  /**
   * The name of a question: who asks it, of which calendar, and all that is known of that. Each write
   * moves the token of its calendar, each change of a right is in its place: what was found for a name
   * is what would be found again.
   */
  static nameOf(
    { site, user }: Person,
    place: Place,
    { from, to, zone, text, limit }: Omit<Window, 'calendars'>,
  ): string {
    return JSON.stringify([site, user, place, from, to, zone, text, limit]);
  }

  get(name: string): readonly Occurrence[] | undefined {
    const found = this.#kept.get(name);
    if (!found) return undefined;
    // The ones that are asked for stay.
    this.#kept.delete(name);
    this.#kept.set(name, found);
    return found;
  }

  set(name: string, found: readonly Occurrence[]): void {
    if (found.length > MOST / 2) return;
    this.#drop(name);
    this.#kept.set(name, found);
    this.#count += sizeOf(found);
    for (const oldest of this.#kept.keys()) {
      if (this.#count <= MOST) break;
      this.#drop(oldest);
    }
  }

  #drop(name: string): void {
    const found = this.#kept.get(name);
    if (!found) return;
    this.#kept.delete(name);
    this.#count -= sizeOf(found);
  }
}

/** A question without an answer takes room as well. */
const sizeOf = (found: readonly Occurrence[]): number => found.length + 10;

const byDatabase = new WeakMap<object, FoundKept>();

/** Of one database: tests, and sites of other processes, have others. */
export function foundKept(db: object): FoundKept {
  const known = byDatabase.get(db) ?? new FoundKept();
  byDatabase.set(db, known);
  return known;
}
