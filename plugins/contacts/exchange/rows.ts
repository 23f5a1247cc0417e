import { type Contact, EMPTY_CONTACT, type PostalAddress, type Typed } from '../card';
import type { LineFault } from './fault';
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

/** What one row of a list says, column by column; a fault when it is nobody, or when an address is none. */
export function contactOfRow(
  columns: readonly (Field | '')[],
  cells: readonly string[],
): Contact | LineFault {
  const all = (field: Field): string[] =>
    cells.flatMap((cell, at) => {
      const value = columns[at] === field ? cellText(cell) : '';
      return value === '' ? [] : [value];
    });
  const one = (field: Field): string => all(field)[0] ?? '';
  // Google writes several values into one cell.
  const typed = (fields: Readonly<Partial<Record<Field, Typed['type']>>>): Typed[] =>
    Object.entries(fields).flatMap(([field, type]) =>
      all(field as Field).flatMap((value) =>
        value.split(' ::: ').map((part) => ({ value: part.trim(), type })),
      ),
    );
  const mails = typed(MAILS);
  if (mails.some(({ value }) => !MAIL.test(value))) return 'mail';
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
    addresses: (['work', 'home'] as const).flatMap((type) => addressOf(type, one)),
    urls: all('url').map((value) => ({ value, type: 'other' })),
    birthday: dayOf(one('birthday')) || ofThree(one),
    anniversary: dayOf(one('anniversary')),
    categories: all('categories')
      .flatMap((value) => value.split(/ ::: |[;,]/))
      .map((word) => word.replace(/^\* /, '').trim())
      .filter((word) => word !== '' && word !== 'myContacts'),
    note: all('note').join('\n'),
  };
  const name = contact.name || nameOf(contact);
  return name === '' ? 'empty' : { ...contact, name };
}

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

function addressOf(type: 'work' | 'home', one: (field: Field) => string): readonly PostalAddress[] {
  const address = {
    type,
    box: one(`${type}Box`),
    extended: one(`${type}Extended`),
    street: one(`${type}Street`),
    city: one(`${type}City`),
    region: one(`${type}Region`),
    code: one(`${type}Code`),
    country: one(`${type}Country`),
  };
  const { type: _, ...parts } = address;
  return Object.values(parts).every((part) => part === '') ? [] : [address];
}

/** `1987-04-21`, `21/04/1987` as French lists have it, `--04-21`; `''` for anything else. */
function dayOf(text: string): string {
  const [, year, month = '', day = ''] = /^(\d{4}|-)-(\d{1,2})-(\d{1,2})\b/.exec(text) ?? [];
  if (year !== undefined) return ofParts(year === '-' ? '' : year, month, day);
  const [, days = '', months = '', years = ''] =
    /^(\d{1,2})[/.](\d{1,2})[/.](\d{4})\b/.exec(text) ?? [];
  return ofParts(years, months, days);
}

const ofThree = (one: (field: Field) => string): string =>
  ofParts(one('birthYear'), one('birthMonth'), one('birthDay'));

function ofParts(year: string, month: string, day: string): string {
  const [months, days] = [Number(month), Number(day)];
  const isDay = months >= 1 && months <= 12 && days >= 1 && days <= 31;
  // Outlook writes 0/0/00 for none.
  if (!isDay) return '';
  const rest = `${String(months).padStart(2, '0')}-${String(days).padStart(2, '0')}`;
  return /^\d{4}$/.test(year) && year !== '0000' ? `${year}-${rest}` : `--${rest}`;
}
