import {
  decodeText,
  decodeTransfer,
  decodeWords,
  firstHeader,
  parseHeaders,
  transferDecoder,
} from '../../../src/mime';

const hex = (text: string) => Buffer.from(text.replace(/\s/g, ''), 'hex');

describe('decodeText', () => {
  it.each<[string, Buffer, string, string]>([
    ['utf-8', hex('c3a9 e282ac'), 'utf-8', 'é€'],
    ['utf-8 with mark', hex('efbbbf c3a9'), 'iso-8859-1', 'é'],
    ['windows-1252', hex('e9 20 80 92 9c'), 'windows-1252', 'é €’œ'],
    ['iso-8859-1 means windows-1252', hex('e9 20 80 92'), 'ISO-8859-1', 'é €’'],
    ['iso-8859-15', hex('e9 20 a4 bd'), 'iso-8859-15', 'é €œ'],
    ['iso-8859-2', hex('b1 e6'), 'iso-8859-2', 'ąć'],
    ['koi8-r', hex('f0d2c9d7c5d4'), 'koi8-r', 'Привет'],
    ['windows-1251', hex('cff0e8e2e5f2'), 'windows-1251', 'Привет'],
    ['iso-2022-jp', hex('1b2442 467c 4b5c 1b2842'), 'iso-2022-jp', '日本'],
    ['iso-2022-jp labelled ascii', hex('1b2442 467c 4b5c 1b2842'), 'us-ascii', '日本'],
    ['shift_jis', hex('93fa 967b'), 'Shift_JIS', '日本'],
    ['euc-jp', hex('c6fc cbdc'), 'euc-jp', '日本'],
    ['gb2312', hex('d6d0 b9fa'), 'gb2312', '中国'],
    ['big5', hex('a4a4 b0ea'), 'big5', '中國'],
    ['euc-kr', hex('c7d1 b1b9'), 'ks_c_5601-1987', '한국'],
    ['utf-7', Buffer.from('R+AOk-union +- 3 +IKw-'), 'utf-7', 'Réunion + 3 €'],
    ['utf-16le with mark', hex('fffe e900 ac20'), 'utf-16', 'é€'],
    ['utf-16be with mark', hex('feff 00e9 20ac'), 'utf-16', 'é€'],
    ['utf-16be', hex('00e9 20ac'), 'utf-16be', 'é€'],
    ['utf-8 labelled latin1', Buffer.from('déjà vu'), 'iso-8859-1', 'déjà vu'],
    ['utf-8 labelled ascii', Buffer.from('déjà vu'), 'us-ascii', 'déjà vu'],
    ['utf-8 labelled latin9', Buffer.from('déjà vu'), 'iso-8859-15', 'déjà vu'],
    ['latin1 labelled utf-8', hex('64e96ae0 20 7675'), 'utf-8', 'déjà vu'],
    ['unknown label', hex('e9'), 'x-martian', 'é'],
    ['unknown label, utf-8', Buffer.from('é'), 'x-martian', 'é'],
    ['quoted label', hex('e9'), '"windows-1252"', 'é'],
    ['cut utf-8', Buffer.from('déjà').subarray(0, 5), 'utf-8', 'déj\ufffd'],
    ['nothing', Buffer.alloc(0), 'utf-8', ''],
  ])('reads %s', (_, bytes, label, text) => {
    expect(decodeText(bytes, label)).toBe(text);
  });

  it('never throws, whatever the label', () => {
    const labels = [
      '',
      '__proto__',
      'constructor',
      'base64',
      'hex',
      'utf-32',
      'x'.repeat(9_000),
      '\0',
      '*',
      'internal',
    ];

    for (const label of labels) {
      expect(typeof decodeText(Buffer.from([0xff, 0x00, 0xc3, 0x28]), label)).toBe('string');
    }
  });
});

describe('transfer encodings', () => {
  it.each<[string, string, string, string]>([
    ['base64', 'Qm9uam91cg==', 'base64', 'Bonjour'],
    ['base64 with foreign characters', 'Qm9u\r\n !am91cg', 'BASE64', 'Bonjour'],
    ['base64 padded in the middle', 'Qm9u\nam8=dXI=', 'base64', 'Bonjour'],
    ['quoted-printable', 'd=C3=A9j=\r\n=C3=A0 vu', 'quoted-printable', 'déjà vu'],
    ['quoted-printable in lower case, bare LF', 'd=c3=a9=\nx', 'quoted-printable', 'déx'],
    ['quoted-printable with blanks at line ends', 'a  \r\nb= \r\nc', 'quoted-printable', 'a\r\nbc'],
    ['broken quoted-printable', '1 = 1 =ZZ =', 'quoted-printable', '1 = 1 =ZZ '],
    ['uuencode', "begin 644 a.txt\n'0F]N:F]U<@``\n`\nend\n", 'x-uuencode', 'Bonjour'],
    ['unknown', 'Bonjour', 'x-what', 'Bonjour'],
  ])('reads %s, whole and byte by byte', (_, source, encoding, text) => {
    const bytes = Buffer.from(source, 'latin1');
    const decoder = transferDecoder(encoding);
    const pieces = [...bytes].map((byte) => Buffer.from(decoder.push(Buffer.from([byte]))));

    expect(decodeTransfer(bytes, encoding).bytes.toString()).toBe(text);
    expect(Buffer.concat([...pieces, decoder.end()]).toString()).toBe(text);
  });

  it('stops at the limit and says so', () => {
    const bomb = Buffer.alloc(4_000_000, 'QUFB');
    const { bytes, truncated } = decodeTransfer(bomb, 'base64', 1_000);

    expect(bytes).toHaveLength(1_000);
    expect(truncated).toBe(true);
  });

  it('decodes a quoted-printable line of megabytes cut anywhere', () => {
    const decoder = transferDecoder('quoted-printable');
    const source = Buffer.from('=C3=A9'.repeat(50_000));
    const out: Buffer[] = [];
    for (let at = 0; at < source.length; at += 70_001) {
      out.push(Buffer.from(decoder.push(source.subarray(at, at + 70_001))));
    }

    expect(Buffer.concat([...out, decoder.end()]).toString()).toBe('é'.repeat(50_000));
  });
});

describe('headers', () => {
  it.each([
    ['=?UTF-8?Q?R=C3=A9union_du_12?=', 'Réunion du 12'],
    ['=?utf-8?B?w6k=?=\t=?utf-8?B?w6A=?=', 'éà'],
    ['=?utf-8?Q?=C3?= =?utf-8?Q?=A9t=C3=A9?=', 'été'],
    ['=?iso-8859-1?Q?=E9?= texte =?utf-8*fr?Q?=C3=A0?=', 'é texte à'],
    ['=?utf-8?Q?Réunion du 12?=', 'Réunion du 12'],
    ['=?iso-2022-jp?B?GyRCRnxLXBsoQg==?=', '日本'],
    ['=?x?y?z?= =? 1 < 2 ?=', '=?x?y?z?= =? 1 < 2 ?='],
  ])('decodes %j', (source, text) => {
    expect(decodeWords(source)).toBe(text);
  });

  it('unfolds, decodes raw 8-bit text and flattens encoded line ends', () => {
    const block = parseHeaders(
      Buffer.concat([
        Buffer.from('Subject: =?utf-8?Q?a=0D=0ABcc:_x?=\r\n suite\r\nX-Raw: '),
        Buffer.from([0xe9, 0x74, 0xe9]),
        Buffer.from('\r\nX-Utf: été\r\nbroken\r\n\r\nBody: no\r\n'),
      ]),
    );

    expect(firstHeader(block, 'subject')).toBe('a Bcc: x suite');
    expect(firstHeader(block, 'x-raw')).toBe('été');
    expect(firstHeader(block, 'x-utf')).toBe('été');
    expect(firstHeader(block, 'body')).toBeUndefined();
  });
});
