import type { DemoApp } from '../../src/demo';
import { WebAgent } from '../kit/agent';
import { agentAt } from '../kit/demo-agents';
import { signInTo, startTestDemo } from '../kit/signed-in-demo';

const NEWS = '/events/news';
let demo: DemoApp;
let user: string;
let web: WebAgent;

type Place = readonly [string, number, number];
interface Answer {
  readonly at: readonly Place[];
  readonly quiet: boolean;
  readonly notices: readonly { title: string; text: string; href: string; mailbox: string }[];
}

beforeAll(async () => {
  demo = await startTestDemo();
  ({ web } = await signInTo(demo));
  user = agentAt(demo, 0).username;
  // Whatever the day and the hour of who runs this.
  await choose('quietFrom', 'none');
  await choose('weekend', 'on');
}, 60_000);
afterAll(async () => {
  await demo?.stop();
});

async function choose(field: string, value: string): Promise<void> {
  const page = await web.get('/settings/notices');
  const csrf = /csrf-token" content="([^"]+)"/.exec(page.text)?.[1] ?? '';
  const saved = await web.post('/settings/notices', [
    ['_csrf', csrf],
    ['_field', field],
    [field, value],
  ]);
  expect(saved.status).toBe(200);
}

async function ask(at: readonly Place[] | undefined): Promise<Answer> {
  const query = at ? `?${new URLSearchParams({ at: JSON.stringify(at) }).toString()}` : '';
  const answer = await web.raw(`${NEWS}${query}`, { headers: { Accept: 'application/json' } });
  expect(answer.status).toBe(200);
  expect(answer.headers.get('Cache-Control')).toBe('no-store');
  return (await answer.json()) as Answer;
}

const deliver = (subject: string, mailbox = 'INBOX', from = 'Aline Exemple') =>
  demo.stack.imap.deliver(
    user,
    `From: ${from} <aline@dehors.example>\r\nTo: moi@ici.example\r\nSubject: ${subject}\r\nMessage-ID: <${subject.replaceAll(' ', '-')}@dehors.example>\r\nDate: ${new Date().toUTCString()}\r\n\r\nBonjour.\r\n`,
    ...(mailbox === 'INBOX' ? [] : [mailbox]),
  );

const titles = ({ notices }: Answer) => notices.map(({ title, text }) => `${title}: ${text}`);

it('tells what came since the last time, once, and nothing the first time', async () => {
  const first = await ask(undefined);
  expect(first.notices).toEqual([]);
  expect(first.at.map(([mailbox]) => mailbox)).toEqual(['INBOX']);
  expect((await ask(first.at)).notices).toEqual([]);
  deliver('Ordre du jour');
  const second = await ask(first.at);
  expect(titles(second)).toEqual(['Aline Exemple: Ordre du jour']);
  const page = await web.get(second.notices[0]?.href ?? '');
  expect(page.text).toContain('Ordre du jour');
  expect((await ask(second.at)).notices).toEqual([]);
});

it('says how many came, of more than three', async () => {
  const { at } = await ask(undefined);
  for (const number of [1, 2, 3, 4]) deliver(`Rafale ${number}`);
  const { notices } = await ask(at);
  expect(notices).toHaveLength(1);
  expect(notices[0]?.title).toContain('4 nouveaux messages');
});

it('shows as much of a message as its agent wants seen', async () => {
  const { at } = await ask(undefined);
  deliver('Objet confidentiel');
  await choose('content', 'sender');
  expect(titles(await ask(at))).toEqual(['Aline Exemple: ']);
  await choose('content', 'none');
  const hidden = JSON.stringify((await ask(at)).notices);
  expect(hidden).toContain('Nouveau message');
  expect(hidden).not.toMatch(/Aline|confidentiel/);
  await choose('content', 'full');
});

it('tells of the mailboxes that were chosen', async () => {
  const mark = async (path: string, on: '0' | '1') => {
    const page = await web.get('/mailboxes');
    const csrf = /csrf-token" content="([^"]+)"/.exec(page.text)?.[1] ?? '';
    await web.post('/mailboxes/mark', [
      ['_csrf', csrf],
      ['path', path],
      ['notices', on],
    ]);
  };
  const { mailboxes } = await listOf();
  const other = mailboxes.find((path) => path !== 'INBOX') ?? '';
  await mark(other, '1');
  await mark('INBOX', '0');
  const { at } = await ask(undefined);
  expect(at.map(([mailbox]) => mailbox)).toEqual([other]);
  deliver('Rien de cela');
  deliver('Classé par une règle', other);
  const answer = await ask(at);
  expect(answer.notices).toHaveLength(1);
  expect(answer.notices[0]?.text).toMatch(/^Classé par une règle\n./);
  const page = await web.get('/mailboxes');
  expect(page.text.match(/Ne plus annoncer les messages/g)).toHaveLength(1);
  await mark('INBOX', '1');
  await mark(other, '0');
});

async function listOf(): Promise<{ mailboxes: string[] }> {
  const page = await web.get('/mailboxes');
  return {
    mailboxes: [...page.text.matchAll(/class="box depth[^>]*data-path="([^"]+)"/g)].map(
      ([, path = '']) => path,
    ),
  };
}

it('is silent in quiet hours, and does not tell afterwards what came meanwhile', async () => {
  const { at } = await ask(undefined);
  await choose('weekend', 'quiet');
  // Every hour of the day is one or the other, whenever this runs.
  await choose('quietFrom', '17');
  await choose('quietTo', '9');
  const now = new Date();
  const paris = Number(
    new Intl.DateTimeFormat('en-GB', {
      timeZone: 'Europe/Paris',
      hour: '2-digit',
      hourCycle: 'h23',
    }).format(now),
  );
  const day = new Intl.DateTimeFormat('en-GB', { timeZone: 'Europe/Paris', weekday: 'short' });
  const expected = paris >= 17 || paris < 9 || ['Sat', 'Sun'].includes(day.format(now));
  deliver('Dans la nuit');
  const during = await ask(at);
  expect(during.quiet).toBe(expected);
  expect(during.notices).toHaveLength(expected ? 0 : 1);
  await choose('quietFrom', 'none');
  await choose('weekend', 'on');
  expect((await ask(during.at)).notices).toEqual([]);
});

it.each([
  ['not json', '{'],
  ['another shape', '{"INBOX":1}'],
  ['a uid of none', '[["INBOX",1,0]]'],
  ['too much', JSON.stringify([['x'.repeat(9_000), 1, 1]])],
])('refuses what no device was given: %s', async (_name, at) => {
  const query = new URLSearchParams({ at }).toString();
  const answer = await web.raw(`${NEWS}?${query}`, { headers: { Accept: 'application/json' } });
  expect(answer.status).toBe(400);
});

it('starts from now for a mailbox that was made anew, and leaves out one that is gone', async () => {
  const { at } = await ask(undefined);
  deliver('Avant');
  const other = at.map(([mailbox, validity, next]): Place => [mailbox, validity + 1, next]);
  expect((await ask(other)).notices).toEqual([]);
  expect((await ask([['Jamais vu', 1, 1]])).at.map(([mailbox]) => mailbox)).toEqual(['INBOX']);
});

it('is for who is signed in', async () => {
  const stranger = new WebAgent(`http://127.0.0.1:${demo.port}`);
  const answer = await stranger.raw(NEWS, { headers: { Accept: 'application/json' } });
  expect(answer.status).toBe(401);
});
