import { slowdown } from 'estafette/plugin/testing';
import { type Contact, readCard, writeCard } from '../card';
import { foldLine } from '../card/text';

const card = (version: string, ...lines: readonly string[]): string =>
  ['BEGIN:VCARD', `VERSION:${version}`, 'FN:A', ...lines, 'END:VCARD', ''].join('\r\n');
const many = (count: number, line: (at: number) => string): readonly string[] =>
  Array.from({ length: count }, (_, at) => line(at));
const edited = (
  text: string,
  change: (contact: Contact) => Partial<Contact> = () => ({}),
): string => {
  const contact = readCard(text);
  return writeCard({ ...contact, uid: 'urn:x', note: 'autre', ...change(contact) }, text);
};

/** Eight times as much of what made time grow with its square; 64 would be that. */
const TIMES = 8;
const LESS_THAN = 24;

it.each<[string, (times: number) => unknown]>([
  [
    'spaces after a mark inside',
    (n) => edited(card('4.0', `NOTE:END:VCARD${' '.repeat(4_000 * n)}x`)),
  ],
  ['spaces after the end', (n) => edited(`${card('4.0')}${' '.repeat(8_000 * n)}`)],
  [
    'soft breaks of quoted-printable',
    (n) => {
      const soft = `${'a'.repeat(70)}=\r\n`.repeat(1_500 * n);
      return readCard(card('2.1', `NOTE;ENCODING=QUOTED-PRINTABLE:${soft}a`));
    },
  ],
  [
    'labels of many groups',
    (n) => edited(card('3.0', ...many(900 * n, (at) => `i${at}.TEL:0${at}\r\ni${at}.X-ABLABEL:l`))),
  ],
  [
    'numbers that all change',
    (n) =>
      edited(card('4.0', ...many(1_500 * n, (at) => `TEL:0${at}`)), ({ phones }) => ({
        phones: phones.map((one) => ({ ...one, value: `${one.value}9` })),
      })),
  ],
  ['folding', (n) => foldLine('é'.repeat(40_000 * n))],
])('takes time that grows with the card: %s', async (_name, run) => {
  expect(
    await slowdown(
      () => run(TIMES),
      () => run(1),
    ),
  ).toBeLessThan(LESS_THAN);
});

it.each([
  ['values', `TEL;TYPE=${'x,'.repeat(470_000)}x:01`],
  ['names', `TEL${';A=b'.repeat(230_000)}:01`],
  ['escapes', `TEL;X="${'^n'.repeat(470_000)}":01`],
])(
  'reads a line with hundreds of thousands of %s of parameters as a plain one',
  async (_of, line) => {
    const [long, plain] = [card('4.0', line), card('4.0', `TEL:01\r\nNOTE:${'x'.repeat(940_000)}`)];

    expect(readCard(long).phones).toMatchObject([{ value: '01' }]);
    expect(edited(long)).toContain(line.slice(0, 60));
    expect(
      await slowdown(
        () => readCard(long),
        () => readCard(plain),
      ),
    ).toBeLessThan(12);
  },
);

it('reads a value that soft breaks cut', () => {
  const text = card('2.1', 'NOTE;ENCODING=QUOTED-PRINTABLE:un=\r\n deux=\r\n=3D trois', 'TEL:1');
  expect(readCard(text).note).toBe('un deux= trois');
});

it('folds at 75 bytes and cuts no character', () => {
  for (const line of ['x'.repeat(75), 'x'.repeat(76), 'é'.repeat(200), `a${'😀'.repeat(90)}`]) {
    const folds = foldLine(line).split('\r\n');
    expect(folds.pop()).toBe('');
    for (const fold of folds) expect(Buffer.byteLength(fold)).toBeLessThanOrEqual(75);
    expect(folds.map((fold, at) => (at === 0 ? fold : fold.slice(1))).join('')).toBe(line);
  }
});

it('takes a label out with the only line that it names', () => {
  const text = card(
    '3.0',
    'item1.TEL:01',
    'item1.X-ABLABEL:bureau',
    'item2.TEL:02',
    'item2.X-ABLABEL:B',
  );
  const without = edited(text, ({ phones }) => ({ phones: phones.slice(0, 1) }));
  expect(without).toContain('item1.X-ABLABEL:bureau');
  expect(without).not.toContain('item2');
});
