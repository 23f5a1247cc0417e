import { type EventFacts, eventFacts } from '../ics/facts';
import {
  type Component,
  parseCalendar,
  propertyOf,
  withProperty,
  writeCalendar,
} from '../ics/jcal';
import { partsOf } from '../ics/object';
import { recurrenceName } from '../ics/times';
import { IcsError } from '../ics/types';
import { withZones } from '../ics/vtimezone';
import { zonesOf } from '../ics/zones';
import { nameOf, outward, partAt } from '../itip/message';
import { partiesOf } from '../itip/people';
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
/** Parameters of an attendee that an answer changes, and what we keep beside it. */
const ANSWERED = /^(?:partstat|rsvp|schedule-(?:agent|status|force-send)|x-estafette-.*)$/;
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
  const parties = partiesOf(part);
  return attendees
    .filter(
      ({ mail, kind }) => !organisers.includes(mail) && kind !== 'room' && kind !== 'resource',
    )
    .filter(({ mail }) => (parties.get(mail)?.agent ?? 'server') === 'server')
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
        const params = Object.entries(property[1]).filter(([name]) => !ANSWERED.test(name));
        return [property[0], Object.fromEntries(params), ...property.slice(2)];
      })
      .map((property) => JSON.stringify(property))
      .sort(),
  ]);
}

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
  const dropped = old && whole ? droppedOf(old, whole) : undefined;
  const isWholeChanged =
    whole !== undefined &&
    !dropped &&
    meaningOf(whole) !== meaningOf(old?.byId.get('') ?? ['', [], []]);
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
  // Occurrences that were taken out of the series, and nothing else: each is off, with its number.
  for (const part of old && dropped ? dropped : []) {
    messages.push(...cancels(old as Parts, part, whole, organisers, new Set()));
  }
  // Those who are asked no longer, and what is off.
  for (const [id, part] of old?.byId ?? []) {
    if (!old) continue;
    if (dropped?.includes(part)) continue;
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

/** More than so many at once are told with the series. */
const DROPPED_MAX = 10;

/**
 * The parts of the occurrences by which a series has become shorter, where nothing else of it changed:
 * as they were, for a CANCEL with RECURRENCE-ID (RFC 5546 §3.2.5). Clients that get the series with one
 * more EXDATE ask everybody again.
 */
function droppedOf(old: Parts, whole: Component): readonly Component[] | undefined {
  const before = old.byId.get('');
  if (!before) return undefined;
  const bare = (part: Component): string => meaningOf(withProperty(part, 'exdate', undefined));
  if (bare(before) !== bare(whole)) return undefined;
  try {
    const [was, is] = [before, whole].map((part) => eventFacts(part, zonesOf(old.calendar))) as [
      EventFacts,
      EventFacts,
    ];
    const known = new Set(was.repeats?.without);
    const left = new Set(is.repeats?.without);
    const fresh = [...left].filter((wall) => !known.has(wall));
    // One that takes place again is told with the series.
    if ([...known].some((wall) => !left.has(wall))) return undefined;
    if (fresh.length === 0 || fresh.length > DROPPED_MAX) return undefined;
    const others = [...old.byId].filter(([id]) => id !== '').map(([, part]) => part);
    return fresh.flatMap((wall) => {
      const name = recurrenceName(wall, was.isAllDay);
      const own = others.find((part) => nameOf(part, old.calendar, was) === name);
      const part = own ?? partAt(before, was, wall);
      return part ? [part] : [];
    });
  } catch (error) {
    if (error instanceof IcsError) return undefined;
    throw error;
  }
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
