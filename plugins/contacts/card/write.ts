import { isDeepStrictEqual } from 'node:util';
import type { ContentLine } from './lines';
import { cardLines, contactOf } from './read';
import { escaped, foldLine } from './text';
import type { CardVersion, Contact, Photo, PostalAddress, Typed } from './types';
import { asVersion, versionOf } from './version';

/** One property that is to stand in a card, without its fold. */
type Property = string;

interface Field {
  readonly names: readonly string[];
  /** Its properties, one for each value. */
  readonly write: (contact: Contact, version: CardVersion) => readonly Property[];
}

const text =
  (name: string, of: (contact: Contact) => string): Field['write'] =>
  (contact) =>
    of(contact) === '' ? [] : [`${name}:${escaped(of(contact))}`];

const typed =
  (name: string, of: (contact: Contact) => readonly Typed[]): Field['write'] =>
  (contact, version) =>
    of(contact).map((one) => `${name}${typeParams(one, version)}:${typedValue(name, one.value)}`);

/** `URL`, `IMPP` are URIs: their commas and semicolons are their own. */
const typedValue = (name: string, value: string): string =>
  name === 'URL' || name === 'IMPP' ? oneLine(value) : escaped(value);

const oneLine = (value: string): string => value.replace(/[\r\n\0]/g, '');

function typeParams({ type, isPreferred }: Typed, version: CardVersion): string {
  const words = type === 'other' ? [] : [type];
  if (version === '4.0') {
    return [...words.map((word) => `;TYPE=${word}`), ...(isPreferred ? [';PREF=1'] : [])].join('');
  }
  return [...words, ...(isPreferred ? ['pref'] : [])].map((word) => `;TYPE=${word}`).join('');
}

const structured = (name: string, parts: readonly string[]): readonly Property[] =>
  parts.every((part) => part === '') ? [] : [`${name}:${parts.map(escaped).join(';')}`];

const addressLine = ({ type, ...at }: PostalAddress): Property => {
  const parts = [at.box, at.extended, at.street, at.city, at.region, at.code, at.country];
  return `ADR${type === 'other' ? '' : `;TYPE=${type}`}:${parts.map(escaped).join(';')}`;
};

const day = (value: string, version: CardVersion): string =>
  version === '4.0' ? value.replace(/(?<=\d)-/g, '') : value;

const photoLine = ({ type, content }: Photo, version: CardVersion): Property =>
  version === '4.0'
    ? `PHOTO:data:${type};base64,${content.toString('base64')}`
    : `PHOTO;ENCODING=b;TYPE=${type.replace('image/', '').toUpperCase()}:${content.toString('base64')}`;

/** RFC 6350 knows groups; before, programs went by what Apple's server did. */
const FIELDS: readonly Field[] = [
  {
    names: ['KIND', 'X-ADDRESSBOOKSERVER-KIND'],
    write: ({ kind }, version) =>
      kind === 'individual'
        ? []
        : [`${version === '4.0' ? 'KIND' : 'X-ADDRESSBOOKSERVER-KIND'}:${kind}`],
  },
  { names: ['UID'], write: text('UID', ({ uid }) => uid) },
  { names: ['FN'], write: ({ name }) => [`FN:${escaped(name)}`] },
  {
    names: ['N'],
    write: ({ family, given, additional, prefix, suffix, kind }, version) => {
      const line = structured('N', [family, given, additional, prefix, suffix]);
      // RFC 2426 3.1.2: it has to be there.
      return line.length === 0 && version === '3.0' && kind === 'individual' ? ['N:;;;;'] : line;
    },
  },
  { names: ['NICKNAME'], write: text('NICKNAME', ({ nickname }) => nickname) },
  {
    names: ['ORG'],
    write: ({ organization, unit }) =>
      structured('ORG', unit === '' ? [organization] : [organization, unit]),
  },
  { names: ['TITLE'], write: text('TITLE', ({ title }) => title) },
  { names: ['ROLE'], write: text('ROLE', ({ role }) => role) },
  { names: ['EMAIL'], write: typed('EMAIL', ({ mails }) => mails) },
  { names: ['TEL'], write: typed('TEL', ({ phones }) => phones) },
  { names: ['ADR'], write: ({ addresses }) => addresses.map(addressLine) },
  { names: ['URL'], write: typed('URL', ({ urls }) => urls) },
  { names: ['IMPP'], write: typed('IMPP', ({ impps }) => impps) },
  {
    names: ['BDAY'],
    write: ({ birthday }, version) => (birthday === '' ? [] : [`BDAY:${day(birthday, version)}`]),
  },
  {
    names: ['ANNIVERSARY', 'X-ANNIVERSARY'],
    write: ({ anniversary }, version) =>
      anniversary === ''
        ? []
        : [`${version === '4.0' ? '' : 'X-'}ANNIVERSARY:${day(anniversary, version)}`],
  },
  { names: ['NOTE'], write: text('NOTE', ({ note }) => note) },
  {
    names: ['CATEGORIES'],
    write: ({ categories }) =>
      categories.length === 0 ? [] : [`CATEGORIES:${categories.map(escaped).join(',')}`],
  },
  { names: ['PHOTO'], write: ({ photo }, version) => (photo ? [photoLine(photo, version)] : []) },
  {
    names: ['MEMBER', 'X-ADDRESSBOOKSERVER-MEMBER'],
    write: ({ members }, version) =>
      members.map(
        (member) =>
          `${version === '4.0' ? 'MEMBER' : 'X-ADDRESSBOOKSERVER-MEMBER'}:${oneLine(member)}`,
      ),
  },
];

/**
 * A card that says what a contact says: 4.0, or the version of the card that it was read from. Lines
 * of that card which say the same go on standing byte for byte and in their place, and so does all
 * that nobody here knows. One of version 2.1 becomes 3.0 first.
 */
export function writeCard(contact: Contact, previous?: string): string {
  if (previous === undefined) return written(contact);
  const text = versionOf(previous) === '2.1' ? asVersion(previous, '3.0') : previous;
  const version = versionOf(text) === '3.0' ? '3.0' : '4.0';
  const before = cardLines(text);
  const after = new Map<ContentLine | undefined, readonly Property[]>();
  const gone = new Set<ContentLine>();
  const said = contactOf(before);
  for (const field of FIELDS) changeField(field, { contact, version, before, said, after, gone });
  leaveNoLabel(before, gone, after);
  const [begin, end] = marksOf(text);
  const body = before.map(
    (line) => (gone.has(line) ? '' : line.raw) + foldedAll(after.get(line) ?? []),
  );
  return [begin, ...body, foldedAll(after.get(undefined) ?? []), end].join('');
}

interface Change {
  readonly contact: Contact;
  readonly version: CardVersion;
  readonly before: readonly ContentLine[];
  /** What these lines said together. */
  readonly said: Contact;
  /** What is written after which line; `undefined`: at the end. */
  readonly after: Map<ContentLine | undefined, readonly Property[]>;
  readonly gone: Set<ContentLine>;
}

/** A line stays when it alone would be written as one of the lines that are wanted. */
function changeField(field: Field, { contact, version, before, said, after, gone }: Change): void {
  const lines = before.filter(({ name }) => field.names.includes(name));
  const wanted = field.write(contact, version);
  const whole = field.write(lines.length > 0 ? said : contactOf([]), version);
  if (lines.length > 0 && isDeepStrictEqual(whole, wanted)) return;
  // By what they say: a card may hold thousands.
  const left = new Map<Property, number>();
  for (const one of wanted) left.set(one, (left.get(one) ?? 0) + 1);
  const stays = new Map<Property, number>();
  for (const line of lines) {
    const [says = '', ...more] = field.write(contactOf([line]), version);
    const times = left.get(says) ?? 0;
    if (more.length > 0 || times === 0) gone.add(line);
    else {
      left.set(says, times - 1);
      stays.set(says, (stays.get(says) ?? 0) + 1);
    }
  }
  const added = wanted.filter((one) => {
    const times = stays.get(one) ?? 0;
    stays.set(one, times - 1);
    return times <= 0;
  });
  if (added.length > 0) after.set(lines.at(-1), [...(after.get(lines.at(-1)) ?? []), ...added]);
}

/** `item1.X-ABLabel` goes with the `item1.EMAIL` that it names. */
function leaveNoLabel(
  before: readonly ContentLine[],
  gone: Set<ContentLine>,
  after: Change['after'],
): void {
  const groups = new Map<string, { named: number; labels: ContentLine[] }>();
  for (const line of before) {
    if (line.group === '') continue;
    const group = groups.get(line.group) ?? { named: 0, labels: [] };
    groups.set(line.group, group);
    if (line.name === 'X-ABLABEL') group.labels.push(line);
    else if (gone.has(line)) group.named += 1;
    // Something of it is left to be named.
    else group.named = Number.NEGATIVE_INFINITY;
  }
  for (const { named, labels } of groups.values()) {
    if (named <= 0) continue;
    for (const label of labels) if (!after.has(label)) gone.add(label);
  }
}

/** The first and the last line, as they stand in the text; looked for from its ends alone. */
function marksOf(text: string): readonly [string, string] {
  const begin = /^\s*BEGIN:VCARD[ \t]*(?:\r\n|\n|\r)/i.exec(text)?.[0] ?? 'BEGIN:VCARD\r\n';
  const inked = text.trimEnd().length;
  const lastLine =
    Math.max(text.lastIndexOf('\n', inked - 1), text.lastIndexOf('\r', inked - 1)) + 1;
  const isEnd = /^END:VCARD$/i.test(text.slice(lastLine, inked));
  return [begin, isEnd ? text.slice(lastLine) : 'END:VCARD\r\n'];
}

const foldedAll = (properties: readonly Property[]): string => properties.map(foldLine).join('');

function written(contact: Contact): string {
  const properties = FIELDS.flatMap((field) => field.write(contact, '4.0'));
  return `BEGIN:VCARD\r\nVERSION:4.0\r\n${foldedAll(properties)}END:VCARD\r\n`;
}
