import { addressOf } from '../planning/groups';
import { type Attendee, KINDS, PEOPLE_MAX, type People, ROLES, type Role } from './attendees';

/** What a form says of people, as it was typed. */
export interface PeopleTyped {
  readonly attendees: readonly Attendee[];
  /** A name or an address that is not added yet. */
  readonly who: string;
  /** A list that was pasted. */
  readonly list: string;
  readonly isTelling: boolean;
  readonly note: string;
}

export const NOTE_MAX = 2_000;
const LIST_MAX = 20_000;
const PERSON_MAX = 600;

/** The fields of an event that is there, or of a new one. */
export const typedPeople = ({ attendees }: People): PeopleTyped => ({
  attendees,
  who: '',
  list: '',
  isTelling: true,
  note: '',
});

/** The fields as a browser sent them; undefined for a form that does not ask about people. */
export function sentPeople(
  lists: Readonly<Record<string, readonly string[]>>,
): PeopleTyped | undefined {
  if (lists['people']?.[0] !== 'yes') return undefined;
  const names = lists['personName'] ?? [];
  const roles = lists['personRole'] ?? [];
  const kinds = lists['personKind'] ?? [];
  const found = new Map<string, Attendee>();
  for (const [index, text] of (lists['person'] ?? []).slice(0, PEOPLE_MAX).entries()) {
    const mail = addressOf(text);
    if (mail === undefined) continue;
    found.set(mail, {
      mail,
      name: cleaned(names[index] ?? ''),
      role: ROLES.find((one) => one === roles[index]) ?? 'required',
      kind: KINDS.find((one) => one === kinds[index]) ?? 'individual',
      answer: 'needs-action',
    });
  }
  for (const text of (lists['match'] ?? []).slice(0, PEOPLE_MAX)) {
    const one = personIn(text);
    if (one && !found.has(one.mail)) found.set(one.mail, one);
  }
  return {
    attendees: [...found.values()],
    who: (lists['who'] ?? [''])[0]?.slice(0, 254) ?? '',
    list: (lists['whoList'] ?? [''])[0]?.slice(0, LIST_MAX) ?? '',
    isTelling: lists['tells']?.[0] === 'yes',
    note: (lists['note'] ?? [''])[0]?.slice(0, NOTE_MAX).replace(/\r\n?/g, '\n') ?? '',
  };
}

const cleaned = (text: string): string =>
  text
    .replace(/[\s\p{Cc}\p{Cf}"<>]+/gu, ' ')
    .trim()
    .slice(0, 200);

/** Somebody of an address. */
export const personOf = (mail: string, name = '', role: Role = 'required'): Attendee => ({
  mail,
  name: cleaned(name),
  role,
  kind: 'individual',
  answer: 'needs-action',
});

/** `Camille Durand <camille@x.example>`, or an address alone. */
export function personIn(text: string): Attendee | undefined {
  // Longer than a name and an address are, it is looked through many times for nothing.
  if (text.length > PERSON_MAX) return undefined;
  const [, name = '', inner] = /^\s*"?([^"<>]*?)"?\s*<([^<>]+)>\s*$/u.exec(text) ?? [];
  const mail = addressOf(inner ?? text);
  return mail === undefined ? undefined : personOf(mail, inner === undefined ? '' : name);
}

/** What stands between commas, semicolons and ends of lines; a comma within quotes is of a name. */
export const piecesOfList = (text: string): readonly string[] =>
  (text.match(/(?:"[^"]*"|[^,;\n"])+/g) ?? [])
    .map((piece) => piece.trim())
    .filter((piece) => piece !== '');
