import { setImmediate } from 'node:timers/promises';
import { occurrencesOf, type Taking } from '../ics/occurrences';
import { ianaZone, UTC, type Zone } from '../time/zone';
import { factsIn, fold } from './digest';
import { placesOf } from './places';
import { OBJECTS, type Tables } from './tables';
import type { Found, Occurrence, Person, Window } from './types';

const MOST = 5_000;
/** Objects that are read at once. */
const ROWS = 500;
/** The loop is held no longer (ms): rules of a hostile calendar cost 0.1 s each. */
const HELD_MS = 20;
/** What takes longer in all (ms) is cut. */
const TAKEN_MS = 2_000;

interface FactsRow {
  readonly id: string;
  readonly calendar_key: number;
  readonly facts: string;
}

/** What takes place in a window. Costs what is in the window, whatever else the calendars hold. */
export async function findOccurrences(
  table: Tables,
  person: Person,
  window: Window,
): Promise<Found> {
  const limit = Math.min(window.limit ?? MOST, MOST);
  const zone = ianaZone(window.zone) ?? UTC;
  const places = (await placesOf(table, person)).filter(
    ({ id }) => window.calendars?.includes(id) ?? true,
  );
  const calendars = new Map(places.map(({ key, id }) => [key, id]));
  const found: Occurrence[] = [];
  let isCut = false;
  let [held, taken] = [performance.now(), 0];
  for await (const rows of rowsIn(table, [...calendars.keys()], window)) {
    for (const row of rows) {
      const calendar = calendars.get(row.calendar_key) ?? '';
      const taking = occurrencesOf(factsIn(row.facts), { ...window, zone, limit });
      isCut ||= taking.isCut;
      for (const one of taking.takings) found.push(occurrenceOf(row.id, calendar, one));
      const since = performance.now() - held;
      if (since < HELD_MS) continue;
      taken += since;
      if (taken > TAKEN_MS) break;
      await setImmediate();
      held = performance.now();
    }
    // Far more than can be shown is not held for being sorted.
    if (found.length > 4 * MOST || taken > TAKEN_MS) {
      isCut = true;
      break;
    }
  }
  found.sort((a, b) => sortStart(a, zone) - sortStart(b, zone) || a.end - b.end || byTitle(a, b));
  return { occurrences: found.slice(0, limit), isCut: isCut || found.length > limit };
}

const byTitle = (a: Occurrence, b: Occurrence): number => (a.summary < b.summary ? -1 : 1);

/** Whole days stand before what begins on them. */
const sortStart = ({ isAllDay, start }: Occurrence, zone: Zone): number =>
  isAllDay ? start - zone.offsetAt(start) : start;

const occurrenceOf = (object: string, calendar: string, taking: Taking): Occurrence => ({
  object,
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

async function* rowsIn(
  table: Tables,
  keys: readonly number[],
  { from, to, text = '' }: Window,
): AsyncGenerator<readonly FactsRow[]> {
  const words = fold(text).split(/\s+/).filter(Boolean).slice(0, 10);
  for (let last = ''; ; ) {
    const query = table(OBJECTS)
      .whereIn('calendar_key', keys)
      .where({ component: 'VEVENT' })
      .where('last_ms', '>=', from)
      .where('first_ms', '<', to)
      .where('id', '>', last);
    for (const word of words) void query.whereRaw('instr(search, ?) > 0', [word]);
    const rows: FactsRow[] = await query
      .orderBy('id')
      .limit(ROWS)
      .select('id', 'calendar_key', 'facts');
    if (rows.length > 0) yield rows;
    if (rows.length < ROWS) return;
    last = rows.at(-1)?.id ?? '';
    await setImmediate();
  }
}
