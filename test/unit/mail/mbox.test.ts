import { mboxBytes, mboxHead } from '../../../src/mail/mbox/write';

const bytesOf = async (pieces: readonly Buffer[]): Promise<string> => {
  const out: Buffer[] = [];
  const source = async function* () {
    for (const piece of pieces) {
      await Promise.resolve();
      yield piece;
    }
  };
  for await (const piece of mboxBytes(source())) out.push(piece);
  return Buffer.concat(out).toString('latin1');
};
const cut = (text: string, size: number): readonly Buffer[] => {
  const bytes = Buffer.from(text, 'latin1');
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, at) =>
    bytes.subarray(at * size, (at + 1) * size),
  );
};

describe('the head of a message', () => {
  it('has the separator of RFC 4155 and the flags that other programs read', () => {
    expect(
      mboxHead({
        sender: 'odile@saisons.example',
        arrivedAt: Date.UTC(2026, 0, 5, 5, 6, 7),
        flags: ['\\Seen', '\\flagged', '\\Answered', '$label1', 'marches_publics', '\\Recent'],
      }),
    ).toBe(
      'From odile@saisons.example Mon Jan  5 05:06:07 2026\nStatus: RO\nX-Status: AF\nX-Keywords: $label1 marches_publics\n',
    );
  });
  it.each(['', 'a b@c.example', 'a@b\r\nX: y', 'é@c.example'])(
    'lets no sender move the date: %p',
    (sender) => {
      expect(mboxHead({ sender, arrivedAt: 0, flags: [] })).toBe(
        'From MAILER-DAEMON Thu Jan  1 00:00:00 1970\nStatus: O\n',
      );
    },
  );
});

const HOSTILE =
  'Subject: x\r\n\r\nFrom here on\r\n>From a quote\r\n>>From deeper\r\n From aside\r\nfrom small\r\n' +
  `${'z'.repeat(500)}\r\n\r\nFrom \r\nFrom`;
const WANTED =
  'Subject: x\n\n>From here on\n>>From a quote\n>>>From deeper\n From aside\nfrom small\n' +
  `${'z'.repeat(500)}\n\n>From \nFrom\n\n`;

it.each([1, 2, 3, 7, 199, 200, 201, 499, 10_000])(
  'quotes every separator, wherever the bytes are cut (%i)',
  async (size) => {
    expect(await bytesOf(cut(HOSTILE, size))).toBe(WANTED);
  },
);

it('keeps every byte of a line that never ends', async () => {
  const long = `From ${'a'.repeat(100_000)}\r\r\nb`;
  expect(await bytesOf(cut(long, 1_000))).toBe(`>From ${'a'.repeat(100_000)}\r\nb\n\n`);
  expect(await bytesOf([])).toBe('\n');
});

it('can be read back: one mark less on each marked line', async () => {
  const text = await bytesOf(cut(HOSTILE, 11));
  const back = text
    .slice(0, -2)
    .replace(/^>(>*From )/gm, '$1')
    .replaceAll('\n', '\r\n');
  expect(back).toBe(HOSTILE);
});
