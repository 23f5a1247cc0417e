import { DAY_MS, MINUTE_MS } from './days';

/** A zone: what its clocks show at each moment. All times in milliseconds. */
export interface Zone {
  /** IANA name, `UTC`, or the name under which a calendar file defines its own. */
  readonly id: string;
  /** What is added to UTC for the time on the wall. */
  offsetAt(utc: number): number;
}

export const UTC: Zone = { id: 'UTC', offsetAt: () => 0 };

export const toWall = (zone: Zone, utc: number): number => utc + zone.offsetAt(utc);

/**
 * The moment of a wall time. The first of two when clocks are put back; in the hour that is left out
 * when they are put forward, the offset of before it counts (RFC 5545 §3.3.5, form 3).
 */
export function toUtc(zone: Zone, wall: number): number {
  const before = zone.offsetAt(wall - DAY_MS);
  if (zone.offsetAt(wall - before) === before) return wall - before;
  const after = zone.offsetAt(wall + DAY_MS);
  return zone.offsetAt(wall - after) === after ? wall - after : wall - before;
}

/** Whether clocks of the zone show that time at all. */
export const isOnClocks = (zone: Zone, wall: number): boolean =>
  toWall(zone, toUtc(zone, wall)) === wall;

/** Two changes of a zone are further apart than this; Morocco's at Ramadan are some 35 days. */
const STEP_MS = 10 * DAY_MS;
const FIRST_YEAR = 1900;
const LAST_YEAR = 2200;

const zones = new Map<string, Zone>();

/** The zone of an IANA name; undefined when this system has none of that name. */
export function ianaZone(id: string): Zone | undefined {
  const known = zones.get(id);
  if (known) return known;
  const format = formatOf(id);
  if (!format) return undefined;
  const zone = { id, offsetAt: byYears((utc) => shownBy(format, utc) - utc) };
  zones.set(id, zone);
  return zone;
}

function formatOf(id: string): Intl.DateTimeFormat | undefined {
  // An offset ("+02:00") would be taken for a zone by newer engines; names alone are meant here.
  if (!/^[A-Za-z]/.test(id) || id.length > 64) return undefined;
  try {
    return new Intl.DateTimeFormat('en-US', {
      timeZone: id,
      calendar: 'iso8601',
      hourCycle: 'h23',
      era: 'short',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
  } catch {
    return undefined;
  }
}

function shownBy(format: Intl.DateTimeFormat, utc: number): number {
  const shown: Record<string, number> = {};
  for (const { type, value } of format.formatToParts(utc)) shown[type] = Number(value);
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = shown;
  return Date.UTC(year, month - 1, day, hour, minute, second);
}

interface Change {
  readonly utc: number;
  readonly offset: number;
}

/** Asks for each year once, and finds the moments at which the offset changes. */
function byYears(ask: (utc: number) => number): (utc: number) => number {
  const years = new Map<number, readonly Change[]>();
  // Events of a month are asked for one after the other, and have one offset.
  let last = { from: 0, to: 0, offset: 0 };
  return (utc) => {
    if (utc >= last.from && utc < last.to) return last.offset;
    const year = new Date(utc).getUTCFullYear();
    // Rules of a far future and of before zones are those of the nearest year we look at.
    const kept = Math.min(Math.max(year, FIRST_YEAR), LAST_YEAR);
    let changes = years.get(kept);
    if (!changes) {
      changes = changesOf(kept, ask);
      years.set(kept, changes);
    }
    const at = kept === year ? utc : moved(utc, kept);
    const index = changes.findLastIndex((change) => change.utc <= at);
    const { utc: from, offset } = changes[Math.max(index, 0)] as Change;
    if (kept !== year) return offset;
    const to = changes[index + 1]?.utc ?? Date.UTC(year + 1, 0, 1);
    last = { from, to, offset };
    return offset;
  };
}

const moved = (utc: number, year: number): number => new Date(utc).setUTCFullYear(year);

function changesOf(year: number, ask: (utc: number) => number): readonly Change[] {
  const start = Date.UTC(year, 0, 1);
  const end = Date.UTC(year + 1, 0, 1);
  const changes = [{ utc: start, offset: ask(start) }];
  let [from, before] = [start, ask(start)];
  while (from < end) {
    const to = Math.min(from + STEP_MS, end);
    const offset = ask(to);
    if (offset !== before) changes.push({ utc: momentOf(from, to, ask), offset });
    [from, before] = [to, offset];
  }
  return changes;
}

/** The minute between two moments from which the offset is another one. */
function momentOf(from: number, to: number, ask: (utc: number) => number): number {
  const before = ask(from);
  let [low, high] = [from, to];
  while (high - low > MINUTE_MS) {
    const middle = low + Math.floor((high - low) / 2 / MINUTE_MS) * MINUTE_MS;
    if (ask(middle) === before) low = middle;
    else high = middle;
  }
  return high;
}
