import { type PrivateDovecot, startDovecot } from '../../src/demo/real/dovecot';
import { ALL, aBench, aMessage, type Bench, PASSWORD } from '../embedded/mail-kit';

let server: PrivateDovecot;
let bench: Bench;

beforeAll(async () => {
  server = await startDovecot({
    users: [{ username: 'alice', password: PASSWORD, mailboxes: [{ path: 'INBOX' }] }],
  });
  bench = aBench({ server });
}, 120_000);
afterAll(async () => {
  await bench.close();
  await server.close();
});

const seen = async (): Promise<Readonly<Record<string, readonly [boolean, readonly string[]]>>> => {
  const { rows } = await bench.mail.list(bench.actor, { ...ALL, mailbox: 'INBOX', page: 1 });
  return Object.fromEntries(
    rows.map(({ subject, isSeen, keywords }) => [subject, [isSeen, keywords]]),
  );
};

it('Dovecot: answers by References or In-Reply-To come read, once, and say so by a keyword', async () => {
  const put = (subject: string, headers: string) =>
    server.deliver('alice', `${headers}${String(aMessage({ subject }))}`);
  put('par références', 'References: <autre@x.example> <racine@x.example>\r\n');
  put('par réponse', 'In-Reply-To: <racine@x.example>\r\n');
  put('sans rapport', 'References: <rien@x.example>\r\n');
  const quiet = () =>
    bench.mail.quietMuted(bench.actor, 'INBOX', ['<racine@x.example>', '<plus@x.example>']);
  expect(await quiet()).toBe(2);
  expect(await seen()).toEqual({
    'par références': [true, ['$muted']],
    'par réponse': [true, ['$muted']],
    'sans rapport': [false, []],
  });
  expect(await quiet()).toBe(0);
  expect(await bench.mail.quietMuted(bench.actor, 'INBOX', [])).toBe(0);
});
