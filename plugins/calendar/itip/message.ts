import { timeLike } from '../ics/edit';
import { type EventFacts, eventFacts } from '../ics/facts';
import {
  type Component,
  componentsOf,
  type Property,
  paramOf,
  parseCalendar,
  propertyOf,
  textOf,
  withProperty,
  writeCalendar,
} from '../ics/jcal';
import { isStartOf } from '../ics/occurrences';
import { recurrenceName, wallOf, writtenOf } from '../ics/times';
import { IcsError } from '../ics/types';
import { withZones } from '../ics/vtimezone';
import { countedWall, zoneOf, zonesOf } from '../ics/zones';
import { DAY_MS } from '../time/days';
import { toUtc, toWall, UTC } from '../time/zone';
import { partyOf } from './people';
import { METHODS, type Method, type RefusedReason } from './types';

/** A message that nothing can be made of. */
export class ItipError extends Error {
  constructor(
    readonly reason: RefusedReason,
    readonly detail = '',
  ) {
    super(detail === '' ? reason : `${reason}: ${detail}`);
  }
}

/** An object or a message, read. */
export interface Read {
  readonly calendar: Component;
  readonly uid: string;
  readonly series: Component | undefined;
  /** Parts for one occurrence each. */
  readonly others: readonly Component[];
}

export interface Message extends Read {
  readonly method: Method;
}

/** Reads events of one UID. Throws {@link ItipError} and `IcsError`. */
export function readEvents(text: string): Read {
  const calendar = parseCalendar(text);
  const parts = componentsOf(calendar, 'vevent');
  const [first] = parts;
  if (!first) throw new ItipError('content', calendar[2][0]?.[0] ?? '');
  const uid = textOf(first, 'uid').trim();
  if (uid === '' || parts.some((part) => textOf(part, 'uid').trim() !== uid)) {
    throw new ItipError('content', 'UID');
  }
  const series = parts.filter((part) => !propertyOf(part, 'recurrence-id'));
  if (series.length > 1) throw new ItipError('content', 'VEVENT');
  return { calendar, uid, series: series[0], others: parts.filter((part) => part !== series[0]) };
}

/** Reads a message. `method` is the one of the MIME part, where the text has none (RFC 6047 §2.4). */
export function readMessage(text: string, method = ''): Message {
  let read: Read;
  try {
    read = readEvents(text);
  } catch (error) {
    if (error instanceof IcsError) throw new ItipError('garbage', error.message);
    throw error;
  }
  const word = (textOf(read.calendar, 'method').trim() || method || 'PUBLISH').toUpperCase();
  const known = METHODS.find((one) => one === word);
  if (!known) throw new ItipError('method', word.slice(0, 40));
  for (const part of read.others) {
    const id = propertyOf(part, 'recurrence-id') as Property;
    if (paramOf(id, 'range') !== '')
      throw new ItipError('range', paramOf(id, 'range').slice(0, 40));
  }
  return { ...read, method: known };
}

const zones = new WeakMap<Component, ReturnType<typeof zonesOf>>();
const masters = new WeakMap<Component, EventFacts>();

/** The zones of a calendar, read once. */
function zonesIn(calendar: Component): ReturnType<typeof zonesOf> {
  const known = zones.get(calendar) ?? zonesOf(calendar);
  zones.set(calendar, known);
  return known;
}

/** The series of an object, read once; undefined when it has none. Throws `IcsError`. */
export function factsOf({ calendar, series }: Read): EventFacts | undefined {
  if (!series) return undefined;
  const known = masters.get(series) ?? eventFacts(series, zonesIn(calendar));
  masters.set(series, known);
  return known;
}

/**
 * The planned start that a RECURRENCE-ID means on the clocks of a series. Clients write it in UTC, in
 * the zone of the occurrence, as a day for what has a time, and as a moment for whole days.
 */
export function wallOfId(part: Component, calendar: Component, master: EventFacts): number {
  const id = propertyOf(part, 'recurrence-id') as Property;
  const { wall, isDate, isUtc } = wallOf(id[3]);
  if (isDate && !master.isAllDay) return wall + (master.start % DAY_MS);
  // Midnight of some zone, seen from UTC: the day that is next to it.
  if (isUtc && master.isAllDay) return Math.round(wall / DAY_MS) * DAY_MS;
  return countedWall(id, id[3], master, zonesIn(calendar));
}

/** The name of an occurrence; counted as it is written when the series is not known. */
export function nameOf(part: Component, calendar: Component, master?: EventFacts): string {
  if (!propertyOf(part, 'recurrence-id')) return '';
  const counted = master ?? { ...eventFacts(part, zonesIn(calendar)), recurrence: '' };
  return recurrenceName(wallOfId(part, calendar, counted), counted.isAllDay);
}

/** A part with its RECURRENCE-ID written as the series has its start. */
export function withId(part: Component, master: EventFacts, wall: number): Component {
  return withProperty(part, 'recurrence-id', timeLike(master, wall, 'recurrence-id'));
}

/** One occurrence of a series as a part of its own, as planned; undefined when there is none then. */
export function partAt(series: Component, master: EventFacts, wall: number): Component | undefined {
  if (!master.repeats || !isStartOf(master, wall)) return undefined;
  const bare = ['rrule', 'rdate', 'exdate', 'exrule', 'duration'].reduce(
    (part, name) => withProperty(part, name, undefined),
    series,
  );
  const zone = zoneOf(master.zone, UTC);
  const end = master.isAllDay
    ? wall + master.length
    : toWall(zone, toUtc(zone, wall) + master.length);
  const started = withProperty(bare, 'dtstart', timeLike(master, wall, 'dtstart'));
  const ended = withProperty(started, 'dtend', timeLike(master, end, 'dtend'));
  return withId(ended, master, wall);
}

/** What puts versions of a part in order (RFC 5546 §2.1.5). */
export interface Version {
  readonly sequence: number;
  readonly stamp: number;
}

/** The version that the organiser's message had; changes of one's own copy do not count. */
const RECEIVED = 'x-estafette-received';

export function versionOf(part: Component): Version {
  const [, own, at] = /^(\d{1,15}) (\d{1,16})$/.exec(textOf(part, RECEIVED)) ?? [];
  if (own !== undefined) return { sequence: Number(own), stamp: Number(at) };
  return writtenVersionOf(part);
}

function writtenVersionOf(part: Component): Version {
  const value = propertyOf(part, 'sequence')?.[3];
  return { sequence: typeof value === 'number' ? value : 0, stamp: stampOf(part) };
}

function stampOf(part: Component): number {
  try {
    return wallOf(textOf(part, 'dtstamp')).wall;
  } catch {
    return 0;
  }
}

/** Below zero when the first is older. */
export const compared = (a: Version, b: Version): number =>
  a.sequence - b.sequence || a.stamp - b.stamp;

/** A part that remembers which version was received. */
export function received(part: Component): Component {
  const { sequence, stamp } = writtenVersionOf(part);
  return withProperty(part, RECEIVED, [RECEIVED, {}, 'text', `${sequence} ${stamp}`]);
}

/** The moments of a part, for whole days their midnights in UTC. */
export function timesOf(facts: EventFacts): { readonly start: number; readonly end: number } {
  const start = facts.isAllDay ? facts.start : toUtc(zoneOf(facts.zone, UTC), facts.start);
  return { start, end: start + facts.length };
}

/** DTSTART and DTEND of a part at other moments, in its own zone. */
export function movedTo(
  part: Component,
  facts: EventFacts,
  { start, end }: { readonly start: number; readonly end: number },
): Component {
  const zone = zoneOf(facts.zone, UTC);
  const wall = (utc: number): number => (facts.isAllDay ? utc : toWall(zone, utc));
  const bare = withProperty(part, 'duration', undefined);
  const started = withProperty(bare, 'dtstart', timeLike(facts, wall(start), 'dtstart'));
  return withProperty(started, 'dtend', timeLike(facts, wall(end), 'dtend'));
}

/** Parameters that are for the server alone (RFC 6638 7), or for us. */
const OWN_PARAM = /^(?:x-estafette-.*|schedule-(?:agent|status|force-send))$/;

/** What is nobody's business but ours: reminders, and properties and parameters of our own. */
export const outward = (part: Component): Component => [
  part[0],
  part[1].filter(([name]) => !name.startsWith('x-estafette-')).map(withoutOwnParams),
  part[2].filter(([kind]) => kind !== 'valarm'),
];

function withoutOwnParams(property: Property): Property {
  if (!Object.keys(property[1]).some((name) => OWN_PARAM.test(name))) return property;
  const left = Object.entries(property[1]).filter(([name]) => !OWN_PARAM.test(name));
  return [property[0], Object.fromEntries(left), property[2], ...property.slice(3)];
}

/** The text of a message (RFC 5546 §3.2). */
export const messageText = (
  method: Method,
  calendar: Component,
  parts: readonly Component[],
): string => textWith([['method', {}, 'text', method]], calendar, parts.map(outward));

/** The text of an object to be kept. */
export const objectText = (calendar: Component, parts: readonly Component[]): string =>
  textWith([], calendar, parts);

const textWith = (
  head: readonly Property[],
  calendar: Component,
  parts: readonly Component[],
): string =>
  writeCalendar(
    withZones([
      'vcalendar',
      [
        ['version', {}, 'text', '2.0'],
        ['prodid', {}, 'text', '-//Estafette//Calendar//EN'],
        ...head,
      ],
      [...componentsOf(calendar, 'vtimezone'), ...parts],
    ]),
  );

/** A calendar with the zones of two, those of the first where both define one. */
export function zonesOfBoth(first: Component, second: Component): Component {
  const known = new Set(componentsOf(first, 'vtimezone').map((zone) => textOf(zone, 'tzid')));
  const more = componentsOf(second, 'vtimezone').filter((zone) => !known.has(textOf(zone, 'tzid')));
  return [first[0], first[1], [...first[2], ...more]];
}

export const stampProperty = (now: number): Property => [
  'dtstamp',
  {},
  'date-time',
  writtenOf(now - (now % 1_000), { isUtc: true }),
];

/** Whether an ATTENDEE property is of one of these addresses. */
export const isOf = (property: Property, mails: readonly string[]): boolean =>
  mails.includes(partyOf(property)?.mail ?? '');
