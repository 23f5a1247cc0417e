import type { EventFacts } from '../ics/facts';
import { partIndex } from '../ics/fields';
import {
  type Component,
  componentsOf,
  type Property,
  paramOf,
  parseCalendar,
  propertiesOf,
  propertyOf,
  writeCalendar,
} from '../ics/jcal';
import { eventsOf, partsOf } from '../ics/object';

/** ROLE (RFC 5545 §3.2.16). */
export const ROLES = ['required', 'optional', 'chair', 'informed'] as const;
export type Role = (typeof ROLES)[number];
const ROLE_WORDS: Readonly<Record<Role, string>> = {
  required: 'REQ-PARTICIPANT',
  optional: 'OPT-PARTICIPANT',
  chair: 'CHAIR',
  informed: 'NON-PARTICIPANT',
};

/** PARTSTAT (RFC 5545 §3.2.12). */
export const ANSWERS = ['needs-action', 'accepted', 'tentative', 'declined', 'delegated'] as const;
export type Answer = (typeof ANSWERS)[number];

/** CUTYPE (RFC 5545 §3.2.3). */
export const KINDS = ['individual', 'group', 'room', 'resource'] as const;
export type Kind = (typeof KINDS)[number];

/** Somebody, or a room, who is asked to come. */
export interface Attendee {
  /** Lower case. */
  readonly mail: string;
  readonly name: string;
  readonly role: Role;
  readonly kind: Kind;
  readonly answer: Answer;
}

/** Who calls a meeting, and whom. */
export interface People {
  readonly organiser: { readonly mail: string; readonly name: string } | undefined;
  readonly attendees: readonly Attendee[];
}

/** People that a page goes through; a list of thousands is one address of a list. */
export const PEOPLE_MAX = 200;

const wordIn = <T extends string>(all: readonly T[], word: string, usual: T): T =>
  all.find((one) => one === word.toLowerCase()) ?? usual;

/** The address of a calendar user; `''` for what is no mail address. */
export const mailIn = (property: Property): string => {
  const value = typeof property[3] === 'string' ? property[3].trim() : '';
  return /^mailto:/i.test(value) ? value.slice('mailto:'.length).trim().toLowerCase() : '';
};

const nameIn = (property: Property): string =>
  paramOf(property, 'cn')
    .replace(/[\s\p{Cc}\p{Cf}]+/gu, ' ')
    .trim();

function attendeeOf(property: Property): readonly Attendee[] {
  const mail = mailIn(property);
  if (mail === '') return [];
  const role = paramOf(property, 'role').toUpperCase();
  return [
    {
      mail,
      name: nameIn(property),
      role: ROLES.find((one) => ROLE_WORDS[one] === role) ?? 'required',
      kind: wordIn(KINDS, paramOf(property, 'cutype'), 'individual'),
      answer: wordIn(ANSWERS, paramOf(property, 'partstat'), 'needs-action'),
    },
  ];
}

/** Who is asked, as one component says. */
export function peopleOf(part: Component): People {
  const organiser = propertyOf(part, 'organizer');
  const mail = organiser ? mailIn(organiser) : '';
  const byMail = new Map<string, Attendee>();
  for (const property of propertiesOf(part, 'attendee'))
    for (const one of attendeeOf(property)) if (!byMail.has(one.mail)) byMail.set(one.mail, one);
  return {
    organiser: organiser && mail !== '' ? { mail, name: nameIn(organiser) } : undefined,
    attendees: [...byMail.values()],
  };
}

/** Who is asked to an event, or to one occurrence of it. Throws `IcsError`. */
export function peopleIn(text: string, recurrence = ''): People {
  const calendar = parseCalendar(text);
  const parts = partsOf(calendar);
  const part = (recurrence === '' ? undefined : partOf(calendar, parts, recurrence)) ?? parts[0];
  return part ? peopleOf(part) : { organiser: undefined, attendees: [] };
}

function partOf(
  calendar: Component,
  parts: readonly Component[],
  recurrence: string,
): Component | undefined {
  const events = eventsOf(calendar, parts);
  const facts = events.find((one: EventFacts) => one.recurrence === recurrence);
  return facts && parts[partIndex(parts, events, facts)];
}

export interface PeopleChange {
  readonly organiser: { readonly mail: string; readonly name: string };
  /** Who was asked, and who is now: others of an occurrence stay. */
  readonly before: readonly Attendee[];
  readonly after: readonly Attendee[];
  /** One occurrence alone; `''` for all of them. */
  readonly recurrence: string;
  /** It takes place at another time: whoever accepted is asked again (RFC 5546 §2.1.4). */
  readonly isMoved: boolean;
}

/** An object to which others are asked. What was not changed of an attendee stays, parameters included. */
export function withPeople(text: string, change: PeopleChange): string {
  const calendar = parseCalendar(text);
  const parts = partsOf(calendar);
  const only = change.recurrence === '' ? undefined : partOf(calendar, parts, change.recurrence);
  const next = calendar[2].map((one) => {
    if (!parts.includes(one) || (only && one !== only)) return one;
    return changedPart(one, change);
  });
  return writeCalendar([calendar[0], calendar[1], next]);
}

function changedPart(
  part: Component,
  { organiser, before, after, isMoved }: PeopleChange,
): Component {
  const wanted = new Map(after.map((one) => [one.mail, one]));
  const known = new Map(before.map((one) => [one.mail, one]));
  const there = new Set<string>();
  const properties = part[1].flatMap((property): readonly Property[] => {
    if (property[0] !== 'attendee') return [property];
    const mail = mailIn(property);
    const one = wanted.get(mail);
    // Somebody of this occurrence alone, or an address that is no mail.
    if (!one) return known.has(mail) ? [] : [property];
    if (there.has(mail)) return [];
    there.add(mail);
    const role = known.get(mail)?.role === one.role ? {} : { role: ROLE_WORDS[one.role] };
    const again =
      isMoved && mail !== organiser.mail ? { partstat: 'NEEDS-ACTION', rsvp: 'TRUE' } : {};
    return [[property[0], { ...property[1], ...role, ...again }, ...property.slice(2)] as never];
  });
  const added = after.filter(({ mail }) => !there.has(mail)).map((one) => propertyFor(one));
  const all = [...properties, ...added];
  const hasPeople = all.some(([name]) => name === 'attendee');
  const isOrganised = all.some(([name]) => name === 'organizer');
  if (!hasPeople) return [part[0], all.filter(([name]) => name !== 'organizer'), part[2]];
  const head: readonly Property[] = isOrganised
    ? []
    : [['organizer', cnOf(organiser.name), 'cal-address', `mailto:${organiser.mail}`]];
  return [part[0], [...all, ...head], part[2]];
}

const cnOf = (name: string): Readonly<Record<string, string>> =>
  // A quote cannot stand in a parameter (RFC 5545 §3.2).
  name === '' ? {} : { cn: name.replaceAll('"', '’') };

const propertyFor = ({ mail, name, role, kind, answer }: Attendee): Property => [
  'attendee',
  {
    ...cnOf(name),
    ...(kind !== 'individual' && { cutype: kind.toUpperCase() }),
    role: kind === 'room' || kind === 'resource' ? ROLE_WORDS.informed : ROLE_WORDS[role],
    partstat: answer.toUpperCase(),
    rsvp: 'TRUE',
  },
  'cal-address',
  `mailto:${mail}`,
];

/** An object with another answer of somebody, everywhere or in one part. */
export function withAnswer(text: string, mail: string, answer: Answer): string {
  const calendar = parseCalendar(text);
  const next = calendar[2].map((part): Component => {
    if (part[0] !== 'vevent') return part;
    const properties = part[1].map((property) =>
      property[0] === 'attendee' && mailIn(property) === mail
        ? ([
            property[0],
            { ...property[1], partstat: answer.toUpperCase(), rsvp: 'FALSE' },
            ...property.slice(2),
          ] as unknown as Property)
        : property,
    );
    return [part[0], properties, part[2]];
  });
  return writeCalendar([calendar[0], calendar[1], next]);
}

/** An object without people: a copy for oneself. */
export function withoutPeople(text: string): string {
  const calendar = parseCalendar(text);
  const next = calendar[2].map(
    (part): Component => [
      part[0],
      part[1].filter(([name]) => name !== 'attendee' && name !== 'organizer'),
      part[2],
    ],
  );
  return writeCalendar([calendar[0], calendar[1], next]);
}

/** Whether an object is one to which anybody is asked. */
export const hasPeople = (text: string): boolean =>
  componentsOf(parseCalendar(text), 'vevent').some(
    (part) => propertiesOf(part, 'attendee').length > 0,
  );
