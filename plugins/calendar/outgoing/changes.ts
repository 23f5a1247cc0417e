import {
  type Component,
  type Property,
  parseCalendar,
  propertyOf,
  withProperty,
  writeCalendar,
} from '../ics/jcal';
import { partsOf } from '../ics/object';
import { withZones } from '../ics/vtimezone';
import { peopleOf } from '../people/attendees';

/** One message of iTIP (RFC 5546) that a change makes. */
export interface ItipMessage {
  readonly method: 'REQUEST' | 'CANCEL';
  readonly to: readonly { readonly mail: string; readonly name: string }[];
  /** A VCALENDAR with METHOD; without reminders and without what is ours alone. */
  readonly text: string;
  /** Whether they were asked before. */
  readonly isUpdate: boolean;
}

/** What says nothing to others, or differs in every copy. */
const OURS = /^(?:x-estafette-|x-moz-|x-apple-travel|dtstamp$|last-modified$|sequence$|created$)/;
const PRODID = '-//Estafette//Calendar//EN';

interface Parts {
  readonly calendar: Component;
  /** By RECURRENCE-ID; `''` is the series, or what takes place once. */
  readonly byId: ReadonlyMap<string, Component>;
}

const idOf = (part: Component): string => {
  const id = propertyOf(part, 'recurrence-id');
  return id ? `${String(id[3])} ${String(id[1]['tzid'] ?? '')}` : '';
};

function partsIn(text: string | undefined): Parts | undefined {
  if (text === undefined) return undefined;
  const calendar = parseCalendar(text);
  const parts = partsOf(calendar).filter(([kind]) => kind === 'vevent');
  return { calendar, byId: new Map(parts.map((part) => [idOf(part), part])) };
}

/** Attendees to whom a message goes: everybody but who organises, and those whose program does it (RFC 6638 7.1). */
function recipientsOf(part: Component | undefined, organisers: readonly string[]) {
  if (!part) return [];
  const { organiser, attendees } = peopleOf(part);
  if (!organiser || !organisers.includes(organiser.mail)) return [];
  return attendees
    .filter(
      ({ mail, kind }) => !organisers.includes(mail) && kind !== 'room' && kind !== 'resource',
    )
    .map(({ mail, name }) => ({ mail, name }));
}

/** What a change of it is one for others: reminders, stamps and answers are not. */
function meaningOf([name, properties]: Component): string {
  return JSON.stringify([
    name,
    properties
      .filter(([key]) => !OURS.test(key) && key !== 'x-microsoft-cdo-busystatus')
      .map((property) => {
        if (property[0] !== 'attendee') return property;
        const { partstat: _p, rsvp: _r, 'schedule-status': _s, ...params } = property[1];
        return [property[0], params, ...property.slice(2)];
      })
      .map((property) => JSON.stringify(property))
      .sort(),
  ]);
}

const isOurs = ([name]: Property): boolean => name.startsWith('x-estafette-');

/** Without reminders, which are each one's own. */
const outward = (part: Component): Component => [
  part[0],
  part[1].filter((property) => !isOurs(property)),
  part[2].filter(([kind]) => kind !== 'valarm'),
];

const calendarOf = (
  method: ItipMessage['method'],
  { calendar }: Parts,
  parts: readonly Component[],
): string =>
  writeCalendar(
    withZones([
      'vcalendar',
      [
        ['version', {}, 'text', '2.0'],
        ['prodid', {}, 'text', PRODID],
        ['method', {}, 'text', method],
      ],
      [...calendar[2].filter(([kind]) => kind === 'vtimezone'), ...parts.map(outward)],
    ]),
  );

const sequenceOf = (part: Component | undefined): number => {
  const value = part && propertyOf(part, 'sequence')?.[3];
  return typeof value === 'number' ? value : 0;
};

/** A part that is off (RFC 5546 §3.2.5): a number higher, so that no copy takes it for old. */
function cancelled(part: Component, after: Component | undefined): Component {
  const sequence = Math.max(sequenceOf(part) + 1, sequenceOf(after));
  const numbered = withProperty(part, 'sequence', ['sequence', {}, 'integer', sequence]);
  return withProperty(numbered, 'status', ['status', {}, 'text', 'CANCELLED']);
}

/**
 * What must be mailed when the organiser's object changed from one text to another; `undefined` for
 * one that was not there, or is not any more. Nothing for what somebody else organises.
 */
export function changesFor(
  before: string | undefined,
  after: string | undefined,
  organisers: readonly string[],
): readonly ItipMessage[] {
  const [old, now] = [partsIn(before), partsIn(after)];
  const messages: ItipMessage[] = [];
  const whole = now?.byId.get('');
  const isWholeChanged =
    whole !== undefined && meaningOf(whole) !== meaningOf(old?.byId.get('') ?? ['', [], []]);
  const had = new Set([...(old?.byId.values() ?? [])].flatMap((part) => mailsOf(part, organisers)));
  // The series, with the occurrences that differ.
  if (now && whole && isWholeChanged) {
    const to = recipientsOf(whole, organisers);
    messages.push(...requests(now, to, [...now.byId.values()], had));
  }
  // Occurrences that changed alone, or to which others are asked than to the series.
  for (const [id, part] of now?.byId ?? []) {
    if (id === '' || !now) continue;
    const earlier = old?.byId.get(id);
    if (earlier && meaningOf(earlier) === meaningOf(part)) continue;
    const told = new Set(isWholeChanged ? mailsOf(whole, organisers) : []);
    const to = recipientsOf(part, organisers).filter(({ mail }) => !told.has(mail));
    messages.push(...requests(now, to, [part], had));
  }
  // Those who are asked no longer, and what is off.
  for (const [id, part] of old?.byId ?? []) {
    if (!old) continue;
    const next = now?.byId.get(id);
    // An occurrence that is as the series again, or that goes with it.
    if (id !== '' && !next && (whole || !now)) {
      const told = new Set(mailsOf(now ? whole : old.byId.get(''), organisers));
      messages.push(...cancels(old, part, next, organisers, told));
      continue;
    }
    messages.push(...cancels(old, part, next, organisers, new Set(mailsOf(next, organisers))));
  }
  return messages.filter(({ to }) => to.length > 0);
}

const mailsOf = (part: Component | undefined, organisers: readonly string[]): readonly string[] =>
  recipientsOf(part, organisers).map(({ mail }) => mail);

function requests(
  now: Parts,
  to: readonly { readonly mail: string; readonly name: string }[],
  parts: readonly Component[],
  had: ReadonlySet<string>,
): readonly ItipMessage[] {
  const text = calendarOf('REQUEST', now, parts);
  return [true, false].map((isUpdate) => ({
    method: 'REQUEST' as const,
    to: to.filter(({ mail }) => had.has(mail) === isUpdate),
    text,
    isUpdate,
  }));
}

function cancels(
  old: Parts,
  part: Component,
  next: Component | undefined,
  organisers: readonly string[],
  kept: ReadonlySet<string>,
): readonly ItipMessage[] {
  const to = recipientsOf(part, organisers).filter(({ mail }) => !kept.has(mail));
  if (to.length === 0) return [];
  return [
    {
      method: 'CANCEL',
      to,
      text: calendarOf('CANCEL', old, [cancelled(part, next)]),
      isUpdate: true,
    },
  ];
}
