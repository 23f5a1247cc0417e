import { type PrivateDovecot, startDovecot } from '../../src/demo/real/dovecot';
import { parseQuery, type SearchedMailbox } from '../../src/mail';
import { aBench, aMessage, type Bench, PASSWORD } from '../embedded/mail-kit';

const MAILBOXES = ['INBOX', 'Projets', 'Projets.Été', 'Grande'];
let server: PrivateDovecot;
let bench: Bench;

beforeAll(async () => {
  server = await startDovecot({
    users: [
      { username: 'alice', password: PASSWORD, mailboxes: MAILBOXES.map((path) => ({ path })) },
    ],
  });
  await server.generateMailbox('alice', 3_000, 'Grande');
  const put = (mailbox: string, subject: string, day: string, text = 'Rien.') =>
    server.deliver('alice', aMessage({ subject, date: new Date(day), text }), mailbox);
  put('INBOX', '=?utf-8?Q?R=C3=A9union_chrysocale?=', '2026-01-05T05:05:05Z');
  put('INBOX', 'Autre', '2026-01-06T05:05:05Z');
  put('Projets', 'Chrysocale (ancien)', '2025-01-05T05:05:05Z');
  put('Projets.Été', 'Rapport', '2026-03-05T05:05:05Z', 'Le métal chrysocale.');
}, 120_000);
afterAll(() => server.close());
beforeEach(() => {
  bench = aBench({ server });
});
afterEach(() => bench.close());

async function search(text: string, mailboxes: readonly string[] = MAILBOXES) {
  const { query, problems } = parseQuery(text, { today: '2026-11-23' });
  expect(problems).toEqual([]);
  const found: SearchedMailbox[] = [];
  await bench.mail.search(
    bench.actor,
    { criteria: query ? { query } : {}, mailboxes, limit: 50 },
    { signal: new AbortController().signal, onMailbox: (one) => found.push(one) },
  );
  return found;
}
const subjectsOf = (found: readonly SearchedMailbox[]): readonly string[] =>
  found.flatMap((one) => ('rows' in one ? one.rows.map(({ subject }) => subject) : [])).sort();

it.each([
  ['subject:chrysocale', ['Chrysocale (ancien)', 'Réunion chrysocale']],
  ['chrysocale', ['Chrysocale (ancien)', 'Rapport', 'Réunion chrysocale']],
  // Messages of the large mailbox are dated from today on backwards: one of them may be a meeting of that day.
  ['subject:réunion chrysocale before:2026-01-06 after:2026-01-05', ['Réunion chrysocale']],
  ['subject:"réunion chrysocale"', ['Réunion chrysocale']],
  ['(subject:chrysocale -subject:ancien) OR body:métal', ['Rapport', 'Réunion chrysocale']],
  ['chrysocale after:2026', ['Rapport', 'Réunion chrysocale']],
  ['chrysocale on:05/01/2026', ['Réunion chrysocale']],
  ['chrysocale larger:1M', []],
  [
    'chrysocale is:unread smaller:1M -has:attachment',
    ['Chrysocale (ancien)', 'Rapport', 'Réunion chrysocale'],
  ],
])('%s is found in all mailboxes', async (text, subjects) => {
  expect(subjectsOf(await search(text))).toEqual([...subjects]);
});

it('tells of each mailbox as soon as it has answered, and which one failed', async () => {
  const found = await search('subject:chrysocale', [...MAILBOXES, 'Absente']);
  expect(found.map(({ mailbox }) => mailbox).sort()).toEqual([...MAILBOXES, 'Absente'].sort());
  const failed = found.find(({ mailbox }) => mailbox === 'Absente');
  expect(failed && 'error' in failed && failed.error.code).toBe('mailbox/not-found');
});
