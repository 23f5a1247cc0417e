import { decodedValue, isBase64 } from './decode';
import { CardError } from './errors';
import { type ContentLine, readLines } from './lines';
import { isSeen, splitValue, unescaped, unturned } from './text';
import { type Contact, EMPTY_CONTACT, type Photo, type PostalAddress, type Typed } from './types';

/** A picture of more is not shown; the card keeps it. */
const PHOTO_BYTES = 10_000_000;

/** What pages and forms know of a vCard 2.1, 3.0 or 4.0; throws {@link CardError}. */
export const readCard = (text: string): Contact => contactOf(cardLines(text));

/** The properties of one card, without `BEGIN` and `END`; throws {@link CardError} for what is no card. */
export function cardLines(text: string): readonly ContentLine[] {
  const [blank = ''] = /^\s*/.exec(text) ?? [];
  const isCard = /^BEGIN:VCARD/i.test(text.slice(blank.length, blank.length + 12));
  if (!isCard) throw new CardError('no-begin', blank.split('\n').length);
  const lines = readLines(text);
  const [first] = lines;
  const last = lines.at(-1);
  if (!first || !isMark(first, 'BEGIN')) throw new CardError('no-begin', first?.line ?? 1);
  if (!last || !isMark(last, 'END')) throw new CardError('no-end', last?.line ?? 1);
  const inside = outside(lines.slice(1, -1));
  if (!inside.some(({ name }) => name === 'VERSION')) throw new CardError('no-version', first.line);
  return inside;
}

const isMark = ({ name, value }: ContentLine, mark: 'BEGIN' | 'END'): boolean =>
  name === mark && value.trim().toUpperCase() === 'VCARD';

/** Without the cards inside (`AGENT` of 2.1), which are nobody's fields. */
function outside(lines: readonly ContentLine[]): readonly ContentLine[] {
  let depth = 0;
  const ours = lines.filter((line) => {
    if (isMark(line, 'BEGIN')) depth += 1;
    const isOurs = depth === 0;
    if (isMark(line, 'END')) depth -= 1;
    if (depth < 0) throw new CardError('nested', line.line);
    return isOurs;
  });
  // The end that stands there is that of a card inside.
  if (depth > 0) throw new CardError('no-end', lines.at(-1)?.line ?? 1);
  return ours;
}

/** What lines say together. */
export function contactOf(lines: readonly ContentLine[]): Contact {
  const byName = new Map<string, ContentLine[]>();
  for (const line of lines) {
    const same = byName.get(line.name);
    if (same) same.push(line);
    else byName.set(line.name, [line]);
  }
  const named = (name: string): readonly ContentLine[] => byName.get(name) ?? [];
  const text = (name: string): string => textOf(named(name)[0]);
  const [family = '', given = '', additional = '', prefix = '', suffix = ''] = partsOf(
    named('N')[0],
  );
  const [organization = '', ...units] = partsOf(named('ORG')[0]);
  const mails = typedOf(named('EMAIL'));
  const phones = typedOf(named('TEL'));
  const photo = photoOf(named('PHOTO'));
  const contact: Contact = {
    ...EMPTY_CONTACT,
    uid: nameOf(named('UID')[0]),
    kind: kindOf(text('KIND') || text('X-ADDRESSBOOKSERVER-KIND')),
    name: text('FN'),
    family,
    given,
    additional,
    prefix,
    suffix,
    nickname: text('NICKNAME'),
    organization,
    unit: units.filter((unit) => unit !== '').join(', '),
    title: text('TITLE'),
    role: text('ROLE'),
    mails,
    phones,
    addresses: named('ADR').map(addressOf),
    urls: typedOf(named('URL')),
    impps: typedOf(named('IMPP')),
    birthday: dateOf(named('BDAY')[0]),
    anniversary: dateOf(named('ANNIVERSARY')[0] ?? named('X-ANNIVERSARY')[0]),
    note: text('NOTE'),
    categories: named('CATEGORIES').flatMap((line) =>
      splitValue(decodedValue(line), ',')
        .map(clean)
        .filter((word) => word !== ''),
    ),
    ...(photo && { photo }),
    members: [...named('MEMBER'), ...named('X-ADDRESSBOOKSERVER-MEMBER')].map(nameOf),
  };
  return { ...contact, name: isSeen(contact.name) ? contact.name : nameFrom(contact) };
}

/** A name for a card that has none: what a list can show. */
function nameFrom({ prefix, given, additional, family, suffix, ...rest }: Contact): string {
  const whole = [prefix, given, additional, family, suffix].filter((part) => part !== '').join(' ');
  const { nickname, organization, mails, phones } = rest;
  const names = [whole, nickname, organization, mails[0]?.value ?? '', phones[0]?.value ?? ''];
  return names.find(isSeen) ?? '';
}

const exact = (value: string): string => unescaped(value).replaceAll('\0', '').trim();

/** What is shown of a value. */
const clean = (value: string): string => unturned(exact(value)).trim();

const textOf = (line: ContentLine | undefined): string => (line ? clean(decodedValue(line)) : '');

/** What names another thing is no text: not a character of it goes. */
const nameOf = (line: ContentLine | undefined): string => (line ? exact(decodedValue(line)) : '');

const partsOf = (line: ContentLine | undefined): readonly string[] =>
  line ? splitValue(decodedValue(line), ';').map(clean) : [];

const kindOf = (word: string): Contact['kind'] => {
  const kind = word.toLowerCase();
  return kind === 'group' || kind === 'org' ? kind : 'individual';
};

/** `TYPE` words in lower case; several may stand in one value. */
export const typesOf = ({ params }: ContentLine): readonly string[] =>
  (params.get('TYPE') ?? []).flatMap((value) => value.toLowerCase().split(','));

const TYPES = ['cell', 'fax', 'pager', 'work', 'home'] as const;

function typedOf(lines: readonly ContentLine[]): readonly Typed[] {
  return lines.flatMap((line) => {
    const value = textOf(line).replace(/^tel:/i, '');
    if (value === '') return [];
    const words = typesOf(line);
    const isPreferred = words.includes('pref') || line.params.get('PREF')?.[0] === '1';
    const type = TYPES.find((one) => words.includes(one)) ?? 'other';
    return [{ value, type, ...(isPreferred && { isPreferred }) }];
  });
}

function addressOf(line: ContentLine): PostalAddress {
  const [box = '', extended = '', street = '', city = '', region = '', code = '', country = ''] =
    partsOf(line);
  const words = typesOf(line);
  const type = (['work', 'home'] as const).find((one) => words.includes(one)) ?? 'other';
  return { type, box, extended, street, city, region, code, country };
}

/** A day of RFC 6350 4.3.1 and of RFC 2426, with or without a time; Apple writes 1604 for no year. */
function dateOf(line: ContentLine | undefined): string {
  if (!line) return '';
  const [, year = '', month = '', day = ''] =
    /^(\d{4}|--)-?(\d{2})-?(\d{2})(?:$|[T ])/.exec(textOf(line)) ?? [];
  if (month === '' || Number(month) > 12 || Number(day) > 31) return '';
  if (month === '00' || day === '00') return '';
  const omitted = line.params.get('X-APPLE-OMIT-YEAR')?.[0];
  return year === '--' || year === omitted ? `--${month}-${day}` : `${year}-${month}-${day}`;
}

function photoOf(lines: readonly ContentLine[]): Photo | undefined {
  for (const line of lines) {
    const [, type = '', data = ''] =
      /^data:(image\/[a-z0-9.+-]+);base64,([\s\S]*)$/i.exec(line.value.replaceAll('\\,', ',')) ??
      [];
    const encoded = data || (isBase64(line) ? line.value : '');
    if (encoded === '' || encoded.length > PHOTO_BYTES * 1.4) continue;
    const content = Buffer.from(encoded, 'base64');
    if (content.length === 0) continue;
    const word = typesOf(line)[0] ?? 'jpeg';
    return { type: type.toLowerCase() || `image/${word.replace(/^image\//, '')}`, content };
  }
  return undefined;
}
