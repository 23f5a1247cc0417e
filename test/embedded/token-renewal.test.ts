import { type AddressInfo, createServer } from 'node:net';
import path from 'node:path';
import { type DemoApp, startDemoApp } from '../../src/demo';
import { secretHandle } from '../../src/host';
import { WebAgent } from '../kit/agent';
import { agentAt } from '../kit/demo-agents';
import type { Page } from '../kit/html';
import { textOf } from '../kit/html';
import { type MovingClock, movingClock } from '../kit/moving-clock';
import { signInFrom } from '../kit/sign-in-journey';
import { type FakeProvider, fakeProvider } from '../kit/sign-in-plugin';

const ROOT = path.resolve(__dirname, '..', '..');
const INBOX = '/mail/me/INBOX';
const MINUTE_MS = 60_000;

let demo: DemoApp;
let provider: FakeProvider;
let clock: MovingClock;
/** Tokens that the mail server takes now. */
const standing = new Set<string>();
/** Those that it was shown. */
let shown: string[] = [];

const agent = () => agentAt(demo, 0);
const tokens = (access: string, refresh: string) => ({
  access: secretHandle(access),
  refresh: secretHandle(refresh),
  expiresAt: new Date(clock.now() + 5 * MINUTE_MS).toISOString(),
});
const refreshes = () =>
  provider.asked
    .filter(({ what }) => what === 'refresh')
    .map(({ request }) => (request as { refresh: { reveal(): string } }).refresh.reveal());

const enter = (web: WebAgent, page: Page): Promise<Page> => signInFrom(web, page, 'right');
const draftIn = (page: Page): string =>
  page.all((e) => e.attribs['id'] === 'compose-form')[0]?.attribs['action'] ?? '';
const tokenOf = (page: Page): string =>
  page.all((e) => e.attribs['name'] === '_csrf')[0]?.attribs['value'] ?? '';

beforeAll(async () => {
  clock = movingClock();
  provider = fakeProvider();
  demo = await startDemoApp({
    root: ROOT,
    port: 0,
    site: (_id, file) => ({ ...file, plugins: { 'fake-sso': true } }),
    app: { log: { level: 'silent' } },
    options: { extraPlugins: [provider.plugin], clock },
  });
  Reflect.set(demo.stack.imap, 'whose', async (token: string) => {
    shown.push(token);
    return standing.has(token) ? agent().username : undefined;
  });
  // The first sign-in of a process is slow, and a busy machine makes it late for the directory.
  const first = new WebAgent(`http://127.0.0.1:${demo.port}`);
  provider.people.set('right', { subject: 'sub-1', login: agent().username });
  await enter(first, await first.get('/login'));
}, 60_000);
afterAll(() => demo?.stop());

let web: WebAgent;
beforeEach(async () => {
  provider.answers.clear();
  provider.asked.splice(0);
  standing.clear();
  standing.add('first');
  shown = [];
  web = new WebAgent(`http://127.0.0.1:${demo.port}`);
  provider.people.set('right', {
    subject: 'sub-1',
    login: agent().username,
    more: { tokens: tokens('first', 'refresh-1') },
  });
  // Other sessions of the same person would lend their tokens to the connections of the account.
  await demo.app.sessions.signOutUser(1 as never);
  const landed = await enter(web, await web.get('/login'));
  expect([landed.status, landed.url]).toEqual([200, INBOX]);
  // The next command wants a connection, and so a token.
  demo.app.pool.close('saisons:');
});

it('a token is renewed before it ends, and the mail goes on with the new one', async () => {
  provider.answers.set('refresh', () => tokens('second', 'refresh-2'));
  const cookie = web.cookie('estafette');
  clock.forward(4.5 * MINUTE_MS);
  standing.clear();
  standing.add('second');

  const pages = await Promise.all([web.get(INBOX), web.get(INBOX), web.get(INBOX)]);

  expect(pages.map(({ status }) => status)).toEqual([200, 200, 200]);
  expect(refreshes()).toEqual(['refresh-1']);
  expect(shown.at(-1)).toBe('second');
  expect(web.cookie('estafette')).toBe(cookie);
});

it('a provider that refuses asks the person to sign in again, in place, with their draft', async () => {
  const composer = await web.get('/compose');
  const draft = draftIn(composer);
  const typed = [
    ['to', 'someone@elsewhere.example'],
    ['subject', 'Commencé avant'],
    ['text', 'Un texte à ne pas perdre'],
    ['format', 'plain'],
    ['mode', 'new'],
  ] as const;
  await web.post(draft, [['_csrf', tokenOf(composer)], ...typed], { Origin: web.base });
  clock.forward(6 * MINUTE_MS);

  const page = await web.get(draft);

  expect(page.find('data-action', 'way-fake-sso-main')).toBeDefined();
  expect(refreshes()).toEqual(['refresh-1']);
  expect((await web.raw(INBOX, { headers: { Accept: 'application/json' } })).status).toBe(401);
  expect((await web.raw('/settings/display')).status).toBe(302);
  const [session] = await demo.app.sessions.list(1 as never);
  expect(session?.state).toBe('frozen');

  provider.people.set('right', {
    subject: 'sub-1',
    login: agent().username,
    more: { tokens: tokens('third', 'refresh-3') },
  });
  standing.add('third');
  await enter(web, page);
  const back = await web.get(draft);

  expect(back.text).toContain('Un texte à ne pas perdre');
  demo.app.pool.close('saisons:');
  expect((await web.get(INBOX)).status).toBe(200);
  expect(shown.at(-1)).toBe('third');
});

it('a provider that is silent harms what needs the mail, and that alone', async () => {
  provider.answers.set('refresh', () => {
    throw new Error('down');
  });
  clock.forward(4.5 * MINUTE_MS);
  expect((await web.get(INBOX)).status).toBe(200);
  demo.app.pool.close('saisons:');
  clock.forward(MINUTE_MS);

  const page = await web.get('/mail/me/INBOX?page=2');

  expect(page.status).toBe(503);
  expect(
    page
      .all((e) => e.name === 'main')
      .map(textOf)
      .join(' '),
  ).toContain('ne répond pas');
  expect((await web.raw('/settings/display')).status).toBe(200);
  expect(shown.filter((token) => token !== 'first')).toEqual([]);

  provider.answers.set('refresh', () => tokens('fourth', 'refresh-4'));
  standing.add('fourth');
  clock.forward(MINUTE_MS);
  expect((await web.get(INBOX)).status).toBe(200);
});

it.each(['imap:options', 'smtp:options'] as const)(
  'a plugin that answers %s with a server of its own is shown nothing there',
  async (hook) => {
    const seen: Buffer[] = [];
    const trap = createServer((socket) => {
      socket.on('data', (chunk: Buffer) => {
        seen.push(chunk);
        if (chunk.toString().startsWith('EHLO')) socket.write('250-hi\r\n250 AUTH XOAUTH2\r\n');
      });
      socket.on('error', () => undefined);
      socket.write(
        hook === 'imap:options' ? '* OK [CAPABILITY IMAP4rev1 AUTH=XOAUTH2] hi\r\n' : '220 hi\r\n',
      );
    });
    await new Promise<void>((resolve) => {
      trap.listen(0, '127.0.0.1', resolve);
    });
    const { port } = trap.address() as AddressInfo;
    const remove = demo.app.hooks.on(
      'fake-sso',
      hook,
      (server: { readonly host: string; readonly port: number }) => ({ ...server, port }) as never,
    );
    try {
      if (hook === 'imap:options') {
        expect((await web.get(INBOX)).status).toBe(503);
      } else {
        const composer = await web.get('/compose');
        const fields = [
          ['_csrf', tokenOf(composer)],
          ['to', 'someone@elsewhere.example'],
          ['subject', 'Ailleurs'],
          ['text', 'Bonjour'],
          ['format', 'plain'],
        ] as const;
        const draft = draftIn(composer);
        expect((await web.post(`${draft}/send`, fields, { Origin: web.base })).status).toBe(503);
        expect((await web.get(draft)).text).toContain('Ailleurs');
      }
    } finally {
      remove();
      trap.close();
    }
    const said = Buffer.concat(seen).toString();
    expect(said).not.toMatch(/AUTH/);
    expect(said).not.toContain('first');
  },
);
