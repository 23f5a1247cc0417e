import { expandRule } from '../recur/expand';
import { type Rule, readRule } from '../recur/rule';
import { DAY_MS, dayOfWall } from '../time/days';
import { toUtc, toWall, UTC, type Zone } from '../time/zone';
import type { EventFacts } from './facts';
import type { RuleFacts } from './rules';
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

const NOTHING = { takings: [], isCut: false };

/** Times of an object in a window, by start. The cost is bounded by the window and the limit. */
export function occurrencesOf(
  events: readonly EventFacts[],
  window: TakingWindow,
): { readonly takings: readonly Taking[]; readonly isCut: boolean } {
  const [only] = events;
  // Nearly all of them: one event, once.
  if (only && events.length === 1 && only.recurrence === '' && !only.repeats) {
    const start = momentOf(only, only.start, window.zone);
    const taking = {
      facts: only,
      recurrence: '',
      start,
      end: start + only.length,
      isRecurring: false,
    };
    return isIn(taking, window) ? { takings: [taking], isCut: false } : NOTHING;
  }
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
  facts: EventFacts,
  wall: number,
  local: Zone,
): { readonly start: number; readonly end: number } {
  const start = momentOf(facts, wall, local);
  return { start, end: start + facts.length };
}

const momentOf = ({ isAllDay, zone }: EventFacts, wall: number, local: Zone): number =>
  isAllDay ? wall : toUtc(zoneOf(zone, local), wall);

/** "(start of the window < end of the event) and (its start < the window's end)" (RFC 4791 §9.9). */
function isIn({ facts, start, end }: Taking, { from, to, zone }: TakingWindow): boolean {
  const first = facts.isAllDay ? toWall(zone, from) : from;
  const last = facts.isAllDay ? toWall(zone, to) : to;
  return start < last && (end > first || (end === start && start >= first));
}

const rules = new WeakMap<RuleFacts, Rule>();

/** The rule, read once for facts that are held. */
function ruleOf(facts: RuleFacts): Rule {
  const known = rules.get(facts) ?? readRule(facts.rule);
  rules.set(facts, known);
  return known;
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
      : expandRule(ruleOf(repeats), start, { zone: counted, from, to, limit });
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
/** So many starts are looked at to find the last one of a rule that counts them. */
const LOOKED = 5_000;

/**
 * Before and after which moments an object takes place nowhere, whatever zone it is read in. A rule is
 * followed only where its end is not written: a write costs the same for one that never ends.
 */
export function boundsOf(events: readonly EventFacts[]): {
  readonly first: number;
  readonly last: number;
} {
  let [first, last] = [NEVER, -NEVER];
  for (const facts of events) {
    const margin = facts.isAllDay || facts.zone.id === '' ? DAY_MS : 0;
    // "DTSTART defines the first instance" (RFC 5545 §3.8.5.3); dates that are named may be before it.
    const walls = [facts.start, ...(facts.repeats?.dates ?? [])];
    const moments = walls.map((wall) => timesAt(facts, wall, UTC).start);
    const begun = moments.reduce((a, b) => Math.min(a, b));
    const ended = Math.max(
      moments.reduce((a, b) => Math.max(a, b)),
      lastOfRule(facts),
    );
    first = Math.min(first, begun - margin);
    last = Math.max(last, ended === NEVER ? NEVER : ended + facts.length + margin);
  }
  return { first, last };
}

/** A moment after which a rule has no start. */
function lastOfRule(facts: EventFacts): number {
  if (!facts.repeats || facts.repeats.rule === '') return -NEVER;
  const { count, until } = readRule(facts.repeats.rule);
  if (count !== undefined) {
    const all = { from: -NEVER / 2, to: NEVER / 2, zone: UTC, limit: LOOKED };
    const { walls, isCut } = startsOf(facts, all);
    if (isCut) return NEVER;
    return walls.reduce((most, wall) => Math.max(most, timesAt(facts, wall, UTC).start), -NEVER);
  }
  if (until === undefined) return NEVER;
  // A day, a time on some wall or a moment: two days hold every zone.
  const [year = 0, month = 1, day = 1] = [0, 4, 6].map((at) =>
    Number(until.slice(at, at === 0 ? 4 : at + 2)),
  );
  return Math.min(Date.UTC(year, month - 1, day) + 2 * DAY_MS, NEVER);
}
