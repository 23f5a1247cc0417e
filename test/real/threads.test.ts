import { type PrivateDovecot, startDovecot } from '../../src/demo/real/dovecot';
import { aBench, type Bench, PASSWORD } from '../embedded/mail-kit';

let server: PrivateDovecot;

const message = (id: string, more: Readonly<Record<string, string>> = {}): string =>
  [
    `Message-ID: <${id}@threads.example>`,
    'From: Odile <odile@saisons.example>',
    `Date: Mon, 05 Jan 2026 05:${id.padStart(2, '0')}:05 +0000`,
    ...Object.entries({ Subject: 'Réunion', ...more }).map(([name, value]) => `${name}: ${value}`),
    '',
    `texte ${id}`,
    '',
  ].join('\r\n');
const refers = (...ids: readonly string[]): Readonly<Record<string, string>> => ({
  References: ids.map((id) => `<${id}@threads.example>`).join(' '),
  'In-Reply-To': `<${ids.at(-1) ?? ''}@threads.example>`,
  Subject: 'Re: Réunion',
});

/** Two threads and a message alone; the agent's answer is in Sent, an older one in Archives. */
function fill(username: string): void {
  server.deliver(username, message('1'), 'Archives');
  server.deliver(username, message('2', refers('1')));
  server.deliver(username, message('3', { Subject: 'Autre' }));
  server.deliver(username, message('4', refers('1', '2')), 'Sent');
  server.deliver(username, message('5', refers('1', '2', '4')));
  server.deliver(username, message('6', { ...refers('3'), Subject: 'Re: Autre' }));
  server.deliver(username, message('7', { Subject: 'Seul' }));
}

beforeAll(async () => {
  const mailboxes = [
    { path: 'INBOX' },
    { path: 'Sent', specialUse: '\\Sent' as const },
    { path: 'Archives', specialUse: '\\Archive' as const },
  ];
  server = await startDovecot({
    users: ['alice', 'bob'].map((username) => ({ username, password: PASSWORD, mailboxes })),
  });
  for (const username of ['alice', 'bob']) fill(username);
});
afterAll(() => server.close());

const QUERY = {
  mailbox: 'INBOX',
  sort: 'date',
  order: 'desc',
  page: 1,
  criteria: {},
  threads: true,
} as const;

const lines = async ({ mail, actor }: Bench) => {
  const page = await mail.list(actor, QUERY);
  return page.rows.map(({ uid, messageId }) => [
    messageId?.replace(/[<>]|@.*/g, ''),
    page.conversations?.get(uid)?.uids.length ?? 1,
  ]);
};

it('lists conversations by their newest message, and keeps up with what comes and goes', async () => {
  const bench = aBench({ server, username: 'alice' });
  expect(await lines(bench)).toEqual([
    ['7', 1],
    ['6', 2],
    ['5', 2],
  ]);
  server.deliver('alice', message('8', refers('1', '2', '4', '5')));
  expect(await lines(bench)).toEqual([
    ['8', 3],
    ['7', 1],
    ['6', 2],
  ]);
  const page = await bench.mail.list(bench.actor, QUERY);
  const [head] = page.rows;
  if (!head) throw new Error('no row');
  const on = { mailbox: 'INBOX', uidValidity: page.uidValidity, uids: [head.uid] };
  const all = await bench.mail.conversationUids(bench.actor, on);
  expect(all).toHaveLength(3);
  await bench.mail.remove(bench.actor, { ...on, uids: all });
  expect(await lines(bench)).toEqual([
    ['7', 1],
    ['6', 2],
  ]);
  await bench.close();
});

it('reads a conversation with what was sent and what was filed, oldest first', async () => {
  const bench = aBench({ server, username: 'bob' });
  const { rows } = await bench.mail.list(bench.actor, QUERY);
  const head = rows.find(({ messageId }) => messageId?.startsWith('<5@'));
  if (!head) throw new Error('no row');
  const view = await bench.mail.message(bench.actor, { mailbox: 'INBOX', uid: head.uid });
  const { messages, isPartial } = await bench.mail.conversation(bench.actor, view);
  expect(
    messages.map(({ mailbox, row }) => `${mailbox} ${row.messageId?.slice(1, 2) ?? ''}`),
  ).toEqual(['Archives 1', 'INBOX 2', 'Sent 4', 'INBOX 5']);
  expect(isPartial).toBe(false);
  const newest = await bench.mail.neighbours(bench.actor, QUERY, view.ref);
  const other = rows.find(({ messageId }) => messageId?.startsWith('<6@'));
  expect(newest).toEqual({ newer: other?.uid, older: undefined });
  await bench.close();
});

it('threads as the server does where it cannot', async () => {
  const plain = await startDovecot({
    users: [
      {
        username: 'bob',
        password: PASSWORD,
        mailboxes: [{ path: 'INBOX' }, { path: 'Sent' }, { path: 'Archives' }],
      },
    ],
    capabilities: 'IMAP4rev1 LITERAL+ UIDPLUS MOVE',
  });
  const real = server;
  server = plain;
  fill('bob');
  server = real;
  const bench = aBench({ server: plain, username: 'bob' });
  expect(await lines(bench)).toEqual([
    ['7', 1],
    ['6', 2],
    ['5', 2],
  ]);
  await bench.close();
  await plain.close();
});
