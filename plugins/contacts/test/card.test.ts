import { slowdown } from 'estafette/plugin/testing';
import {
  asVersion,
  type CardChunk,
  CardError,
  type Contact,
  createCardSplitter,
  EMPTY_CONTACT,
  readCard,
  writeCard,
} from '../card';

const card = (...lines: readonly string[]): string =>
  ['BEGIN:VCARD', ...lines, 'END:VCARD', ''].join('\r\n');

/** What phones and other programs write that nobody here knows. */
const STRANGE = card(
  'VERSION:3.0',
  'PRODID:-//Apple Inc.//iPhone OS 17//EN',
  'X-PHONETIC-LAST-NAME;X-a="b;c:d":Durand\\, ou presque',
  'N:Durand;Camille;;Mme;',
  'FN:Camille Durand',
  'item1.EMAIL;type=INTERNET;type=pref:camille@saisons.example',
  'item1.X-ABLabel:_$!<Bureau>!$_',
  'TEL;TYPE=CELL:+33 1 99 00 12 34',
  'NOTE:une ligne qui est bien trop longue pour tenir sur une seule et qui',
  '  est repliée au mauvais endroit',
  'X-UNKNOWN;FOO=bar:\\;\\:a\\nb;;',
  'UID:urn:uuid:4fbe8971-0bc3-424c-9c26-36c3e1eff6b1',
);

describe('reading', () => {
  it('knows the fields of a card of version 4', () => {
    const contact = readCard(
      card(
        'VERSION:4.0',
        'UID:urn:uuid:1',
        'KIND:individual',
        'N:Rosée;Fabien;Marie,Paul;M.;PhD',
        'FN:Fabien Rosée',
        'NICKNAME:Fab',
        'ORG:Ministère des Saisons;Direction des Équinoxes;Accueil',
        'TITLE:Responsable du service',
        'EMAIL;TYPE=work;PREF=1:fabien.rosee@saisons.example',
        'EMAIL;TYPE="home,other":fabien@brumes.example',
        'TEL;VALUE=uri;TYPE="voice,cell":tel:+33-1-99-00-10-10',
        'ADR;TYPE=work:;;12 rue des Brumes\\, bât. B;Valcendre;;99000;France',
        'BDAY:19870421',
        'ANNIVERSARY:--0614',
        'NOTE:Première ligne\\nseconde \\; ligne',
        'CATEGORIES:équipe,météo\\, locale',
        `PHOTO:data:image/png;base64,${Buffer.from('89504e47', 'hex').toString('base64')}`,
      ),
    );

    expect(contact).toMatchObject({
      uid: 'urn:uuid:1',
      kind: 'individual',
      name: 'Fabien Rosée',
      family: 'Rosée',
      given: 'Fabien',
      additional: 'Marie,Paul',
      prefix: 'M.',
      suffix: 'PhD',
      nickname: 'Fab',
      organization: 'Ministère des Saisons',
      unit: 'Direction des Équinoxes, Accueil',
      mails: [
        { value: 'fabien.rosee@saisons.example', type: 'work', isPreferred: true },
        { value: 'fabien@brumes.example', type: 'home' },
      ],
      phones: [{ value: '+33-1-99-00-10-10', type: 'cell' }],
      birthday: '1987-04-21',
      anniversary: '--06-14',
      note: 'Première ligne\nseconde ; ligne',
      categories: ['équipe', 'météo, locale'],
    });
    expect(contact.addresses[0]).toEqual({
      type: 'work',
      box: '',
      extended: '',
      street: '12 rue des Brumes, bât. B',
      city: 'Valcendre',
      region: '',
      code: '99000',
      country: 'France',
    });
    expect(contact.photo).toEqual({ type: 'image/png', content: Buffer.from('89504e47', 'hex') });
  });

  it('knows the encodings of version 2.1', () => {
    const contact = readCard(
      card(
        'VERSION:2.1',
        'N;CHARSET=ISO-8859-1;ENCODING=QUOTED-PRINTABLE:Soleillant;Hana=E9',
        'FN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:Hana=C3=A9 =',
        'Soleillant',
        'TEL;CELL;VOICE:01 99 00 00 42',
        'EMAIL;INTERNET:hanae@saisons.example',
        'PHOTO;JPEG;ENCODING=BASE64:',
        ' /9j/4AAQ',
        '/9j/4AAQ',
        '',
        'AGENT:',
        'BEGIN:VCARD',
        'VERSION:2.1',
        'FN:Secrétaire',
        'END:VCARD',
        'NOTE:après',
      ),
    );

    expect(contact).toMatchObject({
      name: 'Hanaé Soleillant',
      given: 'Hanaé',
      phones: [{ value: '01 99 00 00 42', type: 'cell' }],
      mails: [{ value: 'hanae@saisons.example', type: 'other' }],
      note: 'après',
    });
    expect(contact.photo?.type).toBe('image/jpeg');
    expect(contact.photo?.content.toString('base64')).toBe('/9j/4AAQ/9j/4AAQ');
  });

  it.each([
    ['1604-04-15 with Apple’s parameter', 'BDAY;X-APPLE-OMIT-YEAR=1604:1604-04-15', '--04-15'],
    ['a day with its time', 'BDAY:1996-10-22T14:00:00Z', '1996-10-22'],
    ['a year alone', 'BDAY:1996', ''],
    ['words', 'BDAY;VALUE=text:vers 1800', ''],
    ['a month that is none', 'BDAY:1996-13-01', ''],
  ])('takes for a birthday %s', (_, line, day) => {
    expect(readCard(card('VERSION:3.0', 'FN:A', line)).birthday).toBe(day);
  });

  it('names somebody whose card has no FN', () => {
    const named = (...lines: readonly string[]): string =>
      readCard(card('VERSION:3.0', ...lines)).name;

    expect(named('N:Durand;Camille;;;')).toBe('Camille Durand');
    expect(named('ORG:Ministère')).toBe('Ministère');
    expect(named('EMAIL:a@b.example')).toBe('a@b.example');
  });

  it('takes markup, NUL and controls for text', () => {
    const { name, note } = readCard(
      card('VERSION:4.0', 'FN:<img src=x onerror=alert(1)>\0', 'NOTE:<script>\\n</script>'),
    );

    expect(name).toBe('<img src=x onerror=alert(1)>');
    expect(note).toBe('<script>\n</script>');
  });

  it.each([
    ['no-begin', 'FN:A\r\nEND:VCARD\r\n', 1],
    ['no-begin', '', 1],
    ['no-end', 'BEGIN:VCARD\r\nVERSION:3.0\r\nFN:A\r\n', 3],
    ['no-version', card('FN:A'), 1],
    ['no-colon', card('VERSION:3.0', 'FN:A', 'this is nothing'), 4],
    ['nested', card('VERSION:3.0', 'END:VCARD', 'FN:A'), 3],
  ])('says %s with its line', (reason, text, line) => {
    let caught: unknown;
    try {
      readCard(text);
    } catch (error) {
      caught = error;
    }

    expect(caught).toBeInstanceOf(CardError);
    expect(caught).toMatchObject({ reason, line });
  });

  it('reads folds and parameters in time that grows with them', async () => {
    const long = (times: number): string =>
      card(
        'VERSION:4.0',
        'FN:A',
        `NOTE:${'a\r\n '.repeat(2_000 * times)}`,
        `X${';A=b'.repeat(5_000 * times)}:c`,
      );
    const [short, longer] = [long(1), long(8)];

    expect(readCard(longer).note).toHaveLength(16_000);
    expect(
      await slowdown(
        () => readCard(longer),
        () => readCard(short),
      ),
    ).toBeLessThan(24);
  });
});

describe('writing', () => {
  const changed = (text: string, change: Partial<Contact>): string =>
    writeCard({ ...readCard(text), ...change }, text);

  it('leaves every byte of a card that nothing changes', () => {
    expect(writeCard(readCard(STRANGE), STRANGE)).toBe(STRANGE);
    const loose = STRANGE.replaceAll('\r\n', '\n').replace('BEGIN:VCARD', 'begin:vcard');
    expect(writeCard(readCard(loose), loose)).toBe(loose);
  });

  it('changes the lines of a field alone', () => {
    expect(changed(STRANGE, { note: 'court' })).toBe(
      STRANGE.replace(/NOTE:[\s\S]*?(?=X-UNKNOWN)/, 'NOTE:court\r\n'),
    );
  });

  it('keeps the line of a value that stays beside one that goes, and its label', () => {
    const more = changed(STRANGE, {
      mails: [...readCard(STRANGE).mails, { value: 'c@brumes.example', type: 'home' }],
    });
    expect(more).toContain('item1.EMAIL;type=INTERNET;type=pref:camille@saisons.example\r\n');
    expect(more).toContain('EMAIL;TYPE=home:c@brumes.example\r\n');

    const other = changed(more, { mails: [{ value: 'c@brumes.example', type: 'home' }] });
    expect(other).not.toContain('item1.');
    expect(other).toContain('EMAIL;TYPE=home:c@brumes.example\r\n');
    expect(other).toContain('X-UNKNOWN;FOO=bar:\\;\\:a\\nb;;\r\n');
  });

  it('writes what it reads back', () => {
    const contact: Contact = {
      ...EMPTY_CONTACT,
      uid: 'urn:uuid:2',
      name: 'Yasmine, dite « l’Alizé » ; \\ Brume',
      family: 'Alizé',
      given: 'Yasmine',
      organization: 'Ministère; des Saisons',
      unit: 'Accueil, usagers',
      mails: [{ value: 'yasmine@saisons.example', type: 'work', isPreferred: true }],
      phones: [{ value: '01 99 00 00 42', type: 'fax' }],
      urls: [{ value: 'https://saisons.example/?a=1,2;b', type: 'other' }],
      addresses: [
        {
          type: 'home',
          box: '',
          extended: '',
          street: '1, rue;',
          city: 'V',
          region: '',
          code: '9',
          country: 'F',
        },
      ],
      birthday: '--02-29',
      anniversary: '2001-12-31',
      note: 'é'.repeat(200) + '\n\n😀'.repeat(40),
      categories: ['a,b', 'c'],
      photo: { type: 'image/png', content: Buffer.alloc(300, 7) },
    };
    const text = writeCard(contact);

    expect(readCard(text)).toEqual(contact);
    expect(text.split('\r\n').every((line) => Buffer.byteLength(line) <= 75)).toBe(true);
    expect(text).not.toContain('\uFFFD');
    expect(readCard(asVersion(text, '3.0'))).toEqual(contact);
    expect(readCard(asVersion(asVersion(text, '3.0'), '4.0'))).toEqual(contact);
  });

  it('lets no value begin a line of its own', () => {
    const text = writeCard({
      ...EMPTY_CONTACT,
      name: 'A\r\nX-EVIL:1',
      urls: [{ value: 'https://a.example/\r\nX-EVIL:2', type: 'other' }],
      members: ['mailto:a@b.example\r\nX-EVIL:3'],
    });

    expect(text).not.toMatch(/^X-EVIL/m);
  });

  it('makes a card of version 2.1 one of 3.0 before it changes it', () => {
    const old = card(
      'VERSION:2.1',
      'N;ENCODING=QUOTED-PRINTABLE;CHARSET=ISO-8859-1:Soleillant;Hana=E9',
      'TEL;CELL:01',
      'X-STRANGE;ENCODING=QUOTED-PRINTABLE:=C3=A9t=C3=A9, oui',
    );
    const text = changed(old, { note: 'neuf' });

    expect(text).toContain('VERSION:3.0\r\n');
    expect(text).toContain('N:Soleillant;Hanaé\r\n');
    expect(text).toContain('TEL;TYPE=cell:01\r\n');
    expect(text).toContain('X-STRANGE:été\\, oui\r\n');
    expect(readCard(text).note).toBe('neuf');
  });

  it('keeps the members of a group whatever the version calls them', () => {
    const group = writeCard({
      ...EMPTY_CONTACT,
      kind: 'group',
      name: 'Équipe',
      members: ['urn:uuid:1', 'mailto:a@b.example'],
    });

    expect(asVersion(group, '3.0')).toContain('X-ADDRESSBOOKSERVER-MEMBER:urn:uuid:1\r\n');
    expect(readCard(asVersion(group, '3.0'))).toMatchObject({
      kind: 'group',
      members: ['urn:uuid:1', 'mailto:a@b.example'],
    });
  });
});

describe('a file of cards', () => {
  /** Its cards, while it comes in pieces of so many characters. */
  function splitCards(text: string, size = text.length, maxChars = 1_000) {
    const splitter = createCardSplitter(maxChars);
    const found: unknown[] = [];
    const add = ({ isTooLarge, ...chunk }: CardChunk) =>
      found.push({ ...chunk, ...(isTooLarge && { isTooLarge }) });
    for (let at = 0; at < text.length; at += size) {
      for (const chunk of splitter.push(text.slice(at, at + size))) add(chunk);
    }
    for (const chunk of splitter.end()) add(chunk);
    return found;
  }

  it.each([
    ['line', 'X'.repeat(2_000)],
    ['card', 'X:a\r\n'.repeat(300)],
  ])('holds no %s that is longer than a card may be', (_, long) => {
    const small = card('VERSION:3.0', 'FN:A');
    const large = `BEGIN:VCARD\r\n${long}\r\nEND:VCARD\r\n`;

    for (const size of [1, 100, 10_000]) {
      expect(splitCards(`${large}${small}`, size)).toEqual([
        { line: 1, text: '', isTooLarge: true },
        { line: large.split('\n').length, text: small },
      ]);
    }
  });

  it('comes card by card with its lines, and what stands between them as well', () => {
    const [one, two] = [card('VERSION:3.0', 'FN:A'), card('VERSION:3.0', 'FN:B')];
    const file = `\uFEFF${one}\r\nrubbish\r\n${two}BEGIN:VCARD\r\nVERSION:3.0\r\nFN:cut\r\n${one}`;

    for (const size of [1, 5, 10_000]) {
      expect(splitCards(file, size)).toEqual([
        { line: 1, text: one },
        { line: 5, text: '\r\nrubbish\r\n' },
        { line: 7, text: two },
        { line: 11, text: 'BEGIN:VCARD\r\nVERSION:3.0\r\nFN:cut\r\n' },
        { line: 14, text: one },
      ]);
    }
  });

  it('leaves a card inside another where it is', () => {
    const inner = card('VERSION:2.1', 'FN:Inside');
    const outer = `BEGIN:VCARD\r\nVERSION:2.1\r\nFN:A\r\nAGENT:\r\n${inner}END:VCARD\r\n`;

    expect(splitCards(outer)).toEqual([{ line: 1, text: outer }]);
  });
});
