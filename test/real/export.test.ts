import { type PrivateDovecot, startDovecot } from '../../src/demo/real/dovecot';
import { aBench, type Bench, PASSWORD } from '../embedded/mail-kit';

let server: PrivateDovecot;
let bench: Bench;
const mailboxes = [{ path: 'INBOX' }];

beforeAll(async () => {
  server = await startDovecot({ users: [{ username: 'alice', password: PASSWORD, mailboxes }] });
  bench = aBench({ server });
});
afterAll(async () => {
  await bench.close();
  await server.close();
});

const message = (number: number): Buffer =>
  Buffer.from(
    [
      `Message-ID: <m${number}@export.example>`,
      'From: Odile <odile@saisons.example>',
      `Subject: numéro ${number}`,
      '',
      number % 3 === 0 ? 'From the start\r\n>From a quote' : `texte ${number} – é`,
      number % 7 === 0 ? 'x'.repeat(700_000) : '',
      number % 5 === 0 ? 'sans fin' : '',
    ].join('\r\n'),
  );

it('writes every message of a mailbox, with its flags and the time of its arrival', async () => {
  for (let number = 1; number <= 150; number++) server.deliver('alice', message(number));
  const list = { mailbox: 'INBOX', sort: 'arrival', order: 'asc', page: 1, criteria: {} } as const;
  const { rows, uidValidity } = await bench.mail.list(bench.actor, list);
  const [first, second, third] = rows;
  if (!first || !second || !third) throw new Error('no messages');
  const on = { mailbox: 'INBOX', uidValidity, uids: [first.uid, third.uid] };
  await bench.mail.flag(bench.actor, on, 'seen', true);
  await bench.mail.flag(bench.actor, { ...on, uids: [third.uid] }, 'flagged', true);
  await bench.mail.label(bench.actor, { ...on, uids: [second.uid] }, '$label1', true);

  const { count, pieces } = await bench.mail.exportMailbox(bench.actor, 'INBOX');
  expect(count).toBe(150);
  const parts: Buffer[] = [];
  for await (const piece of pieces) parts.push(piece);
  const text = Buffer.concat(parts).toString('utf8');

  // As any reader of mbox files takes it apart.
  const found = text.split(/^From (?=\S+ \w{3} \w{3} [ \d]\d \d\d:\d\d:\d\d \d{4}$)/m).slice(1);
  expect(found).toHaveLength(150);
  const read = found.map((one) => {
    const [, head = '', body = ''] =
      /^[^\n]+\n((?:(?:X-)?(?:Status|Keywords): [^\n]*\n)+)([\s\S]*)\n\n$/.exec(one) ?? [];
    return { head, raw: body.replace(/^>(>*From )/gm, '$1').replaceAll('\n', '\r\n') };
  });
  const numberOf = (raw: string): number => Number(/<m(\d+)@export/.exec(raw)?.[1]);
  // What a Maildir is given within a second comes in any order.
  expect(read.map(({ raw }) => numberOf(raw)).toSorted((a, b) => a - b)).toEqual(
    Array.from({ length: 150 }, (_, at) => at + 1),
  );
  const differing = read.filter(
    ({ raw }) => raw.trimEnd() !== message(numberOf(raw)).toString('utf8').trimEnd(),
  );
  expect(differing.map(({ raw }) => numberOf(raw))).toEqual([]);
  expect(read.slice(0, 4).map(({ head }) => head)).toEqual([
    'Status: RO\n',
    'Status: O\nX-Keywords: $label1\n',
    'Status: RO\nX-Status: F\n',
    'Status: O\n',
  ]);
  const dates = found.map((one) => Date.parse(`${/ (\w{3} .*)$/m.exec(one)?.[1] ?? ''} UTC`));
  expect(dates.every((at) => Math.abs(at - Date.now()) < 600_000)).toBe(true);
}, 60_000);

it('is empty for an empty mailbox, and refuses one that is not there', async () => {
  await bench.mail.newMailbox(bench.actor, { name: 'Vide', parent: '' });
  const { count, pieces } = await bench.mail.exportMailbox(bench.actor, 'Vide');
  expect([count, (await pieces.next()).done]).toEqual([0, true]);
  await expect(bench.mail.exportMailbox(bench.actor, 'Nulle part')).rejects.toMatchObject({
    code: 'mailbox/not-found',
  });
});
