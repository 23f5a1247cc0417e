import { parseAddresses } from '../../../src/demo/imap/address-list';
import { formatDate, parseDate } from '../../../src/demo/imap/fetch';
import { parseMime } from '../../../src/demo/imap/mime-tree';
import { type CommandPiece, CommandReader } from '../../../src/demo/imap/reader';
import { renderEnvelope, renderStructure } from '../../../src/demo/imap/render';
import { sectionBytes } from '../../../src/demo/imap/section';
import { formatSet, parseSet, selectUids } from '../../../src/demo/imap/sets';
import { parseTokens, SyntaxProblem } from '../../../src/demo/imap/tokens';
import { decodePath, encodePath } from '../../../src/demo/imap/utf7';

const raw = (...lines: string[]): Buffer => Buffer.from(lines.join('\r\n'), 'latin1');

describe('CommandReader', () => {
  const read = (chunks: readonly string[]): { commands: CommandPiece[][]; asked: number } => {
    const commands: CommandPiece[][] = [];
    let asked = 0;
    const reader = new CommandReader({
      command: (pieces) => commands.push(pieces),
      literal: () => {
        asked++;
        return true;
      },
      tooLong: () => commands.push(['TOO LONG']),
    });
    for (const chunk of chunks) reader.feed(Buffer.from(chunk, 'latin1'));
    return { commands, asked };
  };

  it('gives the same commands however the bytes are cut', () => {
    const text = 'a APPEND INBOX {5+}\r\n12\r\n5 done\r\nb NOOP\r\n';
    const whole = read([text]).commands;

    expect(read(text.split('')).commands).toEqual(whole);
    expect(whole).toEqual([['a APPEND INBOX ', Buffer.from('12\r\n5'), ' done'], ['b NOOP']]);
  });

  it('asks before a synchronising literal only', () => {
    expect(read(['a X {1}\r\nz\r\n']).asked).toBe(1);
    expect(read(['a X {1+}\r\nz\r\n']).asked).toBe(0);
  });

  it('gives up on an endless line and on an enormous literal', () => {
    expect(read(['x'.repeat(2 * 1024 * 1024)]).commands).toEqual([['TOO LONG']]);
    expect(read(['a X {99999999999}\r\n']).commands).toEqual([['TOO LONG']]);
  });
});

describe('parseTokens', () => {
  it('keeps a section with its field list as one atom', () => {
    const [list] = parseTokens(['(UID BODY.PEEK[HEADER.FIELDS (To Cc)]<0.9>)']);

    expect(list).toEqual({
      kind: 'list',
      items: [
        { kind: 'atom', text: 'UID' },
        { kind: 'atom', text: 'BODY.PEEK[HEADER.FIELDS (To Cc)]<0.9>' },
      ],
    });
  });

  it.each(['(', ')', '"open', '('.repeat(1000)])('refuses %p', (text) => {
    expect(() => parseTokens([text.slice(0, 200)])).toThrow(SyntaxProblem);
  });
});

describe('sequence sets', () => {
  it.each([
    ['2:4', false, [20, 30, 40]],
    ['20:30', true, [20, 30]],
    ['*', true, [50]],
    ['99:*', true, [50]],
    ['*:4', false, [40, 50]],
    ['1,1,5', false, [10, 50]],
  ])('%s by uid %p names %p', (set, byUid, expected) => {
    expect(selectUids([10, 20, 30, 40, 50], parseSet(set), byUid)).toEqual(expected);
  });

  it.each(['', '0', '1:', 'a', '1;2', '-1'])('refuses %p', (set) => {
    expect(() => parseSet(set)).toThrow(SyntaxProblem);
  });

  it('shortens runs', () => {
    expect(formatSet([1, 2, 3, 7, 9, 10])).toBe('1:3,7,9:10');
  });
});

describe('mailbox names', () => {
  it.each([
    ['Éléments envoyés', '&AMk-l&AOk-ments envoy&AOk-s'],
    ['A & B', 'A &- B'],
    ['日本語', '&ZeVnLIqe-'],
  ])('encodes %s as %s and back', (path, encoded) => {
    expect(encodePath(path)).toBe(encoded);
    expect(decodePath(encoded)).toBe(path);
  });
});

describe('addresses', () => {
  it('reads names, comments, groups and commas in quotes', () => {
    expect(
      parseAddresses('"Martelet, C." <a@b.example>, x@y.example (Le X), Amis: z@z.example;'),
    ).toEqual([
      { name: 'Martelet, C.', mailbox: 'a', host: 'b.example' },
      { name: 'Le X', mailbox: 'x', host: 'y.example' },
      { name: undefined, mailbox: 'Amis', host: undefined },
      { name: undefined, mailbox: 'z', host: 'z.example' },
      { name: undefined, mailbox: undefined, host: undefined },
    ]);
  });

  it('survives a field made of openings only', () => {
    expect(parseAddresses('a:'.repeat(50_000))).toHaveLength(2);
    expect(parseAddresses('<'.repeat(50_000))).toHaveLength(1);
  });
});

describe('structure and sections', () => {
  const nested = raw(
    'Subject: out',
    'Content-Type: multipart/mixed; boundary="AA"',
    '',
    'preamble',
    '--AA',
    'Content-Type: text/plain; charset=iso-8859-1',
    '',
    'caf\xe9',
    '--AA',
    'Content-Type: message/rfc822',
    '',
    'Subject: in',
    'Content-Type: multipart/alternative; boundary=AAA',
    '',
    '--AAA',
    '',
    'plain',
    '--AAA',
    'Content-Type: text/html',
    '',
    '<p>',
    '--AAA--',
    '--AA--',
    'epilogue',
  );
  const section = (name: string): string | undefined =>
    sectionBytes(nested, parseMime(nested), name)?.toString('latin1');

  it('does not take a longer boundary for its own', () => {
    expect(parseMime(nested).children).toHaveLength(2);
  });

  it.each([
    ['1', 'caf\xe9'],
    ['1.MIME', 'Content-Type: text/plain; charset=iso-8859-1\r\n\r\n'],
    ['2.1', 'plain'],
    ['2.2', '<p>'],
    ['2.HEADER', 'Subject: in\r\nContent-Type: multipart/alternative; boundary=AAA\r\n\r\n'],
    ['HEADER.FIELDS (SUBJECT)', 'Subject: out\r\n\r\n'],
    ['HEADER.FIELDS.NOT (Subject)', 'Content-Type: multipart/mixed; boundary="AA"\r\n\r\n'],
    ['3', undefined],
    ['2.3', undefined],
  ])('gives section %s', (name, expected) => {
    expect(section(name)).toBe(expected);
  });

  it('describes the enclosed message', () => {
    const text = renderStructure(nested, parseMime(nested), true);

    expect(text).toMatch(/^\(\("text" "plain" \("charset" "iso-8859-1"\) NIL NIL "7bit" 4 0 /);
    expect(text).toContain('"message" "rfc822"');
    expect(text).toContain('(NIL "in" NIL');
  });

  it('cannot be broken out of by quotes, line ends or bytes in a subject', () => {
    const hostile = raw('Subject: a"b\\c\x00\xe9', '', '');
    expect(renderEnvelope(parseMime(hostile).fields)).toContain('{7}\r\na"b\\c\x00\xe9');
  });

  it('opens a thousand nested parts without failing, as one leaf beyond the limit', () => {
    const levels = Array.from(
      { length: 1000 },
      (_value, index) =>
        `Content-Type: multipart/mixed; boundary=b${index}x\r\n\r\n--b${index}x\r\n`,
    );
    let part = parseMime(Buffer.from(levels.join('')));
    let depth = 0;
    for (let child = part.children[0]; child; child = part.children[0]) {
      part = child;
      depth++;
    }

    expect(depth).toBe(100);
  });

  it('stops counting parts at its limit', () => {
    const message = `Content-Type: multipart/mixed; boundary=b\r\n\r\n${'--b\r\n\r\nx\r\n'.repeat(20_000)}--b--`;
    expect(parseMime(Buffer.from(message)).children.length).toBeLessThanOrEqual(10_000);
  });
});

describe('dates', () => {
  it('reads what it writes, and zones', () => {
    const date = new Date('2026-03-05T07:08:09Z');

    expect(parseDate(formatDate(date))).toEqual(date);
    expect(parseDate('05-Mar-2026 09:08:09 +0200')).toEqual(date);
    expect(parseDate('32-Foo-2026')).toBeUndefined();
  });
});
