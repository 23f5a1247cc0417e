import type { PluginRequest } from 'estafette/plugin';
import { type Contact, EMPTY_CONTACT, isSeen, type Typed, unturned } from '../card';
import { dayOf, dayText } from './days';
import { FIELD_TEXTS } from './texts';

/** What a field may hold; a card of somebody else's program may hold more, which stays. */
export const LIMITS = {
  name: 200,
  given: 100,
  additional: 100,
  family: 100,
  prefix: 50,
  suffix: 50,
  nickname: 100,
  organization: 200,
  unit: 200,
  title: 200,
  role: 200,
  birthday: 40,
  anniversary: 40,
  categories: 500,
  note: 10_000,
  mail: 254,
  phone: 60,
  url: 500,
  part: 200,
} as const;
/** More lines than this are not asked for. */
export const LINES_MAX = 20;
/** A form shows no more of what a card has, and what it does not show stays. */
const SHOWN_MAX = 50;

export const PLAIN = [
  'name',
  'given',
  'additional',
  'family',
  'prefix',
  'suffix',
  'nickname',
  'organization',
  'unit',
  'title',
  'role',
  'birthday',
  'anniversary',
  'categories',
  'note',
] as const;
export type PlainField = (typeof PLAIN)[number];

export const MAIL_TYPES = ['work', 'home', 'other'] as const;
export const PHONE_TYPES = ['work', 'cell', 'home', 'fax', 'pager', 'other'] as const;
export const PLACE_TYPES = ['work', 'home', 'other'] as const;
const PARTS = ['street', 'code', 'city', 'region', 'country', 'box', 'extended'] as const;
type Part = (typeof PARTS)[number];

/** A form as it was typed. */
export interface CardForm extends Readonly<Record<PlainField, string>> {
  readonly kind: Contact['kind'];
  readonly mails: readonly { readonly value: string; readonly type: string }[];
  readonly phones: readonly { readonly value: string; readonly type: string }[];
  readonly urls: readonly { readonly value: string; readonly type: string }[];
  readonly addresses: readonly (Readonly<Record<Part, string>> & {
    readonly type: string;
  })[];
}

const plainOf = (of: (field: PlainField) => string): Record<PlainField, string> =>
  Object.fromEntries(PLAIN.map((field) => [field, of(field)])) as Record<PlainField, string>; // one for each
const partsOf = (of: (part: Part) => string): Record<Part, string> =>
  Object.fromEntries(PARTS.map((part) => [part, of(part)])) as Record<Part, string>; // one for each

const FIELDS = [...PLAIN, 'mails', 'phones', 'urls', 'addresses'] as const;

type Lists = Readonly<Record<string, readonly string[]>>;

const composed = ({ prefix, given, additional, family, suffix }: Contact | CardForm): string =>
  [prefix, given, additional, family, suffix].filter((part) => part.trim() !== '').join(' ');

/** A form from a card; a displayed name that only repeats the others is left to be made again. */
export function formOf(contact: Contact, locale: PluginRequest['locale'] = 'fr'): CardForm {
  const plain = plainOf((field) =>
    field === 'categories' ? contact.categories.join(', ') : contact[field],
  );
  const isMade =
    contact.kind === 'individual' &&
    [composed(contact), `${contact.given} ${contact.family}`.trim()].includes(contact.name);
  return {
    ...plain,
    name: isMade ? '' : contact.name,
    birthday: dayText(contact.birthday, locale),
    anniversary: dayText(contact.anniversary, locale),
    kind: contact.kind,
    mails: shown(contact.mails).map(({ value, type }) => ({ value, type })),
    phones: shown(contact.phones).map(({ value, type }) => ({ value, type })),
    urls: shown(contact.urls).map(({ value, type }) => ({ value, type })),
    addresses: shown(contact.addresses),
  };
}

const shown = <T>(lines: readonly T[]): readonly T[] => lines.slice(0, SHOWN_MAX);
const unshown = <T>(lines: readonly T[]): readonly T[] => lines.slice(SHOWN_MAX);

const typedOf = (lists: Lists, name: string) =>
  shown(lists[name] ?? []).map((value, at) => ({
    value,
    type: lists[`${name}Type`]?.[at] ?? 'other',
  }));

/** A form from what a browser sent. */
export function sentForm(lists: Lists, kind: Contact['kind']): CardForm {
  return {
    ...plainOf((field) => lists[field]?.[0] ?? ''),
    kind,
    mails: typedOf(lists, 'mail'),
    phones: typedOf(lists, 'phone'),
    urls: typedOf(lists, 'url'),
    addresses: shown(lists['street'] ?? []).map((_, at) => ({
      ...partsOf((part) => lists[part]?.[at] ?? ''),
      type: lists['addressType']?.[at] ?? 'other',
    })),
  };
}

export interface FormError {
  /** Id of the field. */
  readonly field: string;
  /** Key of a text. */
  readonly key: string;
  readonly max?: number;
}

/** One `@` between two parts, without spaces: the server of the address knows the rest. */
const MAIL = /^[^\s<>@,;]+@[^\s<>@,;]+$/;

/** A long one is no day, and the message says how one is written. */
const DAYS = ['birthday', 'anniversary'] as const;

/** What is wrong with a form; nothing is cut without a word. */
export function errorsOf(form: CardForm): readonly FormError[] {
  const errors: FormError[] = [];
  const long = (field: string, text: string, max: number): void => {
    if (text.length > max) errors.push({ field, key: 'contacts:error.long', max });
  };
  for (const field of PLAIN.filter((one) => !DAYS.some((day) => day === one)))
    long(field, form[field], LIMITS[field]);
  if (nameOf(form) === '') errors.push({ field: 'name', key: 'contacts:error.name' });
  for (const field of DAYS)
    if (dayOf(form[field]) === undefined) errors.push({ field, key: 'contacts:error.day' });
  form.mails.forEach(({ value }, at) => {
    long(`mail-${at}`, value, LIMITS.mail);
    if (value.trim() !== '' && !MAIL.test(value.trim()))
      errors.push({ field: `mail-${at}`, key: 'contacts:error.mail' });
  });
  for (const [at, { value }] of form.phones.entries()) long(`phone-${at}`, value, LIMITS.phone);
  for (const [at, { value }] of form.urls.entries()) long(`url-${at}`, value, LIMITS.url);
  form.addresses.forEach((address, at) => {
    for (const part of PARTS) long(`${part}-${at}`, address[part], LIMITS.part);
  });
  return errors;
}

/** The name that is shown: as typed, else made of the others, else of the organisation or a mail. */
export const nameOf = (form: CardForm): string =>
  [
    form.name,
    composed(form),
    form.nickname,
    form.organization,
    form.mails.find(({ value }) => value.trim() !== '')?.value ?? '',
  ]
    .map((text) => unturned(text).trim())
    .find(isSeen) ?? '';

const typed = (
  lines: CardForm['mails'],
  types: readonly string[],
  before: readonly Typed[],
): Typed[] =>
  lines
    .map(({ value, type }) => ({ value: unturned(value).trim(), type }))
    .filter(({ value }) => value !== '')
    .map(({ value, type }) => {
      const known = before.find((one) => one.value === value);
      return {
        value,
        type: (types.includes(type) ? type : 'other') as Typed['type'],
        ...(known?.isPreferred === true && { isPreferred: true }),
      };
    });

/** The card that a form makes of another one; what the form does not show stays. */
export function contactWith(form: CardForm, before: Contact = EMPTY_CONTACT): Contact {
  return {
    ...before,
    ...plainOf((field) => unturned(form[field]).trim()),
    note: unturned(form.note).replace(/\r\n?/g, '\n').trim(),
    kind: form.kind,
    name: nameOf(form),
    birthday: dayOf(form.birthday) ?? '',
    anniversary: dayOf(form.anniversary) ?? '',
    categories: categoriesOf(form.categories, before.categories),
    mails: [...typed(form.mails, MAIL_TYPES, before.mails), ...unshown(before.mails)],
    phones: [...typed(form.phones, PHONE_TYPES, before.phones), ...unshown(before.phones)],
    urls: [...typed(form.urls, MAIL_TYPES, before.urls), ...unshown(before.urls)],
    addresses: [
      ...form.addresses
        .filter((address) => PARTS.some((part) => address[part].trim() !== ''))
        .map((address) => ({
          ...partsOf((part) => unturned(address[part]).trim()),
          type: PLACE_TYPES.find((type) => type === address.type) ?? 'other',
        })),
      ...unshown(before.addresses),
    ],
  };
}

/** Words between commas; one that the card has with a comma in it (`Paris, France`) is one. */
function categoriesOf(text: string, before: readonly string[]): readonly string[] {
  const wanted = words(text);
  const found: string[] = [];
  for (let at = 0; at < wanted.length; ) {
    const whole = before.find((one) => {
      const parts = words(one);
      return parts.length > 1 && parts.every((part, index) => part === wanted[at + index]);
    });
    found.push(whole ?? (wanted[at] as string));
    at += whole === undefined ? 1 : words(whole).length;
  }
  return [...new Set(found)];
}

const words = (text: string): readonly string[] =>
  text
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '');

/** The same form with an empty line where somebody asked for one. */
export function withLine(form: CardForm, what: string | undefined): CardForm {
  const add = <T>(lines: readonly T[], line: T): readonly T[] =>
    lines.length < LINES_MAX ? [...lines, line] : lines;
  const line = { value: '', type: 'work' };
  if (what === 'mail') return { ...form, mails: add(form.mails, line) };
  if (what === 'phone') return { ...form, phones: add(form.phones, line) };
  if (what === 'url') return { ...form, urls: add(form.urls, line) };
  if (what === 'address')
    return { ...form, addresses: add(form.addresses, { ...partsOf(() => ''), type: 'work' }) };
  return form;
}

/** Room for a first line of each, so that a form asks for what everybody has. */
export function withRoom(form: CardForm): CardForm {
  const first = { value: '', type: 'work' };
  return {
    ...form,
    mails: form.mails.length === 0 ? [first] : form.mails,
    phones: form.phones.length === 0 ? [first] : form.phones,
  };
}

/** What two versions of a card say otherwise: a label and both texts. */
export function differencesOf(mine: Contact, theirs: Contact, locale: PluginRequest['locale']) {
  const a = formOf(mine, locale);
  const b = formOf(theirs, locale);
  const lines = (form: CardForm) => ({
    mails: form.mails.map(({ value }) => value).join('\n'),
    phones: form.phones.map(({ value }) => value).join('\n'),
    urls: form.urls.map(({ value }) => value).join('\n'),
    addresses: form.addresses
      .map((address) =>
        PARTS.map((part) => address[part])
          .filter(Boolean)
          .join(', '),
      )
      .join('\n'),
  });
  const texts = (contact: Contact, form: CardForm) => ({
    ...plainOf((field) => form[field]),
    name: contact.name,
    ...lines(form),
  });
  const one = texts(mine, a);
  const two = texts(theirs, b);
  return FIELDS.filter((field) => one[field] !== two[field]).map((field) => ({
    label: FIELD_TEXTS[field],
    mine: one[field],
    theirs: two[field],
  }));
}
