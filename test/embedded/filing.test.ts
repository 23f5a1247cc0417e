import type { Uid } from '../../src/base/types';
import { type DemoImap, startDemoImap } from '../../src/demo/imap';
import type { FiledBy } from '../../src/mail/types';
import { ALL, aBench, type Bench, PASSWORD } from './mail-kit';

const message = (subject: string, date: string, from = 'Odile <Odile@Saisons.example>') => ({
  raw: Buffer.from(`From: ${from}\r\nSubject: ${subject}\r\nDate: ${date}\r\n\r\ntexte\r\n`),
});
let server: DemoImap;
let bench: Bench;

beforeEach(async () => {
  const messages = [
    message('mars', 'Mon, 02 Mar 2026 10:00:00 +0000'),
    // Already the new year in Paris.
    message('réveillon', 'Wed, 31 Dec 2025 23:30:00 +0000'),
    message('été', 'Fri, 05 Jul 2024 10:00:00 +0200', 'a.b@c.example'),
    message('sans date', 'hier', ''),
  ];
  const mailboxes = [
    { path: 'INBOX', messages },
    { path: 'Archive', specialUse: '\\Archive' },
  ];
  server = await startDemoImap({ users: [{ username: 'alice', password: PASSWORD, mailboxes }] });
  bench = aBench({ server });
});
afterEach(async () => {
  await bench.close();
  await server.close();
});

const list = (mailbox: string) => bench.mail.list(bench.actor, { ...ALL, mailbox, page: 1 });
async function archive(by: FiledBy, uids = [1, 2, 3, 4]) {
  const { uidValidity } = await list('INBOX');
  const on = { mailbox: 'INBOX', uidValidity, uids: uids.map((uid) => uid as Uid) };
  return bench.mail.archive(bench.actor, on, by);
}
/** Subjects by mailbox, of those below the archive that hold any. */
async function filed(): Promise<Record<string, string[]>> {
  const { mailboxes } = await bench.mail.account(bench.actor, { fresh: true });
  const all = (boxes: typeof mailboxes): string[] =>
    boxes.flatMap(({ path, children }) => [path, ...all(children)]);
  const found: Record<string, string[]> = {};
  for (const path of all(mailboxes).filter((one) => one.startsWith('Archive'))) {
    const { rows } = await list(path);
    if (rows.length > 0) found[path] = rows.map(({ subject }) => subject).sort();
  }
  return found;
}

it('goes by year, in the agent’s time, into mailboxes that are made once', async () => {
  expect(await archive('year', [1])).toMatchObject({
    count: 1,
    moved: { mailbox: 'Archive/2026' },
  });
  const { moved, count } = await archive('year', [2, 3]);
  expect([moved, count]).toEqual([undefined, 2]);
  expect(await filed()).toEqual({ 'Archive/2026': ['mars', 'réveillon'], 'Archive/2024': ['été'] });
});

it('goes by month below its year', async () => {
  await archive('month', [1, 2, 3]);
  expect(await filed()).toEqual({
    'Archive/2026/2026-03': ['mars'],
    'Archive/2026/2026-01': ['réveillon'],
    'Archive/2024/2024-07': ['été'],
  });
});

it('goes by sender, whatever the letters of the address; without one, into the archive itself', async () => {
  await archive('sender');
  expect(await filed()).toEqual({
    'Archive/odile@saisons.example': ['mars', 'réveillon'],
    'Archive/a.b@c.example': ['été'],
    Archive: ['sans date'],
  });
});

it('is one mailbox unless asked otherwise', async () => {
  await archive('one');
  expect(await filed()).toEqual({ Archive: ['été', 'mars', 'réveillon', 'sans date'].sort() });
});
