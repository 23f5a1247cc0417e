import { readRule, writeRule } from '../recur/rule';
import { DAY_MS } from '../time/days';
import { toUtc, UTC } from '../time/zone';
import { apply, newEvent, touched } from './apply';
import type { EventFacts } from './facts';
import { partIndex, read } from './fields';
import {
  type Component,
  type Params,
  type Property,
  parseCalendar,
  propertiesOf,
  propertyOf,
  ruleProperty,
  withProperty,
  writeCalendar,
} from './jcal';
import { eventsOf, partsOf } from './object';
import { isStartOf, occurrencesOf } from './occurrences';
import { recurrenceName, recurrenceWall, writtenOf } from './times';
import { type EventFields, IcsError, type Scope } from './types';
import { withZones } from './vtimezone';
import { countedWall, zoneOf, zonesOf } from './zones';

const PRODID = '-//Estafette//Calendar//EN';

interface Now {
  /** Milliseconds. */
  readonly now: number;
}

/** Which occurrence of what is changed; `recurrence` as in `Occurrence`. */
export interface Change extends Now {
  readonly recurrence: string;
  readonly scope: Scope;
  /** The UID of a second object, where a series is split. */
  readonly uid: string;
}

/** The text of a new object. */
export function created(fields: EventFields, { uid, now }: Now & { readonly uid: string }): string {
  const event = newEvent(fields, { uid, now });
  return writeCalendar(withZones(calendarOf([event])));
}

const calendarOf = (events: readonly Component[]): Component => [
  'vcalendar',
  [
    ['version', {}, 'text', '2.0'],
    ['prodid', {}, 'text', PRODID],
  ],
  events,
];

/** What is known of an object while it is changed. */
interface Opened {
  readonly calendar: Component;
  readonly parts: readonly Component[];
  readonly events: readonly EventFacts[];
  readonly master: EventFacts | undefined;
  readonly series: Component | undefined;
}

function opened(text: string): Opened {
  const calendar = parseCalendar(text);
  const parts = partsOf(calendar);
  const events = eventsOf(calendar, parts);
  return {
    calendar,
    parts,
    events,
    master: events.find(({ recurrence }) => recurrence === ''),
    series: parts.find((part) => !propertyOf(part, 'recurrence-id')),
  };
}

/** The calendar with other parts, and the zones that they name. */
function closed({ calendar, parts }: Opened, next: readonly Component[]): string {
  const others = calendar[2].filter((one) => !parts.includes(one));
  return writeCalendar(withZones([calendar[0], calendar[1], [...others, ...next]]));
}

/**
 * An object in which one occurrence, one and those after it, or all of them have other fields. `rest`
 * is a second object where a series is split in two. Throws {@link IcsError} when there is no such
 * occurrence.
 */
export function changed(
  text: string,
  fields: EventFields,
  change: Change,
): { readonly text: string; readonly rest?: string } {
  const object = opened(text);
  const { master, series } = object;
  const { recurrence, now } = change;
  if (!master?.repeats || !series) return { text: changeOne(object, fields, change) };
  const wall = recurrence === '' ? master.start : wallOfOccurrence(object, recurrence);
  if (change.scope === 'this' && recurrence !== '')
    return { text: replace(object, fields, change) };
  if (change.scope === 'following' && recurrence !== '' && wall !== master.start) {
    return split(object, fields, { ...change, wall });
  }
  // What was moved is moved from where the form found it.
  const delta = fields.start - currentStart(object, recurrence, wall);
  const start = master.start + delta;
  const whole = { ...fields, start, end: start + (fields.end - fields.start) };
  const next = apply(series, { from: read(series, master, master), to: whole, now });
  const isMoved =
    delta !== 0 || fields.isAllDay !== master.isAllDay || fields.zone !== zoneName(master);
  if (!isMoved && fields.rule === master.repeats.rule) {
    return { text: closed(object, swap(object.parts, series, next)) };
  }
  return { text: closed(object, kept(object, next, { delta, now })) };
}

const zoneName = ({ isAllDay, zone }: EventFacts): string => (isAllDay ? '' : zone.id);

const swap = (parts: readonly Component[], one: Component, by: Component): readonly Component[] =>
  parts.map((part) => (part === one ? by : part));

/** Where the occurrence of that name is now: where its exception was moved, else where it was planned. */
const currentStart = ({ events }: Opened, recurrence: string, wall: number): number =>
  events.find((facts) => facts.recurrence !== '' && facts.recurrence === recurrence)?.start ?? wall;

function wallOfOccurrence({ master, events }: Opened, recurrence: string): number {
  const wall = recurrenceWall(recurrence);
  const isReplaced = events.some((facts) => facts.recurrence === recurrence);
  if (wall === undefined || !master || !(isReplaced || isStartOf(master, wall))) {
    throw new IcsError('nothing', recurrence.slice(0, 20));
  }
  return wall;
}

/** An event that takes place once, or the exception of a series that is not there. */
function changeOne(object: Opened, fields: EventFields, { recurrence, now }: Change): string {
  const { parts, events } = object;
  const facts = events.find((one) => one.recurrence === recurrence) ?? events[0];
  const part = facts && parts[partIndex(parts, events, facts)];
  if (!facts || !part) throw new IcsError('nothing');
  const next = apply(part, { from: read(part, facts, undefined), to: fields, now });
  return closed(object, swap(parts, part, next));
}

/** One occurrence of its own: its exception is changed, or made from the series. */
function replace(object: Opened, fields: EventFields, { recurrence, now }: Change): string {
  const { parts, events, master, series } = object;
  if (!master || !series) throw new IcsError('nothing');
  const to = { ...fields, rule: '' };
  const facts = events.find((one) => one.recurrence === recurrence);
  const part = facts && parts[partIndex(parts, events, facts)];
  if (facts && part) {
    const from = { ...read(part, facts, undefined), rule: '' };
    return closed(object, swap(parts, part, apply(part, { from, to, now })));
  }
  const wall = wallOfOccurrence(object, recurrence);
  const copy = withRecurrence(once(series), master, wall);
  const from = { ...read(series, { ...master, start: wall }, undefined), rule: '' };
  // Its times are written even where they are the planned ones: the copy has those of the first.
  return closed(object, [...parts, apply(copy, { from, to, now, isMoved: true })]);
}

/** Without what makes a series of it. */
const once = (series: Component): Component =>
  ['rrule', 'rdate', 'exdate', 'exrule'].reduce(
    (part, name) => withProperty(part, name, undefined),
    series,
  );

function withRecurrence(part: Component, master: EventFacts, wall: number): Component {
  return withProperty(part, 'recurrence-id', timeLike(master, wall, 'recurrence-id'));
}

/** A time in the form in which the event has its start. */
export function timeLike({ isAllDay, zone }: EventFacts, wall: number, name: string): Property {
  const isPlain = isAllDay || zone.id === '' || zone.id === 'UTC';
  const params: Params = isPlain ? {} : { tzid: zone.id };
  const type = isAllDay ? 'date' : 'date-time';
  return [
    name,
    params,
    type,
    writtenOf(wall, { isDate: isAllDay, isUtc: !isAllDay && zone.id === 'UTC' }),
  ];
}

/** The parts of a series whose times or rule changed: exceptions move along, while they are of it. */
function kept(
  object: Opened,
  series: Component,
  { delta }: { readonly delta: number } & Now,
): readonly Component[] {
  const { calendar, parts } = object;
  const zones = zonesOf(calendar);
  const master = eventsOf(calendar, [series])[0];
  if (!master?.repeats) return [series];
  const old = object.master as EventFacts;
  const moved = (wall: number): number => (master.isAllDay ? day(wall + delta) : wall + delta);
  const named = parts.flatMap((part) => {
    const id = propertyOf(part, 'recurrence-id');
    if (!id) return [];
    const before = countedWall(id, id[3], old, zones);
    return [{ part, before, wall: moved(before) }];
  });
  const left = (old.repeats?.without ?? []).map(moved);
  const planned = plannedOf(master, [...left, ...named.map(({ wall }) => wall)]);
  const starts = new Map(object.events.map((facts) => [facts.recurrence, facts]));
  const whole = withExceptions(
    series,
    master,
    left.filter((wall) => planned(wall)),
  );
  const exceptions = named.flatMap(({ part, before, wall }) => {
    if (!planned(wall)) return [];
    const facts = starts.get(recurrenceName(before, old.isAllDay));
    // Times of an exception that was not moved by itself follow the series.
    const isWhereItWas = facts?.start === before && facts.isAllDay === old.isAllDay;
    return [movedException(part, { master, wall, isWhereItWas })];
  });
  return [whole, ...exceptions];
}

const day = (wall: number): number => Math.floor(wall / DAY_MS) * DAY_MS;

/** So many starts are looked at; what is later counts as one. */
const LOOKED = 20_000;

/** Which of some times are of the rule, whatever is left out of it; it is expanded once for all of them. */
function plannedOf(master: EventFacts, walls: readonly number[]): (wall: number) => boolean {
  if (!master.repeats || walls.length === 0) return () => false;
  const whole = {
    ...master,
    length: 0,
    repeats: { ...master.repeats, without: [], withoutDays: [] },
  };
  const counted = master.isAllDay ? UTC : zoneOf(master.zone, UTC);
  const [first, last] = [Math.min, Math.max].map((of) => walls.reduce((a, b) => of(a, b)));
  const { takings, isCut } = occurrencesOf([whole], {
    from: toUtc(counted, first ?? 0) - DAY_MS,
    to: toUtc(counted, last ?? 0) + DAY_MS,
    zone: counted,
    limit: LOOKED,
  });
  const names = new Set(takings.map(({ recurrence }) => recurrence));
  const end = takings.at(-1)?.recurrence ?? '';
  return (wall) => {
    const name = recurrenceName(wall, master.isAllDay);
    return names.has(name) || (isCut && name > end);
  };
}

function movedException(
  part: Component,
  {
    master,
    wall,
    isWhereItWas,
  }: { readonly master: EventFacts; readonly wall: number; readonly isWhereItWas: boolean },
): Component {
  const renamed = withRecurrence(part, master, wall);
  if (!isWhereItWas) return renamed;
  const timed = withProperty(renamed, 'dtstart', timeLike(master, wall, 'dtstart'));
  const end = timeLike(master, wall + master.length, 'dtend');
  return withProperty(withProperty(timed, 'duration', undefined), 'dtend', end);
}

function withExceptions(
  series: Component,
  master: EventFacts,
  without: readonly number[],
): Component {
  const bare = withProperty(series, 'exdate', undefined);
  if (without.length === 0) return bare;
  const [first, ...others] = without.map((wall) => timeLike(master, wall, 'exdate'));
  const [name, params, type] = first as Property;
  const values = [first, ...others].map((one) => (one as Property)[3]);
  return withProperty(bare, 'exdate', [name, params, type, ...values]);
}

/** A series that ends before an occurrence, and another that begins there. */
function split(
  object: Opened,
  fields: EventFields,
  { wall, now, uid }: Change & { readonly wall: number },
): { readonly text: string; readonly rest: string } {
  const { series, master } = object as { series: Component; master: EventFacts };
  const isSameRule = fields.rule === master.repeats?.rule;
  const rule = isSameRule ? remaining(master, wall) : fields.rule;
  const bare = withExceptions(once(series), master, []);
  const fresh = withProperty(
    withProperty(bare, 'uid', ['uid', {}, 'text', uid]),
    'sequence',
    undefined,
  );
  const from = { ...read(series, { ...master, start: wall }, undefined), rule: '' };
  const next = apply(fresh, { from, to: { ...fields, rule }, now, isMoved: true });
  const rest: Opened = { ...object, parts: [series], series, master: { ...master, start: wall } };
  const later = object.parts.filter((part) => part !== series && isFrom(object, part, wall));
  const renamed = later.map((part) => withProperty(part, 'uid', ['uid', {}, 'text', uid]));
  const delta = fields.start - wall;
  const others = kept({ ...rest, parts: [series, ...renamed], events: object.events }, next, {
    delta,
    now,
  });
  const zones = object.calendar[2].filter((one) => !object.parts.includes(one));
  const restText = writeCalendar(
    withZones([object.calendar[0], object.calendar[1], [...zones, ...others]]),
  );
  return { text: endedBefore(object, wall, now), rest: restText };
}

function isFrom({ calendar, master }: Opened, part: Component, wall: number): boolean {
  const id = propertyOf(part, 'recurrence-id');
  return (
    id !== undefined && countedWall(id, id[3], master as EventFacts, zonesOf(calendar)) >= wall
  );
}

/** The rule of what is left of a series from an occurrence on: a COUNT counts those alone. */
function remaining(master: EventFacts, wall: number): string {
  const text = master.repeats?.rule ?? '';
  if (text === '') return '';
  const rule = readRule(text);
  if (rule.count === undefined) return text;
  const counted = zoneOf(master.zone, UTC);
  const planned = {
    ...master,
    length: 0,
    repeats: { rule: text, dates: [], without: [], withoutDays: [] },
  };
  const before = occurrencesOf([planned], {
    from: toUtc(counted, master.start) - DAY_MS,
    to: toUtc(counted, wall),
    zone: counted,
    limit: rule.count,
  });
  return writeRule({ ...rule, count: Math.max(rule.count - before.takings.length, 1) });
}

/** The series until before an occurrence, without what is named after it. */
function endedBefore(object: Opened, wall: number, now: number): string {
  const { series, master, parts } = object as Opened & { series: Component; master: EventFacts };
  const rule = master.repeats?.rule ?? '';
  const dates = (master.repeats?.dates ?? []).filter((date) => date < wall);
  const without = (master.repeats?.without ?? []).filter((date) => date < wall);
  let next = withExceptions(series, master, without);
  if (rule !== '') {
    const { count: _count, ...endless } = readRule(rule);
    next = withProperty(
      next,
      'rrule',
      ruleProperty(writeRule({ ...endless, until: untilBefore(master, wall) })),
    );
  }
  next = withProperty(next, 'rdate', undefined);
  for (const date of dates) {
    next = [next[0], [...next[1], timeLike(master, date, 'rdate')], next[2]];
  }
  const earlier = parts.filter((part) => part !== series && !isFrom(object, part, wall));
  return closed(object, [touched(next, now), ...earlier]);
}

/** The last moment before an occurrence in the form that RFC 5545 §3.3.10 wants of UNTIL. */
function untilBefore(master: EventFacts, wall: number): string {
  const squeezed = (text: string): string => text.replace(/[-:]/g, '');
  if (master.isAllDay) return squeezed(writtenOf(wall - DAY_MS, { isDate: true }));
  if (master.zone.id === '') return squeezed(writtenOf(wall - 1_000));
  return squeezed(writtenOf(toUtc(zoneOf(master.zone, UTC), wall) - 1_000, { isUtc: true }));
}

/** An object without an occurrence, or those from it on; undefined when nothing of it is left. */
export function without(
  text: string,
  { recurrence, scope, now }: Omit<Change, 'uid'>,
): string | undefined {
  const object = opened(text);
  const { master, series, parts } = object;
  if (scope === 'all' || recurrence === '' || !master?.repeats || !series) {
    if (scope === 'all' || master || parts.length === 1) return undefined;
    // Exceptions alone, of a series that somebody else has.
    const left = parts.filter(
      (part, index) => part && partIndex(parts, object.events, named(object, recurrence)) !== index,
    );
    return left.length === 0 ? undefined : closed(object, left);
  }
  const wall = wallOfOccurrence(object, recurrence);
  if (scope === 'following') {
    return wall <= master.start ? undefined : leftOf(endedBefore(object, wall, now));
  }
  const left = parts.filter((part) => part === series || !isThe(object, part, wall));
  const exceptions = [...new Set([...master.repeats.without, wall])].sort((a, b) => a - b);
  const days = propertiesOf(series, 'exdate').filter(
    (property) => property[2] === 'date' && !master.isAllDay,
  );
  const bare = withExceptions(series, master, exceptions);
  const next: Component = [bare[0], [...bare[1], ...days], bare[2]];
  return leftOf(closed(object, swap(left, series, touched(next, now))));
}

const named = ({ events }: Opened, recurrence: string): EventFacts => {
  const facts = events.find((one) => one.recurrence === recurrence);
  if (!facts) throw new IcsError('nothing', recurrence.slice(0, 20));
  return facts;
};

function isThe({ calendar, master }: Opened, part: Component, wall: number): boolean {
  const id = propertyOf(part, 'recurrence-id');
  return (
    id !== undefined && countedWall(id, id[3], master as EventFacts, zonesOf(calendar)) === wall
  );
}

/** Undefined for a series of which every occurrence was taken out. */
function leftOf(text: string): string | undefined {
  const { events } = opened(text);
  const window = { from: -8e15, to: 8e15, zone: UTC, limit: 1 };
  return occurrencesOf(events, window).takings.length > 0 ? text : undefined;
}
