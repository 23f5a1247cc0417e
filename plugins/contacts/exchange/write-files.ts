import type { Contact, PostalAddress, Typed } from '../card';

/** Of a group, as its members are known to who sends it out. */
export interface NamedMember {
  readonly name: string;
  readonly mail: string;
}

type Column = readonly [string, (contact: Contact) => string];
const MAILS = 5;
/** Beside one of work and one of home. */
const MORE_ADDRESSES = 3;
const LABELS: Readonly<Record<Typed['type'], string>> = {
  work: 'Work',
  home: 'Home',
  cell: 'Mobile',
  fax: 'Fax',
  pager: 'Pager',
  other: 'Other',
};
const PARTS = [
  ['Street', 'street'],
  ['Extended Address', 'extended'],
  ['PO Box', 'box'],
  ['City', 'city'],
  ['Region', 'region'],
  ['Postal Code', 'code'],
  ['Country', 'country'],
] as const;

/** All from one on, as Google writes several values into one cell. */
const joined = (values: readonly Typed[]): string => values.map(({ value }) => value).join(' ::: ');

/** The first value of a kind, and below the next heading all the others. */
const phones = (heading: string, type: Typed['type']): readonly Column[] => {
  const those = (contact: Contact) => contact.phones.filter((phone) => phone.type === type);
  return [
    [heading, (contact) => those(contact)[0]?.value ?? ''],
    [`${heading} 2`, (contact) => joined(those(contact).slice(1))],
  ];
};

const firstOf = (type: PostalAddress['type']) => (contact: Contact) =>
  contact.addresses.find((address) => address.type === type);

/** Those that are no first one of work or of home. */
const moreAddresses = (contact: Contact): readonly PostalAddress[] => {
  const first = [firstOf('work')(contact), firstOf('home')(contact)];
  return contact.addresses.filter((address) => !first.includes(address));
};

const addressLine = ({ street, extended, box, code, city, region, country }: PostalAddress) =>
  [street, extended, box, `${code} ${city}`.trim(), region, country]
    .filter((part) => part !== '')
    .join(', ');

/** Headings that Google, Outlook and Thunderbird know, and what stands below them. */
const COLUMNS: readonly Column[] = [
  ['Name', ({ name }) => name],
  ['First Name', ({ given }) => given],
  ['Middle Name', ({ additional }) => additional],
  ['Last Name', ({ family }) => family],
  ['Name Prefix', ({ prefix }) => prefix],
  ['Name Suffix', ({ suffix }) => suffix],
  ['Nickname', ({ nickname }) => nickname],
  ['Company', ({ organization }) => organization],
  ['Department', ({ unit }) => unit],
  ['Job Title', ({ title }) => title],
  ['Role', ({ role }) => role],
  ...Array.from({ length: MAILS }, (_, at): readonly Column[] => [
    [`E-mail ${at + 1} - Label`, ({ mails }) => labelOf(mails[at])],
    [
      at === 0 ? 'E-mail Address' : `E-mail ${at + 1} Address`,
      ({ mails }) => joined(mails.slice(at, at === MAILS - 1 ? undefined : at + 1)),
    ],
  ]).flat(),
  ...phones('Business Phone', 'work'),
  ...phones('Home Phone', 'home'),
  ...phones('Mobile Phone', 'cell'),
  ...phones('Business Fax', 'fax'),
  ...phones('Pager', 'pager'),
  ...phones('Other Phone', 'other'),
  ...(['Business', 'Home'] as const).flatMap((word): readonly Column[] => {
    const first = firstOf(word === 'Business' ? 'work' : 'home');
    return [
      [`${word} Street`, (contact) => first(contact)?.street ?? ''],
      [`${word} Street 2`, (contact) => first(contact)?.extended ?? ''],
      [`${word} Address PO Box`, (contact) => first(contact)?.box ?? ''],
      [`${word} City`, (contact) => first(contact)?.city ?? ''],
      [`${word} State`, (contact) => first(contact)?.region ?? ''],
      [`${word} Postal Code`, (contact) => first(contact)?.code ?? ''],
      [`${word} Country/Region`, (contact) => first(contact)?.country ?? ''],
    ];
  }),
  ...Array.from({ length: MORE_ADDRESSES }, (_, at): readonly Column[] => [
    [`Address ${at + 1} - Label`, (contact) => labelOf(moreAddresses(contact)[at])],
    ...PARTS.map(
      ([word, part]): Column => [
        `Address ${at + 1} - ${word}`,
        (contact) => moreAddresses(contact)[at]?.[part] ?? '',
      ],
    ),
  ]).flat(),
  ['Web Page', ({ urls }) => urls[0]?.value ?? ''],
  ['Web Page 2', ({ urls }) => joined(urls.slice(1))],
  ['Birthday', ({ birthday }) => birthday],
  ['Anniversary', ({ anniversary }) => anniversary],
  ['Categories', ({ categories }) => categories.join(';')],
  ['Instant Messaging', ({ impps }) => joined(impps)],
  [
    'Notes',
    (contact) =>
      [contact.note, ...moreAddresses(contact).slice(MORE_ADDRESSES).map(addressLine)]
        .filter((line) => line !== '')
        .join('\n'),
  ],
];

const labelOf = (one: { readonly type: Typed['type'] } | undefined): string =>
  one ? LABELS[one.type] : '';

/** Spreadsheets in French take the comma for that of a number. */
export type Separator = ',' | ';';

/**
 * A list of contacts for other programs (RFC 4180, with the mark that Excel wants for UTF-8). An
 * apostrophe stands before what a spreadsheet would take for a formula.
 */
export const csvHead = (separator: Separator): string =>
  `\uFEFF${[...COLUMNS.map(([heading]) => heading), 'Group Members'].join(separator)}\r\n`;

/** One contact of such a list. */
export function csvRow(
  contact: Contact,
  separator: Separator,
  members: readonly NamedMember[] = [],
): string {
  const cells = COLUMNS.map(([, of]) => of(contact));
  const named = members.map(({ name, mail }) =>
    mail === '' || name === mail ? name : `${name} <${mail}>`,
  );
  return `${[...cells, named.join(' ::: ')].map(cell).join(separator)}\r\n`;
}

function cell(value: string): string {
  const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",;\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** Entries of people and groups, as Thunderbird and directories read them (RFC 2849). */
export const LDIF_HEAD = 'version: 1\n';

/** One of them, with the empty line before it. */
export function ldifEntry(contact: Contact, named: readonly NamedMember[] = []): string {
  const { kind, name, mails } = contact;
  const isGroup = kind === 'group';
  const work = firstOf('work')(contact) ?? firstOf('other')(contact);
  const home = firstOf('home')(contact);
  const others = contact.addresses.filter((address) => address !== work && address !== home);
  const mail = mails[0]?.value;
  const phone = (type: Typed['type'], attribute: string) =>
    contact.phones.filter((one) => one.type === type).map((one) => [attribute, one.value] as const);
  const [, year = '', month = '', day = ''] =
    /^(\d{4}|-)-(\d\d)-(\d\d)$/.exec(contact.birthday) ?? [];
  const lines: readonly (readonly [string, string])[] = [
    ['dn', dnOf({ name, mail: mail ?? '' })],
    ['objectclass', 'top'],
    ...(isGroup
      ? ([['objectclass', 'groupOfNames']] as const)
      : ['person', 'organizationalPerson', 'inetOrgPerson'].map(
          (word) => ['objectclass', word] as const,
        )),
    ['cn', name],
    ...(isGroup ? [] : ([['sn', contact.family || name]] as const)),
    ['givenname', contact.given],
    ['personaltitle', contact.prefix],
    ['generationqualifier', contact.suffix],
    ['mozillanickname', contact.nickname],
    ['o', contact.organization],
    ['ou', contact.unit],
    ['title', contact.title],
    ['role', contact.role],
    ...mails.map(({ value }, at) => [at === 0 ? 'mail' : 'mozillasecondemail', value] as const),
    ...phone('work', 'telephonenumber'),
    ...phone('other', 'telephonenumber'),
    ...phone('home', 'homephone'),
    ...phone('cell', 'mobile'),
    ...phone('fax', 'facsimiletelephonenumber'),
    ...phone('pager', 'pager'),
    ['postofficebox', work?.box ?? ''],
    ['street', work?.street ?? ''],
    ['mozillaworkstreet2', work?.extended ?? ''],
    ['l', work?.city ?? ''],
    ['st', work?.region ?? ''],
    ['postalcode', work?.code ?? ''],
    ['c', work?.country ?? ''],
    ['mozillahomestreet', home?.street ?? ''],
    ['mozillahomestreet2', [home?.extended, home?.box].filter(Boolean).join(', ')],
    ['mozillahomelocalityname', home?.city ?? ''],
    ['mozillahomestate', home?.region ?? ''],
    ['mozillahomepostalcode', home?.code ?? ''],
    ['mozillahomecountryname', home?.country ?? ''],
    ...others.map((address) => ['postaladdress', addressLine(address)] as const),
    ...contact.urls.map(({ value }) => ['labeleduri', value] as const),
    ...contact.impps.map(({ value }) => ['impp', value] as const),
    ['birthyear', year === '-' ? '' : year],
    ['birthmonth', month],
    ['birthday', day],
    ['anniversary', contact.anniversary],
    ...contact.categories.map((word) => ['category', word] as const),
    ['description', contact.note],
    ...named.map((member) => ['member', dnOf(member)] as const),
  ];
  const text = lines.filter(([, value]) => value !== '').map(([key, value]) => lineOf(key, value));
  const photo = contact.photo
    ? [fold(`jpegphoto:: ${contact.photo.content.toString('base64')}`)]
    : [];
  return `\n${[...text, ...photo].join('\n')}\n`;
}

const dnOf = ({ name, mail }: NamedMember): string =>
  [name === '' || name === mail ? '' : `cn=${dnValue(name)}`, mail && `mail=${dnValue(mail)}`]
    .filter((part) => part !== '')
    .join(',');

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
