import { Readable } from 'node:stream';
import { mboxBytes, mboxHead } from '../../../src/mail/mbox/write';
import { type FoundMessage, readAlone, readMbox } from '../../../src/transfer/mbox-reader';

async function read(text: string | Buffer, step = 7, from = 0): Promise<FoundMessage[]> {
  const bytes = Buffer.from(text);
  const pieces: Buffer[] = [];
  for (let at = from; at < bytes.length; at += step) pieces.push(bytes.subarray(at, at + step));
  const found: FoundMessage[] = [];
  for await (const one of readMbox(Readable.from(pieces), { from, maxBytes: 10_000 }))
    found.push(one);
  return found;
}
const rawOf = ({ raw }: FoundMessage): string => raw?.toString('utf8') ?? '(none)';

it('reads back what is written: texts, flags and dates, cut anywhere', async () => {
  const messages = [
    'Subject: un\r\n\r\nFrom the start\r\n>From a quote\r\n>>From more\r\n',
    'Subject: deux\r\n\r\n\r\n\r\n',
    'Subject: trois\r\n\r\nétéà\r\n',
    'Subject: sans corps\r\n\r\n',
    'Subject: faux\r\n\r\ntexte\r\n\r\nFrom somebody Mon Jan  5 05:05:05 2026\r\nsuite\r\n',
  ];
  let file = '';
  for (const [index, raw] of messages.entries()) {
    const flags = index === 0 ? ['\\Seen', '\\Flagged', '$label1'] : [];
    file += mboxHead({ sender: 'a@b.example', arrivedAt: Date.UTC(2026, 0, index + 1), flags });
    for await (const piece of mboxBytes(Readable.from([Buffer.from(raw)])))
      file += piece.toString();
  }
  for (const step of [1, 3, 64, 100_000]) {
    const found = await read(file, step);
    expect(found.map(rawOf)).toEqual(messages);
    expect(found.map(({ arrivedAt }) => arrivedAt?.getTime())).toEqual(
      messages.map((_, index) => Date.UTC(2026, 0, index + 1)),
    );
    expect(found[0]?.flags).toEqual(['\\Seen', '\\Flagged', '$label1']);
    expect(found[1]?.flags).toEqual([]);
    // Each position begins the next one.
    expect((await read(file, step, found[1]?.end)).map(rawOf)).toEqual(messages.slice(2));
    expect(found.at(-1)?.end).toBe(Buffer.byteLength(file));
  }
});

it('takes what Thunderbird keeps of a message out of it, and leaves out what is deleted', async () => {
  const file = [
    'From - Tue Nov 24 09:00:00 2026',
    'X-Mozilla-Status: 0005',
    'X-Mozilla-Status2: 00000000',
    'X-Mozilla-Keys: $label2 important',
    'Subject: un',
    '',
    'texte',
    '',
    'From - Tue Nov 24 09:00:00 2026',
    'X-Mozilla-Status: 0009',
    'Subject: parti',
    '',
    'texte',
  ].join('\r\n');
  const [first, second, ...others] = await read(file);
  expect(others).toEqual([]);
  expect(first).toMatchObject({
    flags: ['\\Seen', '\\Flagged', '$label2', 'important'],
    isDeleted: false,
  });
  expect(first && rawOf(first)).toBe('Subject: un\r\n\r\ntexte\r\n');
  expect(second).toMatchObject({ isDeleted: true, raw: undefined });
});

it.each([
  ['nothing', ''],
  ['no separator', 'Subject: a\n\nb\n'],
  ['words like one', 'From here to there\nFrom  \n'],
])('finds no message in %s', async (_name, text) => {
  expect(await read(text)).toEqual([]);
});

it('says how large a message is that it does not keep, and goes on after it', async () => {
  const head = 'From a@b.example Mon Jan  5 05:05:05 2026\n';
  const file = `${head}Subject: gros\n\n${'x'.repeat(30_000)}\n\n${head}Subject: après\n\ny\n\n`;
  const found = await read(file, 4_096);
  expect(found.map(rawOf)).toEqual(['(none)', 'Subject: après\r\n\r\ny\r\n']);
  expect(found[0]?.sizeBytes).toBeGreaterThan(30_000);
});

it('holds no more than a message may have, whatever its lines are', async () => {
  const head = 'From a@b.example Mon Jan  5 05:05:05 2026\nSubject: vide\n\n';
  const [one] = await read(`${head}${'\n'.repeat(200_000)}`, 65_536);
  expect(one).toMatchObject({ raw: undefined, sizeBytes: 400_017 });
  const keywords = Array.from({ length: 400 }, (_, index) => `k${index}`)
    .join(' ')
    .slice(0, 900);
  const [many] = await read(
    `From a@b.example Mon Jan  5 05:05:05 2026\nX-Keywords: ${keywords}\nX-Keywords: autre\n\nx\n`,
    64,
  );
  expect(many?.flags).toHaveLength(50);
});

it('takes the one message of a file as it is', async () => {
  const file = 'Status: RO\nSubject: seul\n\n>From ici\n\n';
  const one = await readAlone(Readable.from([Buffer.from(file)]), 10_000);
  expect(rawOf(one)).toBe(file.replaceAll('\n', '\r\n'));
  expect(one.flags).toEqual([]);
});

it('costs as much as the file is long', async () => {
  const lines = `${'>'.repeat(900)}From x\n`.repeat(5_000) + 'Status: '.repeat(100_000);
  const started = performance.now();
  await read(`From a@b.example Mon Jan  5 05:05:05 2026\nSubject: a\n\n${lines}`, 65_536);
  expect(performance.now() - started).toBeLessThan(5_000);
});
