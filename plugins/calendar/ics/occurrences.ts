import { expandRule } from '../recur/expand';
import { readRule } from '../recur/rule';
import { DAY_MS, dayOfWall } from '../time/days';
import { toUtc, toWall, UTC, type Zone } from '../time/zone';
import type { EventFacts } from './facts';
import { recurrenceName } from './times';
import { zoneOf } from './zones';

/** One time at which an event takes place: `start` is a moment, or the UTC midnight of a whole day. */
export interface Taking {
  readonly facts: EventFacts;
  readonly recurrence: string;
  readonly start: number;
  readonly end: number;
  readonly isRecurring: boolean;
}

export interface TakingWindow {
  readonly from: number;
  readonly to: number;
  /** Where whole days and times without zone are. */
  readonly zone: Zone;
  readonly limit: number;
}

/** Times of an object in a window, by start. The cost is bounded by the window and the limit. */
export function occurrencesOf(
  events: readonly EventFacts[],
  window: TakingWindow,
): { readonly takings: readonly Taking[]; readonly isCut: boolean } {
  const master = events.find(({ recurrence }) => recurrence === '');
  const replaced = new Set(events.map(({ recurrence }) => recurrence));
  const takings: Taking[] = [];
  let isCut = false;
  if (master) {
    const found = startsOf(master, window);
    ({ isCut } = found);
    const isRecurring = master.repeats !== undefined;
    for (const wall of found.walls) {
      const recurrence = isRecurring ? recurrenceName(wall, master.isAllDay) : '';
      if (isRecurring && replaced.has(recurrence)) continue;
      const taking = {
        facts: master,
        recurrence,
        isRecurring,
        ...timesAt(master, wall, window.zone),
      };
      if (isIn(taking, window)) takings.push(taking);
    }
  }
  for (const facts of events) {
    if (facts.recurrence === '') continue;
    const times = timesAt(facts, facts.start, window.zone);
    const taking = { facts, recurrence: facts.recurrence, isRecurring: true, ...times };
    if (isIn(taking, window)) takings.push(taking);
  }
  takings.sort((a, b) => a.start - b.start);
  return { takings: takings.slice(0, window.limit), isCut: isCut || takings.length > window.limit };
}

function timesAt(
  { isAllDay, length, zone }: EventFacts,
  wall: number,
  local: Zone,
): { readonly start: number; readonly end: number } {
  const start = isAllDay ? wall : toUtc(zoneOf(zone, local), wall);
  return { start, end: start + length };
}

/** "(start of the window < end of the event) and (its start < the window's end)" (RFC 4791 §9.9). */
function isIn({ facts, start, end }: Taking, { from, to, zone }: TakingWindow): boolean {
  const [first, last] = facts.isAllDay ? [toWall(zone, from), toWall(zone, to)] : [from, to];
  return start < last && (end > first || (end === start && start >= first));
}

/** Planned starts of an event that may touch a window, as its clocks show them. */
function startsOf(
  { repeats, start, length, zone, isAllDay }: EventFacts,
  window: TakingWindow,
): { readonly walls: readonly number[]; readonly isCut: boolean } {
  if (!repeats) return { walls: [start], isCut: false };
  const counted = isAllDay ? UTC : zoneOf(zone, window.zone);
  // Whole days are compared on the wall: a day more on both sides holds every zone.
  const [from, to] = [window.from - length - DAY_MS, window.to + DAY_MS];
  const without = new Set(repeats.without);
  const withoutDays = new Set(repeats.withoutDays.map(dayOfWall));
  const isLeft = (wall: number): boolean => !without.has(wall) && !withoutDays.has(dayOfWall(wall));
  // What is left out does not count, so as many more are looked for.
  const limit = window.limit + without.size + 1;
  const expansion =
    repeats.rule === ''
      ? { starts: [{ wall: start }], isCut: false }
      : expandRule(readRule(repeats.rule), start, { zone: counted, from, to, limit });
  const walls = new Set(expansion.starts.map(({ wall }) => wall));
  for (const wall of repeats.dates) {
    const utc = toUtc(counted, wall);
    if (utc >= from && utc < to) walls.add(wall);
  }
  return { walls: [...walls].filter(isLeft), isCut: expansion.isCut };
}

/** Whether an event that repeats begins at a time of the wall, exceptions aside. */
export function isStartOf(facts: EventFacts, wall: number): boolean {
  if (!facts.repeats) return facts.start === wall;
  const counted = facts.isAllDay ? UTC : zoneOf(facts.zone, UTC);
  const utc = toUtc(counted, wall);
  const window = { from: utc, to: utc + 1, zone: counted, limit: 10 };
  return startsOf({ ...facts, length: 0 }, window).walls.includes(wall);
}

const NEVER = 8_640_000_000_000_000;
/** So many starts are looked at to find the last one. */
const LOOKED = 5_000;

/** Before and after which moments an object takes place nowhere, whatever zone it is read in. */
export function boundsOf(events: readonly EventFacts[]): {
  readonly first: number;
  readonly last: number;
} {
  let [first, last] = [NEVER, -NEVER];
  for (const facts of events) {
    const isLocal = facts.isAllDay || facts.zone.id === '';
    const margin = isLocal ? DAY_MS : 0;
    const starts = facts.repeats
      ? startsOf(facts, { from: -NEVER / 2, to: NEVER / 2, zone: UTC, limit: LOOKED })
      : { walls: [facts.start], isCut: false };
    const moments = starts.walls.map((wall) => timesAt(facts, wall, UTC).start);
    first = Math.min(
      first,
      ...ends(moments, Math.min),
      timesAt(facts, facts.start, UTC).start - margin,
    );
    const end = starts.isCut
      ? NEVER
      : (ends(moments, Math.max)[0] ?? -NEVER) + facts.length + margin;
    last = Math.max(last, end);
  }
  return { first, last };
}

/** The smallest or largest of many, which are too many for arguments of a call. */
const ends = (
  values: readonly number[],
  of: (a: number, b: number) => number,
): readonly number[] => (values.length === 0 ? [] : [values.reduce((a, b) => of(a, b))]);
