import { setImmediate } from 'node:timers/promises';
import type { EventFacts } from '../ics/facts';
import { occurrencesOf, type Taking } from '../ics/occurrences';
import { ianaZone, UTC, type Zone } from '../time/zone';
import { fold } from './digest';
import { keptFacts, readFacts } from './facts-kept';
import { FoundKept } from './found-kept';
import { ownPlacesOf, type Place, placesOf } from './places';
import { hasSecrets, isMasked } from './rights';
import { HELD, Shares } from './shares';
import { OBJECTS, type Tables } from './tables';
import type { Found, Occurrence, Person, Window } from './types';

const MOST = 5_000;
/** Facts that are read at once: so many, and so many bytes of objects. */
const ROWS = 500;
const BYTES = 4_000_000;
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
  const [{ found, isCut } = NOTHING] = await findIn(table, [lacking], within);
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

/**
 * What takes place in the own calendars of several people, each by their id: asked in a number of
 * questions that does not grow with theirs. What is hostile in one of them takes the time of that one.
 */
export async function findOfMany(
  table: Tables,
  site: Person['site'],
  users: readonly number[],
  window: Omit<Window, 'calendars' | 'text'>,
): Promise<ReadonlyMap<number, Found>> {
  const places = await ownPlacesOf(table, site, users);
  const all = await findIn(table, [...places.values()], window);
  const limit = limitOf(window);
  return new Map(
    [...places.keys()].map((user, index) => {
      const { found, isCut } = all[index] ?? NOTHING;
      const isLong = found.length > limit;
      return [user, { occurrences: found.slice(0, limit), isCut: isCut || isLong }] as const;
    }),
  );
}

type Within = Omit<Window, 'calendars'>;

/** What is found in the calendars of one group; what was cut is the first that was met. */
interface InGroup {
  readonly found: readonly Occurrence[];
  readonly isCut: boolean;
}
const NOTHING: InGroup = { found: [], isCut: false };

const zoneOf = ({ zone }: Within): Zone => ianaZone(zone) ?? UTC;
const limitOf = ({ limit = MOST }: Within): number => Math.min(limit, MOST);

/** All that is found in groups of calendars, each in order and with its share of the time and room. */
async function findIn(
  table: Tables,
  groups: readonly (readonly Place[])[],
  window: Within,
): Promise<readonly InGroup[]> {
  const zone = zoneOf(window);
  const within = { from: window.from, to: window.to, zone, limit: limitOf(window) };
  const shares = new Shares(groups.length);
  const placesByKey = new Map(groups.flat().map((place) => [place.key, place]));
  const groupOf = new Map(
    groups.flatMap((places, group) => places.map(({ key }) => [key, group] as const)),
  );
  const at = ({ calendar_key: key }: Light): number => groupOf.get(key) ?? 0;
  const { rows, long } = await rowsOf(table, groups, window);
  const told = groups.map((_, group) => ({ found: [] as Occurrence[], isCut: long.has(group) }));
  // One group after the other: what is left of a share is for those that follow.
  const ordered = groups.length < 2 ? rows : [...rows].sort((a, b) => at(a) - at(b));
  for (const some of partsOf(ordered)) {
    const facts = await factsOf(table, some);
    shares.begin();
    for (const [index, row] of some.entries()) {
      const events = facts[index];
      const place = placesByKey.get(row.calendar_key);
      const mine = told[at(row)];
      // It went away, or was changed, since it was listed.
      if (!events || !place || !mine) continue;
      if (shares.isOver(at(row))) {
        mine.isCut = true;
        continue;
      }
      const taking = occurrencesOf(events, within);
      mine.isCut ||= taking.isCut;
      if (!(window.text && hasSecrets(place, events))) {
        for (const one of taking.takings) {
          const about = { object: row.id, etag: row.etag, calendar: place.id };
          const occurrence = occurrenceOf(about, one);
          mine.found.push(
            isMasked(place, one.facts, events) ? maskedOccurrence(occurrence) : occurrence,
          );
        }
      }
      await shares.spend(taking.takings.length);
    }
  }
  return told.map(({ found, isCut }) => ({ found: sorted(found, zone), isCut }));
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

/** Objects of all groups; where they are more than can be held, an equal part of each. */
async function rowsOf(
  table: Tables,
  groups: readonly (readonly Place[])[],
  window: Within,
): Promise<{ readonly rows: readonly Light[]; readonly long: ReadonlySet<number> }> {
  const keysOf = (places: readonly Place[]) => places.map(({ key }) => key);
  const keys = keysOf(groups.flat());
  const rows = keys.length === 0 ? [] : await rowsIn(table, keys, window, HELD);
  if (rows.length <= HELD) return { rows, long: new Set() };
  if (groups.length === 1) return { rows, long: new Set([0]) };
  const most = Math.floor(HELD / groups.length);
  const each: (readonly Light[])[] = [];
  for (const places of groups)
    each.push(places.length === 0 ? [] : await rowsIn(table, keysOf(places), window, most));
  const long = each.flatMap((some, group) => (some.length > most ? [group] : []));
  return { rows: each.flat(), long: new Set(long) };
}

/** Objects that may take place in a window: names alone, so that one question asks for all of them. */
async function rowsIn(
  table: Tables,
  keys: readonly number[],
  { from, to, text = '' }: Within,
  most: number,
): Promise<readonly Light[]> {
  const words = fold(text).split(/\s+/).filter(Boolean).slice(0, 10);
  const query = table(OBJECTS)
    .whereIn('calendar_key', keys)
    .where({ component: 'VEVENT' })
    .where('last_ms', '>=', from)
    .where('first_ms', '<', to);
  for (const word of words) void query.whereRaw('instr(search, ?) > 0', [word]);
  return await query.limit(most + 1).select('id', 'calendar_key', 'etag', 'bytes');
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
