import { setImmediate } from 'node:timers/promises';
import type { EventFacts } from '../ics/facts';
import { occurrencesOf, type Taking } from '../ics/occurrences';
import { ianaZone, UTC, type Zone } from '../time/zone';
import { fold } from './digest';
import { keptFacts, readFacts } from './facts-kept';
import { FoundKept } from './found-kept';
import { type Place, placesOf } from './places';
import { hasSecrets, isMasked } from './rights';
import { OBJECTS, type Tables } from './tables';
import type { Found, Occurrence, Person, Window } from './types';

const MOST = 5_000;
/** Far more than can be shown is not held for being sorted. */
const HELD = 4 * MOST;
/** Facts that are read at once: so many, and so many bytes of objects. */
const ROWS = 500;
const BYTES = 4_000_000;
/** The loop is held no longer (ms): rules of a hostile calendar cost 0.1 s each. */
const HELD_MS = 20;
/** What takes longer in all (ms) is cut. */
const TAKEN_MS = 2_000;

/** An object that may take place in a window, without what it says. */
interface Light {
  readonly id: string;
  readonly calendar_key: number;
  readonly etag: string;
  readonly bytes: number;
}

/**
 * What takes place in a window. Costs what is in the window, whatever else the calendars hold, of those
 * that were written since it was asked for.
 */
export async function findOccurrences(
  table: Tables,
  person: Person,
  window: Window,
  kept?: FoundKept,
): Promise<Found> {
  const places = (await placesOf(table, person)).filter(
    ({ id }) => window.calendars?.includes(id) ?? true,
  );
  const { calendars: _asked, ...within } = window;
  const names = new Map(places.map((one) => [one, FoundKept.nameOf(person, one, within)]));
  const known: (readonly Occurrence[])[] = [];
  const lacking: Place[] = [];
  for (const [place, name] of names) {
    const found = kept?.get(name);
    if (found) known.push(found);
    else lacking.push(place);
  }
  const { found, isCut } = await findIn(table, lacking, within);
  // What was cut may have been for the time it took.
  if (!isCut && kept) {
    const byCalendar = new Map(lacking.map(({ id }) => [id, [] as Occurrence[]]));
    for (const one of found) byCalendar.get(one.calendar)?.push(one);
    for (const place of lacking) kept.set(names.get(place) ?? '', byCalendar.get(place.id) ?? []);
  }
  const limit = limitOf(within);
  const all = known.length === 0 ? found : sorted([...known, found].flat(), zoneOf(within));
  return { occurrences: all.slice(0, limit), isCut: isCut || all.length > limit };
}

type Within = Omit<Window, 'calendars'>;

const zoneOf = ({ zone }: Within): Zone => ianaZone(zone) ?? UTC;
const limitOf = ({ limit = MOST }: Within): number => Math.min(limit, MOST);

/** All that is found in some calendars, in order; what was cut is the first that was met. */
async function findIn(
  table: Tables,
  places: readonly Place[],
  window: Within,
): Promise<{ readonly found: readonly Occurrence[]; readonly isCut: boolean }> {
  if (places.length === 0) return { found: [], isCut: false };
  const zone = zoneOf(window);
  const placesByKey = new Map(places.map((place) => [place.key, place]));
  const within = { from: window.from, to: window.to, zone, limit: limitOf(window) };
  const found: Occurrence[] = [];
  const rows = await rowsIn(table, [...placesByKey.keys()], window);
  let isCut = rows.length > HELD;
  let [held, taken] = [performance.now(), 0];
  for (const some of partsOf(rows)) {
    const facts = await factsOf(table, some);
    for (const [index, { id, calendar_key, etag }] of some.entries()) {
      const events = facts[index];
      // It went away, or was changed, since it was listed.
      if (!events) continue;
      const taking = occurrencesOf(events, within);
      isCut ||= taking.isCut;
      const place = placesByKey.get(calendar_key);
      if (!place || (window.text && hasSecrets(place, events))) continue;
      for (const one of taking.takings) {
        const told = occurrenceOf({ object: id, etag, calendar: place.id }, one);
        found.push(isMasked(place, one.facts, events) ? maskedOccurrence(told) : told);
      }
      const since = performance.now() - held;
      if (since < HELD_MS) continue;
      taken += since;
      if (taken > TAKEN_MS) break;
      await setImmediate();
      held = performance.now();
    }
    if (found.length > HELD || taken > TAKEN_MS) {
      isCut = true;
      break;
    }
  }
  return { found: sorted(found, zone), isCut };
}

/** By start; whole days stand before what begins on them. */
function sorted(found: readonly Occurrence[], zone: Zone): readonly Occurrence[] {
  const at = ({ isAllDay, start }: Occurrence): number =>
    isAllDay ? start - zone.offsetAt(start) : start;
  return [...found].sort((a, b) => at(a) - at(b) || a.end - b.end || byTitle(a, b));
}

const byTitle = (a: Occurrence, b: Occurrence): number => (a.summary < b.summary ? -1 : 1);

/** Field by field: a copy of a part of it takes ten times as long, thousands of times. */
const occurrenceOf = (
  { object, etag, calendar }: Pick<Occurrence, 'object' | 'etag' | 'calendar'>,
  taking: Taking,
): Occurrence => ({
  object,
  etag,
  calendar,
  recurrence: taking.recurrence,
  isAllDay: taking.facts.isAllDay,
  start: taking.start,
  end: taking.end,
  summary: taking.facts.summary,
  location: taking.facts.location,
  showAs: taking.facts.showAs,
  visibility: taking.facts.visibility,
  isCancelled: taking.facts.isCancelled,
  isRecurring: taking.isRecurring,
  hasAlarm: taking.facts.hasAlarm,
});

/** When it is, and how it counts. */
const maskedOccurrence = (one: Occurrence): Occurrence => ({
  ...one,
  summary: '',
  location: '',
  visibility: 'public',
  hasAlarm: false,
  isMasked: true,
});

/** Objects that may take place in a window: names alone, so that one question asks for all of them. */
async function rowsIn(
  table: Tables,
  keys: readonly number[],
  { from, to, text = '' }: Within,
): Promise<readonly Light[]> {
  const words = fold(text).split(/\s+/).filter(Boolean).slice(0, 10);
  const query = table(OBJECTS)
    .whereIn('calendar_key', keys)
    .where({ component: 'VEVENT' })
    .where('last_ms', '>=', from)
    .where('first_ms', '<', to);
  for (const word of words) void query.whereRaw('instr(search, ?) > 0', [word]);
  return await query.limit(HELD + 1).select('id', 'calendar_key', 'etag', 'bytes');
}

/** A few hundred at a time, fewer where they are large. */
function* partsOf(rows: readonly Light[]): Generator<readonly Light[]> {
  let some: Light[] = [];
  let bytes = 0;
  for (const row of rows) {
    if (some.length === ROWS || (some.length > 0 && bytes + row.bytes > BYTES)) {
      yield some;
      [some, bytes] = [[], 0];
    }
    some.push(row);
    bytes += row.bytes;
  }
  if (some.length > 0) yield some;
}

/** Facts of each of them: those that are not held are read. */
async function factsOf(
  table: Tables,
  rows: readonly Light[],
): Promise<readonly (readonly EventFacts[] | undefined)[]> {
  const known = rows.map(({ etag }) => keptFacts(etag));
  const lacking = rows.filter((_, index) => !known[index]).map(({ id }) => id);
  if (lacking.length === 0) return known;
  const read: { id: string; etag: string; facts: string }[] = await table(OBJECTS)
    .whereIn('id', lacking)
    .select('id', 'etag', 'facts');
  const found = new Map(read.map(({ id, etag, facts }) => [id, readFacts(etag, facts)]));
  await setImmediate();
  return rows.map(({ id }, index) => known[index] ?? found.get(id));
}
