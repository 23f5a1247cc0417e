import { slowdown } from 'estafette/plugin/testing';
import { type Contact, EMPTY_CONTACT } from '../card';
import { decodeFile, doubtfulLines, formatOf } from '../exchange/decode';
import { guessColumns } from '../exchange/fields';
import { contactOfRecord, createLdifReader, type LdifRecord } from '../exchange/ldif';
import { contactOfRow } from '../exchange/rows';
import { createTableReader } from '../exchange/table';
import { csvHead, csvRow, LDIF_HEAD, ldifEntry } from '../exchange/write-files';

/** A list that comes in pieces of so many characters. */
function readTable(text: string, size = text.length) {
  const reader = createTableReader();
  const read = [...cutBy(text, size).flatMap((piece) => [...reader.push(piece)]), ...reader.end()];
  return {
    headings: reader.headings,
    rows: read.filter((row) => 'cells' in row),
    faults: read.filter((row) => 'reason' in row),
  };
}
function cutBy(text: string, size: number): readonly string[] {
  const pieces: string[] = [];
  for (let at = 0; at < text.length; at += size) pieces.push(text.slice(at, at + size));
  return pieces;
}
function readLdif(text: string, size = text.length) {
  const reader = createLdifReader(10_000);
  return [...cutBy(text, size).flatMap((piece) => [...reader.push(piece)]), ...reader.end()];
}
const contactsOf = (text: string) => {
  const { headings, rows } = readTable(text);
  const columns = guessColumns(headings);
  return rows.map(({ cells }) => {
    const read = contactOfRow(columns, cells);
    return typeof read === 'string' ? read : { ...read.contact, remarks: read.remarks };
  });
};
const place = (type: 'work' | 'home' | 'other', street: string) => ({
  type,
  box: 'BP 1',
  extended: '',
  street,
  city: 'Valcendre',
  region: '',
  code: '99000',
  country: '',
});
/** Somebody of whom there is a lot to say. */
const MUCH: Contact = {
  ...EMPTY_CONTACT,
  name: 'Mme Ada Byron',
  given: 'Ada',
  family: 'Byron',
  prefix: 'Mme',
  mails: Array.from({ length: 5 }, (_, at) => ({
    value: `a${at}@b.example`,
    type: at === 1 ? 'home' : 'work',
    ...(at === 0 && { isPreferred: true }),
  })),
  phones: [
    { value: '01', type: 'work' },
    { value: '02', type: 'work' },
    { value: '03', type: 'work' },
    { value: '06', type: 'cell' },
    { value: '07', type: 'cell' },
  ],
  addresses: [
    place('work', '1 rue'),
    place('home', '2 rue'),
    place('work', '3 rue'),
    place('other', '4 rue'),
  ],
  urls: [
    { value: 'https://a.example', type: 'other' },
    { value: 'https://b.example', type: 'other' },
  ],
  birthday: '--04-21',
  anniversary: '2011-06-04',
  categories: ['a', 'b'],
};
const contactOf = (read: LdifRecord | undefined) => {
  const said = read && contactOfRecord(read);
  return typeof said === 'object' ? said.contact : said;
};

describe('a list', () => {
  it.each([1, 2, 7, 1_000])(
    'is read with its lines, whatever is wrong with some of them, in pieces of %i',
    (size) => {
      const text =
        '\uFEFFNom;Mail\r\nA;a@b\r\n\r\n"B\r\nC";b@c;x\r\nD"e;d\r\n"F;f\r\nG;g@h\r\n;\r\n"H";h\r\n';

      const { headings, rows, faults } = readTable(text, size);

      expect(headings).toEqual(['Nom', 'Mail']);
      expect(rows).toEqual([
        { line: 2, cells: ['A', 'a@b'] },
        { line: 8, cells: ['G', 'g@h'] },
        { line: 10, cells: ['H', 'h'] },
      ]);
      expect(faults).toEqual([
        { line: 4, reason: 'columns' },
        { line: 6, reason: 'quotes' },
        { line: 7, reason: 'quotes' },
      ]);
    },
  );

  it('may be of two hundred thousand rows', () => {
    expect(readTable(`Nom,Mail\n${'A,a@b.example\n'.repeat(200_000)}`).rows).toHaveLength(200_000);
  });

  it.each([
    [
      'Outlook, in French',
      'Prénom,Nom,Société,Adresse de messagerie,Téléphone (bureau),Tél. mobile,Anniversaire',
      'Camille,Durand,Ministère,camille@saisons.example,01 99 00 00 01,06 99 00 00 02,0/0/00',
    ],
    [
      'Outlook, in English',
      'First Name,Last Name,Company,E-mail Address,Business Phone,Mobile Phone,Birthday',
      'Camille,Durand,Ministère,camille@saisons.example,01 99 00 00 01,06 99 00 00 02,',
    ],
    [
      'Thunderbird, in English',
      'First Name,Last Name,Organization,Primary Email,Work Phone,Mobile Number,Birth Day',
      'Camille,Durand,Ministère,camille@saisons.example,01 99 00 00 01,06 99 00 00 02,',
    ],
    [
      'Thunderbird, in French',
      'Prénom,Nom de famille,Société,Première adresse électronique,Tél. professionnel,Portable',
      'Camille,Durand,Ministère,camille@saisons.example,01 99 00 00 01,06 99 00 00 02',
    ],
  ])('of %s is understood by its headings', (_, headings, row) => {
    expect(contactsOf(`${headings}\n${row}\n`)[0]).toMatchObject({
      name: 'Camille Durand',
      given: 'Camille',
      family: 'Durand',
      organization: 'Ministère',
      mails: [{ value: 'camille@saisons.example' }],
      phones: [
        { value: '01 99 00 00 01', type: 'work' },
        { value: '06 99 00 00 02', type: 'cell' },
      ],
      birthday: '',
    });
  });

  it('of Google holds several values in one cell', () => {
    const [contact] = contactsOf(
      'Name,E-mail 1 - Value,Phone 1 - Value,Labels,Birthday\n' +
        'Hanaé,a@b.example ::: c@d.example,+33 1 99 00 00 01,* myContacts ::: Équipe,--04-21\n',
    );

    expect(contact).toMatchObject({
      name: 'Hanaé',
      mails: [{ value: 'a@b.example', isPreferred: true }, { value: 'c@d.example' }],
      categories: ['Équipe'],
      birthday: '--04-21',
    });
  });

  it('of Outlook on the web, in French, has its addresses and functions', () => {
    expect(
      contactsOf(
        'Prénom,Nom,Titre,Titre1,Adresse e-mail,Adresse e-mail 2,Fax professionnel\n' +
          'Ada,Byron,Mme,Cheffe de bureau,a@b.example,c@d.example,01 99\n',
      )[0],
    ).toMatchObject({
      prefix: 'Mme',
      title: 'Cheffe de bureau',
      mails: [{ value: 'a@b.example' }, { value: 'c@d.example' }],
      phones: [{ value: '01 99', type: 'fax' }],
    });
  });

  it('of Google says of what kind each value is', () => {
    const [contact] = contactsOf(
      'Name,E-mail 1 - Label,E-mail 1 - Value,E-mail 2 - Label,E-mail 2 - Value,' +
        'Phone 1 - Label,Phone 1 - Value,Address 1 - Label,Address 1 - Street,Address 1 - City,' +
        'Address 2 - Label,Address 2 - Street,Website 1 - Label,Website 1 - Value\n' +
        'Ada,* Work,a@b.example,Home,c@d.example,Mobile,06,Home,1 rue,Val,Home,2 rue,Blog,https://a.example\n',
    );

    expect(contact).toMatchObject({
      mails: [{ type: 'work' }, { type: 'home' }],
      phones: [{ value: '06', type: 'cell' }],
      addresses: [
        { type: 'home', street: '1 rue', city: 'Val' },
        { type: 'home', street: '2 rue', city: '' },
      ],
      urls: [{ value: 'https://a.example' }],
    });
  });

  it.each([
    ['Birthday', '4/5/1987', '1987-04-05', []],
    ['Birthday', '4/21/1987', '1987-04-21', []],
    ['Birthday', '21/4/1987', '1987-04-21', []],
    ['Birthday', '1987-04-05', '1987-04-05', []],
    ['Anniversaire', '4/5/1987', '1987-05-04', []],
    ['Anniversaire', '4/21/1987', '1987-04-21', []],
    ['Anniversaire', '0/0/00', '', []],
    ['Anniversaire', 'au printemps', '', ['date']],
    ['Anniversaire', '45/45/1987', '', ['date']],
  ])('below %s takes %s for %j', (heading, date, birthday, remarks) => {
    expect(contactsOf(`Name,${heading}\nAda,${date}\n`)).toMatchObject([{ birthday, remarks }]);
  });

  it.each([
    ['sep=;\nNom;Mail\n', 3],
    ['"sep=|"\nNom|Mail\n', 3],
    ['\n;;\n \nNom;Mail\n', 5],
  ])('beginning with %j has its headings', (start, line) => {
    const separator = start.includes('|') ? '|' : ';';
    for (const size of [1, 5, 1_000]) {
      const { headings, rows } = readTable(`${start}A${separator}a@b\n`, size);

      expect(headings).toEqual(['Nom', 'Mail']);
      expect(rows).toEqual([{ line, cells: ['A', 'a@b'] }]);
    }
  });

  it('says of a row that it is nobody, or that its address is none', () => {
    expect(contactsOf('Nom,Mail\n,\n ,a b\nX,a@b@c\nY,<script>@x\n')).toEqual([
      'mail',
      'mail',
      'mail',
    ]);
    expect(contactsOf('Nom,Mail,Notes\n,,quelqu’un\n')).toEqual(['empty']);
  });

  it.each([',', ';'] as const)(
    'keeps all mails, telephones and addresses, parted by %s',
    (sign) => {
      expect(contactsOf(csvHead(sign) + csvRow(MUCH, sign))).toEqual([{ ...MUCH, remarks: [] }]);
    },
  );

  it('names the members of a group', () => {
    const group = { ...EMPTY_CONTACT, kind: 'group' as const, name: 'Équipe' };
    const members = [
      { name: 'Ada', mail: 'a@b.example' },
      { name: 'c@d.example', mail: 'c@d.example' },
    ];

    expect(csvRow(group, ',', members)).toContain('Ada <a@b.example> ::: c@d.example');
    const [record] = readLdif(LDIF_HEAD + ldifEntry(group, members));
    expect(contactOf(record)).toMatchObject({
      kind: 'group',
      members: ['mailto:a@b.example', 'mailto:c@d.example'],
    });
  });

  it('reads back what it wrote, and lets no cell be a formula', () => {
    const contact = {
      ...EMPTY_CONTACT,
      uid: 'urn:uuid:1',
      name: '=HYPERLINK("https://evil.example")',
      mails: [{ value: 'a@b.example', type: 'other' as const, isPreferred: true }],
      phones: [{ value: '+33 1 99 00 00 01', type: 'work' as const }],
      note: 'une, "deux"\net trois',
      birthday: '1987-04-21',
      categories: ['a', 'b'],
    };
    const text = csvHead(',') + csvRow(contact, ',');

    expect(text).toContain(`"'=HYPERLINK(""https`);
    expect(text).not.toMatch(/(?:^|,)"?[=+@]/m);
    expect(contactsOf(text)).toEqual([{ ...contact, uid: '', remarks: [] }]);
  });
});

describe('LDIF', () => {
  const FILE = `version: 1
# a comment that
  goes on

dn: cn=Camille Durand,mail=camille@saisons.example
objectclass: person
objectclass: inetOrgPerson
cn:: Q2FtaWxsZSBEdXJhbmQ=
mail: camille@
 saisons.example
mobile: 06 99 00 00 02

dn: cn=bad
cn:: !!!

dn: cn=gone
changetype: delete

dn: cn=photo
cn: Photo
jpegPhoto:< file:///etc/passwd

dn: cn=Liste
objectclass: groupOfNames
cn: Liste
member: cn=A B,mail=a@b.example
member: cn=nobody
`;

  it.each([1, 3, 1_000])(
    'is read record by record, each fault with its line, in pieces of %i',
    (size) => {
      const read = readLdif(FILE, size).map((record) => ({
        line: record.line,
        contact: contactOf(record),
      }));

      expect(read).toMatchObject([
        {
          line: 5,
          contact: {
            name: 'Camille Durand',
            mails: [{ value: 'camille@saisons.example', type: 'work' }],
            phones: [{ value: '06 99 00 00 02', type: 'cell' }],
          },
        },
        { line: 14, contact: 'base64' },
        { line: 17, contact: 'change' },
        { line: 21, contact: 'change' },
        { line: 23, contact: { kind: 'group', name: 'Liste', members: ['mailto:a@b.example'] } },
      ]);
    },
  );

  it('has birthdays of Thunderbird, and tells members that have no address', () => {
    const [ada, group] = readLdif(
      'dn: cn=Ada\ncn: Ada\nbirthyear: 1987\nbirthmonth: 4\nbirthday: 21\n\n' +
        'dn: cn=L\nobjectclass: groupOfNames\ncn: L\nmember: cn=A,mail=a@b.example\nmember: cn=B\n',
    ).map((record) => contactOfRecord(record));

    expect(ada).toMatchObject({ contact: { birthday: '1987-04-21' }, remarks: [] });
    expect(group).toMatchObject({
      contact: { members: ['mailto:a@b.example'] },
      remarks: ['member'],
    });
  });

  it('keeps all mails, telephones and days, and one address of each kind', () => {
    const [record] = readLdif(LDIF_HEAD + ldifEntry(MUCH));
    const work = MUCH.mails.map((mail) => ({ ...mail, type: 'work' }));

    expect(contactOf(record)).toMatchObject({
      prefix: 'Mme',
      mails: work,
      phones: MUCH.phones,
      addresses: [
        { type: 'work', street: '1 rue', box: 'BP 1' },
        { type: 'home', street: '2 rue' },
      ],
      urls: MUCH.urls,
      birthday: '--04-21',
      anniversary: '2011-06-04',
      categories: ['a', 'b'],
    });
    expect(ldifEntry(MUCH)).toContain('postaladdress: 4 rue, BP 1, 99000 Valcendre');
  });

  it('reads back what it wrote', () => {
    const contact = {
      ...EMPTY_CONTACT,
      name: 'Hanaé, « Soleillant »\n',
      family: 'Soleillant',
      mails: [{ value: 'a@b.example', type: 'work' as const, isPreferred: true }],
      note: ' début et fin ',
      photo: { type: 'image/jpeg', content: Buffer.from('ffd8ffe0fefe', 'hex') },
    };
    const [record] = readLdif(LDIF_HEAD + ldifEntry(contact));

    expect(contactOf(record)).toEqual({
      ...contact,
      name: contact.name.trim(),
      note: contact.note.trim(),
    });
  });
});

describe('a file', () => {
  it.each([
    ['UTF-8 with its mark', Buffer.from('\uFEFFé'), '\uFEFFé'],
    ['UTF-8', Buffer.from('é'), 'é'],
    ['Windows', Buffer.from([0xe9, 0x80]), 'é€'],
    ['UTF-8 but for one byte', Buffer.from([0xc3, 0xa9, 0x0a, 0xe9, 0xc3, 0xa9]), 'é\néé'],
    ['UTF-16', Buffer.from([0xff, 0xfe, 0xe9, 0x00]), 'é'],
    ['UTF-16, the other way', Buffer.from([0xfe, 0xff, 0x00, 0xe9]), 'é'],
    // A sign of four bytes stands across the end of a piece.
    ['more than a piece', Buffer.from(`a${'🐦'.repeat(40_000)}`), `a${'🐦'.repeat(40_000)}`],
  ])('of %s is text', (_, bytes, text) => {
    expect([...decodeFile(bytes)].join('')).toBe(text.replace('\uFEFF', ''));
  });

  it.each([
    ['UTF-8', Buffer.from('é\né'), []],
    ['Windows', Buffer.from([0xe9, 0x0a, 0xe9]), []],
    ['both', Buffer.from([0xc3, 0xa9, 0x0a, 0x41, 0x0a, 0xe9, 0x0a, 0xe9]), [3]],
  ])('of %s has lines whose accents are to be checked', async (_, bytes, lines) => {
    expect(await doubtfulLines(bytes, 1)).toEqual(lines);
  });

  it('takes no longer by the byte when it is longer and no UTF-8', async () => {
    const read = (bytes: number) => {
      const file = Buffer.alloc(bytes, 0xe9);
      return () => [...decodeFile(file)].length;
    };

    expect(await slowdown(read(800_000), read(200_000))).toBeLessThan(12);
  });

  it.each([
    ['BEGIN:VCARD\nVERSION:3.0', 'x', 'vcard'],
    ['\uFEFFbegin:vcard', 'x', 'vcard'],
    ['version: 1\n\ndn: cn=a', 'x', 'ldif'],
    ['# note\ndn:: YQ==', 'x', 'ldif'],
    ['a,b\n1,2', 'x', 'csv'],
    ['mail\na@b.example', 'x.csv', 'csv'],
    ['%PDF-1.7', 'x.pdf', undefined],
    ['\0\0,', 'x.csv', undefined],
    ['', 'x.csv', undefined],
  ])('beginning with %j is told by its beginning', (text, name, format) => {
    expect(formatOf(text, name)).toBe(format);
  });
});
