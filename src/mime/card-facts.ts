import { contentLines } from './content-lines';

/** What a line of a card or an event is about; pages have the word for it. */
export type CardFactName =
  | 'mail'
  | 'phone'
  | 'organisation'
  | 'role'
  | 'address'
  | 'page'
  | 'birthday'
  | 'note'
  | 'start'
  | 'end'
  | 'place'
  | 'organiser'
  | 'attendee'
  | 'repeats'
  | 'state';

/** One contact of a vCard, or one event or task of an iCalendar file. */
export interface CardFacts {
  readonly title: string;
  readonly facts: readonly { readonly name: CardFactName; readonly value: string }[];
}

/** More than that is a file to import, not to read. */
const MAX_CARDS = 50;
const MAX_FACTS = 40;

const CONTACT: Readonly<Record<string, CardFactName>> = {
  EMAIL: 'mail',
  TEL: 'phone',
  ORG: 'organisation',
  TITLE: 'role',
  ROLE: 'role',
  ADR: 'address',
  URL: 'page',
  BDAY: 'birthday',
  NOTE: 'note',
};

const EVENT: Readonly<Record<string, CardFactName>> = {
  DTSTART: 'start',
  DTEND: 'end',
  DUE: 'end',
  LOCATION: 'place',
  ORGANIZER: 'organiser',
  ATTENDEE: 'attendee',
  RRULE: 'repeats',
  STATUS: 'state',
  DESCRIPTION: 'note',
  URL: 'page',
};

interface Reading {
  readonly opens: RegExp;
  readonly titles: readonly string[];
  readonly names: Readonly<Record<string, CardFactName>>;
}

const CARDS: Reading = { opens: /^VCARD$/i, titles: ['FN', 'N'], names: CONTACT };
const EVENTS: Reading = { opens: /^V(EVENT|TODO)$/i, titles: ['SUMMARY'], names: EVENT };

/** Contacts of a vCard file (RFC 6350), as lines to read. Never throws, whatever it is given. */
export const contactFacts = (text: string): readonly CardFacts[] => factsOf(text, CARDS);

/** Events and tasks of an iCalendar file (RFC 5545), as lines to read. Never throws. */
export const eventFacts = (text: string): readonly CardFacts[] => factsOf(text, EVENTS);

interface Open {
  title: string;
  facts: { name: CardFactName; value: string }[];
  /** Alarms and the like inside it: their lines are not the event's. */
  depth: number;
}

function factsOf(text: string, { opens, titles, names }: Reading): readonly CardFacts[] {
  const found: CardFacts[] = [];
  let open: Open | undefined;
  for (const { name, value } of contentLines(text)) {
    if (found.length === MAX_CARDS) break;
    if (name === 'BEGIN') {
      if (open) open.depth += 1;
      else if (opens.test(value)) open = { title: '', facts: [], depth: 0 };
    } else if (!open) continue;
    else if (name === 'END') {
      if (open.depth > 0) open.depth -= 1;
      else {
        found.push({ title: open.title, facts: open.facts });
        open = undefined;
      }
    } else if (open.depth === 0) take(open, name, value, titles, names);
  }
  // A file that was cut in the middle of one.
  if (open && found.length < MAX_CARDS) found.push({ title: open.title, facts: open.facts });
  return found;
}

function take(
  open: Open,
  name: string,
  value: string,
  titles: readonly string[],
  names: Readonly<Record<string, CardFactName>>,
): void {
  if (titles.includes(name)) {
    if (open.title === '') open.title = words(value);
    return;
  }
  const fact = Object.hasOwn(names, name) ? names[name] : undefined;
  if (fact === undefined || value === '' || open.facts.length === MAX_FACTS) return;
  open.facts.push({ name: fact, value: readable(name, value) });
}

function readable(name: string, value: string): string {
  if (name === 'ADR' || name === 'ORG') return words(value);
  if (name.startsWith('DT') || name === 'DUE' || name === 'BDAY') return dateWords(value);
  return value.replace(/^(?:mailto|tel):/i, '');
}

/** `Martin;Camille;;` to `Martin Camille`. */
const words = (value: string): string =>
  value
    .split(';')
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .join(' ');

/** `20260302T090000Z` to `2026-03-02 09:00 UTC`; what is no date stays as it is. */
function dateWords(value: string): string {
  const [, year, month, day, hour, minute, zone] =
    /^(\d{4})-?(\d{2})-?(\d{2})(?:T(\d{2}):?(\d{2})(?::?\d{2})?(Z)?)?$/.exec(value) ?? [];
  if (year === undefined) return value;
  const date = `${year}-${month}-${day}`;
  return hour === undefined ? date : `${date} ${hour}:${minute}${zone ? ' UTC' : ''}`;
}
