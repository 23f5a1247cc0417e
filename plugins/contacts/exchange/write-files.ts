import { type Contact, type PostalAddress, readCard } from '../card';
import type { Field } from './fields';

/** Headings that Google, Outlook and Thunderbird know, and what stands below them. */
const COLUMNS: readonly (readonly [string, Field, (contact: Contact) => string])[] = [
  ['Name', 'name', ({ name }) => name],
  ['First Name', 'given', ({ given }) => given],
  ['Middle Name', 'additional', ({ additional }) => additional],
  ['Last Name', 'family', ({ family }) => family],
  ['Name Prefix', 'prefix', ({ prefix }) => prefix],
  ['Name Suffix', 'suffix', ({ suffix }) => suffix],
  ['Nickname', 'nickname', ({ nickname }) => nickname],
  ['Company', 'organization', ({ organization }) => organization],
  ['Department', 'unit', ({ unit }) => unit],
  ['Job Title', 'title', ({ title }) => title],
  ['Role', 'role', ({ role }) => role],
  ...[0, 1, 2].map((at): readonly [string, Field, (contact: Contact) => string] => [
    at === 0 ? 'E-mail Address' : `E-mail ${at + 1} Address`,
    'mail',
    ({ mails }) => mails[at]?.value ?? '',
  ]),
  ['Business Phone', 'phoneWork', phoneOf('work')],
  ['Home Phone', 'phoneHome', phoneOf('home')],
  ['Mobile Phone', 'phoneCell', phoneOf('cell')],
  ['Business Fax', 'phoneFax', phoneOf('fax')],
  ['Pager', 'phonePager', phoneOf('pager')],
  ['Other Phone', 'phone', phoneOf('other')],
  ...(['Business', 'Home'] as const).flatMap(
    (word): readonly (readonly [string, Field, (contact: Contact) => string])[] => {
      const type = word === 'Business' ? 'work' : 'home';
      return [
        [`${word} Street`, `${type}Street`, placeOf(type, 'street')],
        [`${word} Street 2`, `${type}Extended`, placeOf(type, 'extended')],
        [`${word} Address PO Box`, `${type}Box`, placeOf(type, 'box')],
        [`${word} City`, `${type}City`, placeOf(type, 'city')],
        [`${word} State`, `${type}Region`, placeOf(type, 'region')],
        [`${word} Postal Code`, `${type}Code`, placeOf(type, 'code')],
        [`${word} Country/Region`, `${type}Country`, placeOf(type, 'country')],
      ];
    },
  ),
  ['Web Page', 'url', ({ urls }) => urls[0]?.value ?? ''],
  ['Birthday', 'birthday', ({ birthday }) => birthday],
  ['Anniversary', 'anniversary', ({ anniversary }) => anniversary],
  ['Categories', 'categories', ({ categories }) => categories.join(';')],
  ['Notes', 'note', ({ note }) => note],
];

function phoneOf(type: Contact['phones'][number]['type']) {
  return ({ phones }: Contact): string => phones.find((phone) => phone.type === type)?.value ?? '';
}

function placeOf(type: 'work' | 'home', part: Exclude<keyof PostalAddress, 'type'>) {
  return ({ addresses }: Contact): string =>
    addresses.find((address) => address.type === type)?.[part] ?? '';
}

/**
 * A list of contacts for other programs (RFC 4180, with the mark that Excel wants for UTF-8). An
 * apostrophe stands before what a spreadsheet would take for a formula.
 */
export const CSV_HEAD = `\uFEFF${COLUMNS.map(([heading]) => heading).join(',')}\r\n`;

/** One contact of such a list. */
export function csvRow(text: string): string {
  const contact = readCard(text);
  return `${COLUMNS.map(([, , of]) => cell(of(contact))).join(',')}\r\n`;
}

function cell(value: string): string {
  const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** Entries of people and groups, as Thunderbird and directories read them (RFC 2849). */
export const LDIF_HEAD = 'version: 1\n';

/** One of them, with the empty line before it. */
export function ldifEntry(card: string): string {
  const contact = readCard(card);
  const { kind, name, mails, phones, members } = contact;
  const isGroup = kind === 'group';
  const work = contact.addresses.find(({ type }) => type === 'work') ?? contact.addresses[0];
  const mail = mails[0]?.value;
  const phone = (type: Contact['phones'][number]['type'], name: string) =>
    phones.filter((one) => one.type === type).map((one) => [name, one.value] as const);
  const lines: readonly (readonly [string, string])[] = [
    ['dn', `cn=${dnValue(name)}${mail === undefined ? '' : `,mail=${dnValue(mail)}`}`],
    ['objectclass', 'top'],
    ...(isGroup
      ? ([['objectclass', 'groupOfNames']] as const)
      : (['person', 'organizationalPerson', 'inetOrgPerson'].map((word) => [
          'objectclass',
          word,
        ]) as [string, string][])),
    ['cn', name],
    ...(isGroup ? [] : ([['sn', contact.family || name]] as const)),
    ['givenname', contact.given],
    ['mozillanickname', contact.nickname],
    ['o', contact.organization],
    ['ou', contact.unit],
    ['title', contact.title],
    ...mails.map(({ value }, at) => [at === 0 ? 'mail' : 'mozillasecondemail', value] as const),
    ...phone('work', 'telephonenumber'),
    ...phone('other', 'telephonenumber'),
    ...phone('home', 'homephone'),
    ...phone('cell', 'mobile'),
    ...phone('fax', 'facsimiletelephonenumber'),
    ...phone('pager', 'pager'),
    ['street', work?.street ?? ''],
    ['l', work?.city ?? ''],
    ['st', work?.region ?? ''],
    ['postalcode', work?.code ?? ''],
    ['c', work?.country ?? ''],
    ['labeleduri', contact.urls[0]?.value ?? ''],
    ['description', contact.note],
    ...members
      .filter((member) => member.startsWith('mailto:'))
      .map((member) => ['member', `mail=${dnValue(member.slice(7))}`] as const),
  ];
  const text = lines.filter(([, value]) => value !== '').map(([key, value]) => lineOf(key, value));
  const photo = contact.photo
    ? [fold(`jpegphoto:: ${contact.photo.content.toString('base64')}`)]
    : [];
  return `\n${[...text, ...photo].join('\n')}\n`;
}

/** RFC 4514 2.4. */
const dnValue = (value: string): string =>
  value
    .replace(/[\\,+"<>;=]/g, '\\$&')
    .replace(/[\0\r\n]/g, ' ')
    .trim();

/** In base64 what is not safe as it stands (RFC 2849, SAFE-STRING). */
const lineOf = (name: string, value: string): string =>
  /^[ :<]|[^\t -~]| $/.test(value)
    ? fold(`${name}:: ${Buffer.from(value).toString('base64')}`)
    : fold(`${name}: ${value}`);

const fold = (line: string): string => line.replace(/(.{76})(?=.)/g, '$1\n ');
