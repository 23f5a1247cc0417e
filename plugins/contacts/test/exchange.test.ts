import { EMPTY_CONTACT, writeCard } from '../card';
import { decodeFile, formatOf } from '../exchange/decode';
import { guessColumns } from '../exchange/fields';
import { contactOfRecord, createLdifReader } from '../exchange/ldif';
import { contactOfRow } from '../exchange/rows';
import { createTableReader } from '../exchange/table';
import { csvOf, ldifOf } from '../exchange/write-files';

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
  return rows.map(({ cells }) => contactOfRow(columns, cells));
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

  it('says of a row that it is nobody, or that its address is none', () => {
    expect(contactsOf('Nom,Mail\n,\n ,a b\nX,a@b@c\nY,<script>@x\n')).toEqual([
      'mail',
      'mail',
      'mail',
    ]);
    expect(contactsOf('Nom,Mail,Notes\n,,quelqu’un\n')).toEqual(['empty']);
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
    const text = csvOf([writeCard(contact)]);

    expect(text).toContain(`"'=HYPERLINK(""https`);
    expect(text).not.toMatch(/(?:^|,)"?[=+@]/m);
    expect(contactsOf(text)).toEqual([{ ...contact, uid: '' }]);
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
        contact: contactOfRecord(record),
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

  it('reads back what it wrote', () => {
    const contact = {
      ...EMPTY_CONTACT,
      name: 'Hanaé, « Soleillant »\n',
      family: 'Soleillant',
      mails: [{ value: 'a@b.example', type: 'work' as const, isPreferred: true }],
      note: ' début et fin ',
      photo: { type: 'image/jpeg', content: Buffer.from('ffd8ffe0fefe', 'hex') },
    };
    const [record] = readLdif(ldifOf([writeCard(contact)]));

    expect(record && contactOfRecord(record)).toEqual({
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
    ['UTF-16', Buffer.from([0xff, 0xfe, 0xe9, 0x00]), 'é'],
    ['UTF-16, the other way', Buffer.from([0xfe, 0xff, 0x00, 0xe9]), 'é'],
    // A sign of four bytes stands across the end of a piece.
    ['more than a piece', Buffer.from(`a${'🐦'.repeat(40_000)}`), `a${'🐦'.repeat(40_000)}`],
  ])('of %s is text', (_, bytes, text) => {
    expect([...decodeFile(bytes)].join('')).toBe(text.replace('\uFEFF', ''));
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
