import type { MessageStructureObject } from 'imapflow';
import {
  type BodyPart,
  buildStructure,
  cleanFilename,
  displayName,
  listedInvitation,
  partFilename,
  pickBodies,
} from '../../../src/mime';

type Extra = Partial<MessageStructureObject>;
const leaf = (type: string, extra: Extra = {}): MessageStructureObject => ({
  type,
  encoding: 'base64',
  size: 10,
  ...extra,
});
const multi = (kind: string, ...childNodes: MessageStructureObject[]): MessageStructureObject => ({
  type: `multipart/${kind}`,
  childNodes,
});
const named = (name: string): Extra => ({
  disposition: 'attachment',
  dispositionParameters: { filename: name },
});
const text = leaf('text/plain', { parameters: { charset: 'utf-8' } });
const html = leaf('text/html');
const image = leaf('image/png', { id: '<logo@site>', disposition: 'inline' });
const pdf = leaf('application/pdf', named('note.pdf'));

const WORDS = { file: 'pièce', image: 'photo', message: 'lettre', invitation: 'rendez-vous' };

const pick = (root: MessageStructureObject) => pickBodies(buildStructure(root).root);
const numbers = (parts: readonly BodyPart[]) => parts.map((part) => part.part);
const bodies = (root: MessageStructureObject) =>
  pick(root).bodies.map(({ kind, part }) => `${kind} ${part.part}`);

describe('part numbers (RFC 9051 6.4.5)', () => {
  it('calls a single part 1 and the root of a multipart TEXT', () => {
    expect(buildStructure(text).root.part).toBe('1');
    expect(buildStructure(multi('mixed', text)).root.part).toBe('TEXT');
  });

  it('numbers parts inside enclosed messages', () => {
    const enclosed = leaf('message/rfc822', { childNodes: [multi('mixed', text, pdf)] });
    const single = leaf('message/rfc822', { childNodes: [text] });
    const { root } = buildStructure(multi('mixed', text, enclosed, single));

    expect(numbers(root.children)).toEqual(['1', '2', '3']);
    expect(root.children[1]?.children[0]?.part).toBe('2.TEXT');
    expect(numbers(root.children[1]?.children[0]?.children ?? [])).toEqual(['2.1', '2.2']);
    expect(numbers(root.children[2]?.children ?? [])).toEqual(['3.1']);
  });

  it('numbers a message that is itself a message', () => {
    const { root } = buildStructure(
      leaf('message/rfc822', { childNodes: [multi('mixed', text, pdf)] }),
    );

    expect(root.part).toBe('1');
    expect(numbers(root.children[0]?.children ?? [])).toEqual(['1.1', '1.2']);
  });
});

describe('limits', () => {
  it('keeps 1,000 parts of a wide message and says so', () => {
    const tree = buildStructure(multi('mixed', ...Array.from({ length: 5_000 }, () => text)));

    expect(tree.tooComplex).toBe(true);
    expect(tree.root.children).toHaveLength(999);
  });

  it('keeps 100 levels of a deep message and says so', () => {
    let node = text;
    for (let depth = 0; depth < 3_000; depth++) node = multi('mixed', node);

    expect(buildStructure(node).tooComplex).toBe(true);
  });
});

describe('pickBodies', () => {
  it.each<[string, MessageStructureObject, string[]]>([
    ['a single text', text, ['text 1']],
    ['alternatives', multi('alternative', text, html), ['html 2']],
    ['alternatives in the wrong order', multi('alternative', html, text), ['html 1']],
    [
      'related in alternative',
      multi('alternative', text, multi('related', html, image)),
      ['html 2.1'],
    ],
    [
      'alternative in related',
      multi('related', multi('alternative', text, html), image),
      ['html 1.2'],
    ],
    ['several texts', multi('mixed', text, image, text, html), ['text 1', 'text 3', 'html 4']],
    [
      'Apple Mail',
      multi('alternative', text, multi('mixed', html, pdf, html)),
      ['html 2.1', 'html 2.3'],
    ],
    ['a signed message', multi('signed', text, leaf('application/pgp-signature')), ['text 1']],
    [
      'a report',
      multi('report', text, leaf('message/delivery-status'), leaf('text/rfc822-headers')),
      ['text 1'],
    ],
    ['an unknown multipart', multi('x-odd', text), ['text 1']],
    ['a calendar alternative', multi('alternative', text, html, leaf('text/calendar')), ['html 2']],
    ['an empty multipart', multi('mixed'), []],
    ['a lone file', pdf, []],
    [
      'a related with its root elsewhere',
      {
        ...multi('related', image, leaf('text/html', { id: '<root>' })),
        parameters: { start: '<root>' },
      },
      ['html 2'],
    ],
    ['Exchange', multi('alternative', multi('mixed', text, pdf), html), ['html 2']],
  ])('shows %s', (_, root, expected) => {
    expect(bodies(root)).toEqual(expected);
  });

  it('lists files also of an alternative that is not shown', () => {
    expect(
      numbers(pick(multi('alternative', multi('mixed', text, pdf), html)).attachments),
    ).toEqual(['1.2']);
  });

  it('has no inline image among the attachments', () => {
    const picked = pick(multi('related', html, image));

    expect(picked.attachments).toEqual([]);
    expect(numbers(Object.values(picked.inline))).toEqual(['2']);
  });

  describe('an invitation that also comes as a file', () => {
    const calendar = (type: string, extra: Extra) => leaf(type, { encoding: '8bit', ...extra });
    const alternative = (method: string, size: number) =>
      multi(
        'alternative',
        text,
        calendar('text/calendar', { size, parameters: { charset: 'utf-8', method } }),
      );
    const file = calendar('application/ics', { size: 1400, encoding: 'base64', ...named('i.ics') });
    const listed = (...parts: MessageStructureObject[]) =>
      listedInvitation(pick(multi('mixed', ...parts)))?.part;

    it('is listed once', () => {
      expect(listed(alternative('REQUEST', 1000), file)).toBeUndefined();
      const octets = { ...file, type: 'application/octet-stream' };
      expect(listed(alternative('REQUEST', 1000), octets)).toBeUndefined();
    });

    it.each([
      ['no file', []],
      ['another file', [pdf]],
      ['a calendar of another size', [{ ...file, size: 90_000 }]],
      ['two calendars', [file, file]],
      [
        'an answer',
        [calendar('text/calendar', { ...named('r.ics'), parameters: { method: 'REPLY' } })],
      ],
    ])('is listed beside %s', (_, parts) => {
      expect(listed(alternative('REQUEST', 1000), ...parts)).toBe('1.2');
    });
  });

  it('keeps calendar, enclosed message and signature apart', () => {
    const enclosed = leaf('message/rfc822', { envelope: { subject: 'Compte/rendu' } });
    const picked = pick(
      multi(
        'mixed',
        multi('alternative', text, leaf('text/calendar')),
        enclosed,
        leaf('application/ics', named('invite.ics')),
      ),
    );

    expect(picked.calendar?.part).toBe('1.2');
    expect(numbers(picked.nested)).toEqual(['2']);
    expect(numbers(picked.attachments)).toEqual(['3']);
    expect(picked.nested.map((part) => displayName(part, WORDS))).toEqual(['Compte_rendu.eml']);
    expect(pick(multi('signed', text, leaf('application/pkcs7-signature'))).signature?.part).toBe(
      '2',
    );
  });

  it('treats text with a file name, and any unknown disposition, as a file', () => {
    const picked = pick(
      multi(
        'mixed',
        text,
        leaf('text/plain', named('a.txt')),
        leaf('text/html', { disposition: 'x-odd' }),
      ),
    );

    expect(numbers(picked.attachments)).toEqual(['2', '3']);
  });
});

describe('file names', () => {
  it.each<[string, Record<string, string>, string]>([
    ['plain', { filename: 'note.pdf' }, 'note.pdf'],
    ['RFC 2231', { 'filename*': "utf-8'fr'r%C3%A9union.pdf" }, 'réunion.pdf'],
    ['RFC 2231 latin1', { 'filename*': "iso-8859-1''%E9t%E9.pdf" }, 'été.pdf'],
    [
      'continuations',
      { 'filename*0*': "utf-8''r%C3%A9", 'filename*1': 'union', 'filename*2*': '%20%C3%A0.pdf' },
      'réunion à.pdf',
    ],
    [
      'encoded words in quotes',
      { filename: '=?utf-8?Q?r=C3=A9union?= =?utf-8?Q?=2Epdf?=' },
      'réunion.pdf',
    ],
    ['raw bytes', { filename: Buffer.from('réunion.pdf').toString('latin1') }, 'réunion.pdf'],
    ['percent without star', { filename: 'r%C3%A9union 100%.pdf' }, 'réunion 100%.pdf'],
    ['a path', { filename: 'C:\\Users\\x\\..\\note.pdf' }, 'note.pdf'],
    ['traversal', { filename: '../../etc/passwd' }, 'passwd'],
    ['controls and bidi marks', { filename: 'fac\u202efdp.exe\r\n\0x' }, 'facfdp.exe x'],
    ['an encoded line end', { filename: '=?utf-8?Q?a=0D=0AX:_b=2Epdf?=' }, 'a X_ b.pdf'],
  ])('reads %s', (_, parameters, expected) => {
    expect(partFilename(parameters, {})).toBe(expected);
  });

  it('falls back to the name of the type, then to a generated one', () => {
    expect(partFilename({}, { name: 'plan.odt' })).toBe('plan.odt');
    const { root } = buildStructure(
      multi(
        'mixed',
        leaf('image/jpeg'),
        leaf('application/x-odd'),
        leaf('text/csv', { dispositionParameters: { filename: '../' } }),
      ),
    );
    expect(root.children.map((part) => displayName(part, WORDS))).toEqual([
      'photo-1.jpg',
      'pièce-2.bin',
      'pièce-3.csv',
    ]);
  });

  it('shortens long names and keeps the extension', () => {
    const name = cleanFilename(`${'é'.repeat(500)}.docx`);

    expect(name.length).toBeLessThanOrEqual(120);
    expect(name).toMatch(/^é+\.docx$/);
  });
});
