import {
  type Component,
  type Params,
  type Property,
  paramOf,
  propertiesOf,
  propertyOf,
} from '../ics/jcal';
import { ANSWERS, type Answer, KINDS, type Kind, mailIn } from '../people/attendees';

/** ORGANIZER or ATTENDEE (RFC 5545 §3.8.4) with what scheduling needs to know of them. */
export interface Party {
  /** Lower case. */
  readonly mail: string;
  readonly name: string;
  /** ROLE, as it is written, in upper case. */
  readonly role: string;
  readonly kind: Kind;
  readonly partstat: Answer;
  readonly isAsked: boolean;
  readonly delegatedTo: readonly string[];
  readonly delegatedFrom: readonly string[];
  /** Who writes for them; `''` for nobody. */
  readonly sentBy: string;
  /** SCHEDULE-AGENT and SCHEDULE-STATUS (RFC 6638 §7). */
  readonly agent: 'server' | 'client' | 'none';
  readonly status: string;
}

const uriMail = (text: string): string =>
  /^mailto:/i.test(text.trim()) ? text.trim().slice('mailto:'.length).trim().toLowerCase() : '';

/** Addresses of a parameter that holds one or several. */
function mailsOf([, params]: Property, name: string): readonly string[] {
  const value = params[name] ?? [];
  const all: readonly string[] = typeof value === 'string' ? [value] : value;
  return all.map(uriMail).filter((mail) => mail !== '');
}

/** Somebody of a property; undefined for an address that is no mail. */
export function partyOf(property: Property): Party | undefined {
  // Exchange writes its own address there (`/o=…`), and the mail beside it.
  const mail = mailIn(property) || uriMail(`mailto:${paramOf(property, 'email')}`);
  if (!/^[^\s@]+@[^\s@]+$/.test(mail)) return undefined;
  const agent = paramOf(property, 'schedule-agent').toLowerCase();
  const word = (name: string): string => paramOf(property, name).toLowerCase();
  return {
    mail,
    name: paramOf(property, 'cn')
      .replace(/[\s\p{Cc}\p{Cf}]+/gu, ' ')
      .trim(),
    role: (paramOf(property, 'role') || 'REQ-PARTICIPANT').toUpperCase(),
    kind: KINDS.find((one) => one === word('cutype')) ?? 'individual',
    partstat: ANSWERS.find((one) => one === word('partstat')) ?? 'needs-action',
    isAsked: word('rsvp') === 'true',
    delegatedTo: mailsOf(property, 'delegated-to'),
    delegatedFrom: mailsOf(property, 'delegated-from'),
    sentBy: mailsOf(property, 'sent-by')[0] ?? '',
    agent: agent === 'client' || agent === 'none' ? agent : 'server',
    status: paramOf(property, 'schedule-status'),
  };
}

/** Who calls the meeting. */
export function organiserOf(part: Component): Party | undefined {
  const property = propertyOf(part, 'organizer');
  return property && partyOf(property);
}

/** Who is asked, each address once. */
export function partiesOf(part: Component): ReadonlyMap<string, Party> {
  const all = new Map<string, Party>();
  for (const property of propertiesOf(part, 'attendee')) {
    const party = partyOf(property);
    if (party && !all.has(party.mail)) all.set(party.mail, party);
  }
  return all;
}

/** A part in which somebody who is asked has other parameters; an empty one is taken away. */
export const withParams = (part: Component, mail: string, params: Params): Component =>
  withEach(part, (party) => (party.mail === mail ? params : undefined));

/** A part in which each who is asked has the parameters that are given for them. */
export function withEach(
  part: Component,
  paramsFor: (party: Party) => Params | undefined,
): Component {
  const properties = part[1].map((property): Property => {
    const party = property[0] === 'attendee' ? partyOf(property) : undefined;
    const params = party && paramsFor(party);
    if (!params) return property;
    const merged = Object.entries({ ...property[1], ...params }).filter(
      ([, value]) => value !== '',
    );
    return ['attendee', Object.fromEntries(merged), property[2], property[3]];
  });
  return [part[0], properties, part[2]];
}

/** A part to which one more is asked. */
export function withAttendee(
  part: Component,
  { mail, name }: { readonly mail: string; readonly name: string },
  params: Params,
): Component {
  if (partiesOf(part).has(mail)) return withParams(part, mail, params);
  // A quote cannot stand in a parameter (RFC 5545 §3.2).
  const cn: Params = name === '' ? {} : { cn: name.replaceAll('"', '’') };
  const added: Property = ['attendee', { ...cn, ...params }, 'cal-address', `mailto:${mail}`];
  return [part[0], [...part[1], added], part[2]];
}
