import { type Contact, EMPTY_CONTACT, type PostalAddress, type Typed } from '../card';
import type { LineFault, Remark } from './fault';
import type { Field } from './fields';

const MAIL = /^[^\s<>@,;"]{1,64}@[^\s<>@,;"]{1,255}$/;
const MAILS: Readonly<Partial<Record<Field, Typed['type']>>> = {
  mail: 'other',
  mailWork: 'work',
  mailHome: 'home',
};
const PHONES: Readonly<Partial<Record<Field, Typed['type']>>> = {
  phoneWork: 'work',
  phoneHome: 'home',
  phoneCell: 'cell',
  phoneFax: 'fax',
  phonePager: 'pager',
  phone: 'other',
};

/** What a row says of one thing, with what a label before it says of its kind. */
interface Cell {
  readonly field: Field;
  readonly value: string;
  readonly label: string;
  /** How many labels there were before it: parts of an address have the same. */
  readonly set: number;
}

/** A contact, and what of its row could not be read. */
export interface RowContact {
  readonly contact: Contact;
  readonly remarks: readonly Remark[];
}

/** What one row of a list says, column by column; a fault when it is nobody, or when an address is none. */
export function contactOfRow(
  columns: readonly (Field | '')[],
  cells: readonly string[],
): RowContact | LineFault {
  const read = cellsOf(columns, cells);
  const all = (field: Field): string[] =>
    read.flatMap((cell) => (cell.field === field ? [cell.value] : []));
  const one = (field: Field): string => all(field)[0] ?? '';
  // Google writes several values into one cell.
  const typed = (fields: Readonly<Partial<Record<Field, Typed['type']>>>): Typed[] =>
    Object.entries(fields).flatMap(([field, type]) =>
      read
        .filter((cell) => cell.field === field)
        .flatMap(({ value, label }) =>
          value.split(' ::: ').map((part) => ({ value: part.trim(), type: typeOf(label) ?? type })),
        ),
    );
  const mails = typed(MAILS);
  if (mails.some(({ value }) => !MAIL.test(value))) return 'mail';
  const dates = [
    dayOf(one('birthday'), false) ?? dayOf(one('birthdayMonthFirst'), true),
    dayOf(one('anniversary'), false) ?? dayOf(one('anniversaryMonthFirst'), true),
  ];
  const [birthday, anniversary] = dates;
  const contact: Contact = {
    ...EMPTY_CONTACT,
    name: one('name'),
    given: one('given'),
    additional: one('additional'),
    family: one('family'),
    prefix: one('prefix'),
    suffix: one('suffix'),
    nickname: one('nickname'),
    organization: one('organization'),
    unit: one('unit'),
    title: one('title'),
    role: one('role'),
    mails: mails.map((mail, at) => (at === 0 ? { ...mail, isPreferred: true } : mail)),
    phones: typed(PHONES),
    addresses: addressesOf(read),
    urls: typed({ url: 'other' }).map((url) => ({
      ...url,
      type: url.type === 'work' || url.type === 'home' ? url.type : 'other',
    })),
    birthday: birthday || ofThree(one),
    anniversary: anniversary ?? '',
    categories: all('categories')
      .flatMap((value) => value.split(/ ::: |[;,]/))
      .map((word) => word.replace(/^\* /, '').trim())
      .filter((word) => word !== '' && word !== 'myContacts'),
    note: all('note').join('\n'),
  };
  const name = contact.name || nameOf(contact);
  if (name === '') return 'empty';
  return { contact: { ...contact, name }, remarks: dates.includes('') ? ['date'] : [] };
}

/** What a label before it is of: values of one sort, one after the other. */
const familyOf = (field: Field): string => {
  const [family = ''] = /^(?:mail|phone|url|work|home)/.exec(field) ?? [];
  return family === 'home' ? 'work' : family;
};

/** Cells that say something, each with the last label before it. */
function cellsOf(columns: readonly (Field | '')[], cells: readonly string[]): readonly Cell[] {
  let [label, family, set] = ['', '', 0];
  return cells.flatMap((cell, at) => {
    const field = columns[at] ?? '';
    const value = cellText(cell);
    if (field === 'label') [label, family, set] = [value, '', set + 1];
    if (field === '' || field === 'label') return [];
    if (family === '') family = familyOf(field);
    if (family === '' || family !== familyOf(field)) label = '';
    return value === '' ? [] : [{ field, value, label, set }];
  });
}

/** As Google names kinds, in French and in English; `* ` is before the one that is preferred. */
const LABELS: readonly (readonly [RegExp, Typed['type']])[] = [
  [/fax|t[ée]l[ée]copie/i, 'fax'],
  [/^\s*\*?\s*(?:pager|r[ée]cepteur)/i, 'pager'],
  [/^\s*\*?\s*(?:mobile|cell|portable)/i, 'cell'],
  [/^\s*\*?\s*(?:work|business|bureau|travail|pro)/i, 'work'],
  [/^\s*\*?\s*(?:home|personal|domicile|perso)/i, 'home'],
  [/^\s*\*?\s*(?:other|autre)/i, 'other'],
];
const typeOf = (label: string): Typed['type'] | undefined =>
  LABELS.find(([words]) => words.test(label))?.[1];

/** A sign that would make a formula of a cell is not part of what was exported with an apostrophe before it. */
const cellText = (cell: string): string =>
  cell
    .replaceAll('\0', '')
    .trim()
    .replace(/^'(?=[=+\-@])/, '');

function nameOf({
  given,
  additional,
  family,
  nickname,
  organization,
  mails,
  phones,
}: Contact): string {
  const whole = [given, additional, family].filter((part) => part !== '').join(' ');
  return whole || nickname || organization || mails[0]?.value || phones[0]?.value || '';
}

const PARTS: Readonly<Record<string, Exclude<keyof PostalAddress, 'type'>>> = {
  Box: 'box',
  Extended: 'extended',
  Street: 'street',
  City: 'city',
  Region: 'region',
  Code: 'code',
  Country: 'country',
};

/** Parts in their order; one that is there already begins another address. */
function addressesOf(cells: readonly Cell[]): readonly PostalAddress[] {
  const addresses: { type: PostalAddress['type']; set: number; parts: Map<string, string> }[] = [];
  for (const { field, value, label, set } of cells) {
    const [, place, word = ''] = /^(work|home)([A-Z]\w*)$/.exec(field) ?? [];
    const part = PARTS[word];
    if (!part || (place !== 'work' && place !== 'home')) continue;
    const said = label === '' ? place : typeOf(label);
    const type = said === 'work' || said === 'home' ? said : 'other';
    const open = addresses.findLast((address) => address.type === type && address.set === set);
    if (open && !open.parts.has(part)) open.parts.set(part, value);
    else addresses.push({ type, set, parts: new Map([[part, value]]) });
  }
  return addresses.map(({ type, parts }) => ({
    type,
    box: parts.get('box') ?? '',
    extended: parts.get('extended') ?? '',
    street: parts.get('street') ?? '',
    city: parts.get('city') ?? '',
    region: parts.get('region') ?? '',
    code: parts.get('code') ?? '',
    country: parts.get('country') ?? '',
  }));
}

/** Outlook writes 0/0/00 for none. */
const NO_DAY = /^0{1,4}[/.-]0{1,2}[/.-]0{1,4}$/;

/**
 * `1987-04-21`, `--04-21`, and `21/04/1987` or `4/21/1987` by what comes first, unless it can only be
 * the other; `''` for what is no day, `undefined` for nothing.
 */
function dayOf(text: string, isMonthFirst: boolean): string | undefined {
  if (text === '' || NO_DAY.test(text)) return undefined;
  const [, year, month = '', day = ''] = /^(\d{4}|-)-(\d{1,2})-(\d{1,2})\b/.exec(text) ?? [];
  if (year !== undefined) return ofParts(year === '-' ? '' : year, month, day);
  const [, first = '', second = '', years = ''] =
    /^(\d{1,2})[/.](\d{1,2})[/.](\d{4})\b/.exec(text) ?? [];
  const dayFirst = ofParts(years, second, first);
  const monthFirst = ofParts(years, first, second);
  return isMonthFirst ? monthFirst || dayFirst : dayFirst || monthFirst;
}

const ofThree = (one: (field: Field) => string): string =>
  ofParts(one('birthYear'), one('birthMonth'), one('birthDay'));

/** Also what a file says of a day in three values; `''` for what is none. */
export function ofParts(year: string, month: string, day: string): string {
  const [months, days] = [Number(month), Number(day)];
  const isDay = months >= 1 && months <= 12 && days >= 1 && days <= 31;
  if (!isDay) return '';
  const rest = `${String(months).padStart(2, '0')}-${String(days).padStart(2, '0')}`;
  return /^\d{4}$/.test(year) && year !== '0000' ? `${year}-${rest}` : `--${rest}`;
}
