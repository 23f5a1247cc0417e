import { eventFacts } from '../ics/facts';
import {
  type Component,
  type Property,
  parseCalendar,
  propertyOf,
  ruleProperty,
  ruleTextOf,
  withProperty,
  writeCalendar,
} from '../ics/jcal';
import { occurrencesOf } from '../ics/occurrences';
import { writtenOf } from '../ics/times';
import { IcsError } from '../ics/types';
import { withZones } from '../ics/vtimezone';
import { zoneOf, zonesOf } from '../ics/zones';
import { readRule, writeRule } from '../recur/rule';
import { DAY_MS } from '../time/days';
import { toWall, UTC } from '../time/zone';
import { type Due, factsOfPart, taskPart } from './facts';

const PRODID = '-//Estafette//Calendar//EN';
/** The next time of a task that repeats is looked for no further (ms). */
const FAR_MS = 10 * 366 * DAY_MS;
/** Times that are left out between two that are not. */
const PLANNED_MAX = 1_000;

/** What a form says of a task. */
export interface TaskFields {
  readonly summary: string;
  readonly description: string;
  readonly due: Due | undefined;
  readonly priority: number;
  readonly percent: number;
}

const stamp = (now: number): string => writtenOf(now - (now % 1_000), { isUtc: true });

const dueProperty = ({ isAllDay, wall, zone }: Due): Property => [
  'due',
  zone === '' || isAllDay ? {} : { tzid: zone },
  isAllDay ? 'date' : 'date-time',
  writtenOf(wall, { isDate: isAllDay }),
];

const text = (name: string, value: string): Property | undefined =>
  value === '' ? undefined : [name, {}, 'text', value];
const whole = (name: string, value: number): Property | undefined =>
  value === 0 ? undefined : [name, {}, 'integer', value];

/** A part with other values; `undefined` takes a property away. */
const withAll = (
  part: Component,
  values: readonly (readonly [string, Property | undefined])[],
): Component => values.reduce((next, [name, value]) => withProperty(next, name, value), part);

/** The text of a new task; `message` is the address of the one that it is about. */
export function newTask(
  fields: TaskFields,
  {
    uid,
    now,
    message = '',
  }: { readonly uid: string; readonly now: number; readonly message?: string },
): string {
  const part: Component = [
    'vtodo',
    [
      ['uid', {}, 'text', uid],
      ['dtstamp', {}, 'date-time', stamp(now)],
      ['created', {}, 'date-time', stamp(now)],
      ['status', {}, 'text', 'NEEDS-ACTION'],
      ...(message === '' ? [] : [['x-estafette-message', {}, 'unknown', message] as Property]),
    ],
    [],
  ];
  return writeCalendar(
    withZones([
      'vcalendar',
      [
        ['version', {}, 'text', '2.0'],
        ['prodid', {}, 'text', PRODID],
      ],
      [filled(part, fields, now)],
    ]),
  );
}

function filled(part: Component, fields: TaskFields, now: number): Component {
  // One that has a length ends when it is due.
  const timed = fields.due ? withProperty(part, 'duration', undefined) : part;
  return withAll(timed, [
    ['summary', text('summary', fields.summary)],
    ['description', text('description', fields.description)],
    ['due', fields.due && dueProperty(fields.due)],
    ['priority', whole('priority', fields.priority)],
    ['percent-complete', whole('percent-complete', fields.percent)],
    ['last-modified', ['last-modified', {}, 'date-time', stamp(now)]],
    ['dtstamp', ['dtstamp', {}, 'date-time', stamp(now)]],
  ]);
}

/** The text with its task changed; everything else stays. Throws `IcsError`. */
function changed(objectText: string, change: (part: Component, calendar: Component) => Component) {
  const calendar = parseCalendar(objectText);
  const part = taskPart(calendar);
  if (!part) return objectText;
  const next = calendar[2].map((one) => (one === part ? change(part, calendar) : one));
  return writeCalendar(withZones([calendar[0], calendar[1], next]));
}

/** A task as a form says it; what the form is not about stays. */
export const changedTask = (objectText: string, fields: TaskFields, now: number): string =>
  changed(objectText, (part, calendar) => {
    const start = propertyOf(part, 'dtstart');
    const before = factsOfPart(calendar, part);
    const isSameDue = JSON.stringify(before.due) === JSON.stringify(fields.due);
    const bare = filled(part, fields, now);
    // As a program wrote it: in UTC, or in a zone of its own.
    const kept = isSameDue ? withProperty(bare, 'due', propertyOf(part, 'due')) : bare;
    const next = settled(kept, before.percent, fields.percent, now);
    // A beginning after the end is none (RFC 5545 §3.8.2.3).
    const due = propertyOf(next, 'due');
    const isUpsideDown = start && due && String(start[3]) > String(due[3]);
    // Both are days, or both are times (RFC 5545 §3.8.2.3); a rule counts from its beginning.
    const isOther = start && due && start[2] !== due[2] && !propertyOf(next, 'rrule');
    return isUpsideDown || isOther ? withProperty(next, 'dtstart', undefined) : next;
  });

/** All of it is done, or not all of it any more: the status says so too (RFC 5545 §3.8.1.11). */
function settled(part: Component, before: number, percent: number, now: number): Component {
  if (before === percent) return part;
  const isDone = percent === 100;
  const status = isDone ? 'COMPLETED' : percent > 0 ? 'IN-PROCESS' : 'NEEDS-ACTION';
  return withAll(part, [
    ['status', ['status', {}, 'text', status]],
    ['completed', isDone ? at('completed', now) : undefined],
  ]);
}

/** A task that is done, or is to be done after all. One that repeats goes on to its next time. */
export const markedTask = (objectText: string, isDone: boolean, now: number): string =>
  changed(objectText, (part, calendar) => {
    const next = isDone ? nextTime(part, calendar) : undefined;
    if (next) return withAll(next, [['last-modified', at('last-modified', now)]]);
    return withAll(part, [
      ['status', ['status', {}, 'text', isDone ? 'COMPLETED' : 'NEEDS-ACTION']],
      ['completed', isDone ? at('completed', now) : undefined],
      ['percent-complete', isDone ? whole('percent-complete', 100) : undefined],
      ['last-modified', at('last-modified', now)],
    ]);
  });

const at = (name: string, now: number): Property => [name, {}, 'date-time', stamp(now)];

/** A rule that cannot be followed has no next time. */
function nextTime(part: Component, calendar: Component): Component | undefined {
  try {
    return nextOf(part, calendar);
  } catch (error) {
    if (error instanceof IcsError) return undefined;
    throw error;
  }
}

/** The next time of a task that repeats, as programs for telephones do it; undefined for the last. */
function nextOf(part: Component, calendar: Component): Component | undefined {
  const rule = propertyOf(part, 'rrule');
  const begin = propertyOf(part, 'dtstart') ?? propertyOf(part, 'due');
  if (!rule || !begin) return undefined;
  const [, params, type, ...values] = begin;
  const event = withProperty(
    withProperty(['vevent', part[1], []], 'dtstart', [
      'dtstart',
      params,
      type,
      ...values,
    ] as Property),
    'due',
    undefined,
  );
  const facts = eventFacts(withProperty(event, 'duration', undefined), zonesOf(calendar));
  const zone = zoneOf(facts.zone, UTC);
  const { takings } = occurrencesOf([facts], {
    from: facts.isAllDay ? facts.start : Number.MIN_SAFE_INTEGER / 2,
    to: facts.start + FAR_MS,
    zone,
    limit: 2,
  });
  const wallOfTaking = (moment: number): number => (facts.isAllDay ? moment : toWall(zone, moment));
  const coming = takings.map(({ start }) => wallOfTaking(start)).find((wall) => wall > facts.start);
  if (coming === undefined) return undefined;
  const moved = (['dtstart', 'due'] as const).reduce((next, name) => {
    const property = propertyOf(next, name);
    return property ? withProperty(next, name, shifted(property, coming - facts.start)) : next;
  }, part);
  // Those that are left out count as well (RFC 5545 §3.3.10).
  const bare = eventFacts(
    withProperty(withProperty(event, 'duration', undefined), 'exdate', undefined),
    zonesOf(calendar),
  );
  const planned = occurrencesOf([bare], {
    from: facts.isAllDay ? facts.start : Number.MIN_SAFE_INTEGER / 2,
    to: facts.isAllDay ? coming : coming + DAY_MS,
    zone,
    limit: PLANNED_MAX,
  }).takings;
  const passed = planned.filter(({ start }) => wallOfTaking(start) < coming).length;
  const read = readRule(ruleTextOf(rule));
  const counted =
    read.count === undefined
      ? moved
      : withProperty(
          moved,
          'rrule',
          ruleProperty(
            writeRule({ ...read, count: Math.max(read.count - Math.max(passed, 1), 1) }),
          ),
        );
  return withAll(counted, [
    ['status', ['status', {}, 'text', 'NEEDS-ACTION']],
    ['completed', undefined],
    ['percent-complete', undefined],
  ]);
}

function shifted([name, params, type, value]: Property, by: number): Property {
  const written = String(value);
  const isDate = type === 'date';
  const isUtc = written.endsWith('Z');
  const wall = Date.parse(isDate ? `${written}T00:00:00Z` : `${written.replace(/Z$/, '')}Z`);
  return [name, params, type, writtenOf(wall + by, { isDate, isUtc })];
}
