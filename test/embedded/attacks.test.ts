import path from 'node:path';
import { Secret } from 'otpauth';
import { codeAt, stepAt } from '../../plugins/twofactor/totp';
import type { AuditEntry } from '../../src/audit';
import { type DemoApp, startDemoApp } from '../../src/demo';
import { WebAgent } from '../kit/agent';
import { askAt } from '../kit/ask-at';
import type { Page } from '../kit/html';
import { movingClock } from '../kit/moving-clock';
import { beginSignIn, providerOf } from '../kit/sign-in-journey';
import { type FakeProvider, fakeProvider } from '../kit/sign-in-plugin';

const ROOT = path.resolve(__dirname, '..', '..');
const CALLBACK = '/login/fake-sso/main/callback';
const HERE = '127.0.0.1';
const clock = movingClock();

let demo: DemoApp;
let provider: FakeProvider;
const results: string[] = [];

const agents = () => demo.stack.agents.filter(({ site }) => site === 'saisons');
const inBranch = (dn: string): boolean => dn.includes('ou=equinoxes');
const pick = (isInside: boolean, index: number) => {
  const found = agents().filter(({ dn }) => inBranch(dn) === isInside)[index];
  if (!found) throw new Error('no such agent');
  return found;
};
const browser = (): WebAgent => new WebAgent(`http://127.0.0.1:${demo.port}`);

async function signIn(
  username: string,
  password: string,
  { web = browser(), headers = {} }: { web?: WebAgent; headers?: Record<string, string> } = {},
): Promise<number> {
  const page = await web.get('/login', headers);
  const fields = [
    ['_csrf', page.one('name', '_csrf').attribs['value'] ?? ''],
    ['username', username],
    ['password', password],
  ] as const;
  return (await web.post('/login', fields, headers)).status;
}

/** A return from the provider by the browser that began, with what is told to be different. */
async function back({ code = 'nobody', kept = (own: string) => own, isTwice = false }) {
  const web = browser();
  const state = providerOf(await beginSignIn(web)).searchParams.get('state');
  const own = web.cookie('estafette-way') ?? '';
  for (const _time of isTwice ? [1, 2] : [1]) {
    web.setCookie('estafette-way', kept(own));
    await web.get(`${CALLBACK}?state=${state}&code=${code}`);
  }
}

const formOn = (page: Page, action: string) => {
  const [form] = page.all(({ name, attribs }) => name === 'form' && attribs['action'] === action);
  if (!form) throw new Error(`no form ${action} on ${page.url}: ${page.status}`);
  return form;
};
const send = (web: WebAgent, page: Page, action: string, code: string): Promise<Page> =>
  web.submit(page, { form: () => formOn(page, action), fill: { code } });

/** The code that opened one session, in another. */
async function replayCode() {
  const { username, password } = pick(true, 1);
  const web = browser();
  await signIn(username, password, { web });
  const page = await web.get('/twofactor/enrol/totp');
  const [, text = ''] = /data-secret>([A-Z2-7 ]+)</.exec(page.text) ?? [];
  const secret = Secret.fromBase32(text.replaceAll(' ', ''));
  const codeNow = () => codeAt(secret, stepAt(clock.now()));
  await send(web, page, '/twofactor/enrol/totp', codeNow());
  clock.forward(90_000);
  const code = codeNow();
  for (let n = 0; n < 2; n += 1) {
    const other = browser();
    await signIn(username, password, { web: other });
    await send(other, await other.get('/twofactor/challenge'), '/twofactor/challenge', code);
  }
}

beforeAll(async () => {
  provider = fakeProvider();
  demo = await startDemoApp({
    root: ROOT,
    port: 0,
    app: { log: { level: 'silent' }, trustedProxies: [] },
    site(id, file) {
      if (id !== 'saisons') {
        const networks = { inside: ['10.0.0.0/8'], outside: 'refuse' };
        return { ...file, protection: { networks } };
      }
      const { signIn: own } = file as { signIn: object };
      const branches = ['ou=equinoxes,ou=agents,dc=saisons,dc=example'];
      return {
        ...file,
        plugins: { 'fake-sso': true, twofactor: {} },
        mailAccess: { kind: 'oauth' },
        signIn: { ...own, eligible: { branches } },
        protection: { lockAfter: 8 },
      };
    },
    options: { clock, extraPlugins: [provider.plugin] },
  });
}, 60_000);
afterAll(async () => {
  await demo?.stop();
  process.stdout.write(`${results.join('\n')}\n`);
});

interface Attack {
  readonly name: string;
  run(): Promise<unknown>;
  /** Of the line that it leaves. */
  readonly line: () => object;
}

const way = { code: 'sign-in/state', via: 'fake-sso.main' };
const flipped = (own: string): string =>
  `${own.slice(0, 60)}${own[60] === 'A' ? 'B' : 'A'}${own.slice(61)}`;

const ATTACKS: readonly Attack[] = [
  {
    name: 'a state that was used',
    run: () => back({ isTwice: true }),
    line: () => ({ remote: HERE, details: { ...way, reason: 'state-replayed' } }),
  },
  {
    name: 'a state that was altered',
    run: () => back({ kept: flipped }),
    line: () => ({ remote: HERE, details: { ...way, reason: 'state-altered' } }),
  },
  {
    name: 'a return to a browser that asked for none',
    run: () => browser().get(`${CALLBACK}?state=x&code=nobody`),
    line: () => ({ remote: HERE, details: { ...way, reason: 'state-missing' } }),
  },
  {
    name: 'an answer with the nonce of another',
    async run() {
      provider.answers.set('finish', async () => ({ refused: 'invalid', code: 'nonce' }));
      await back({});
      provider.answers.clear();
    },
    line: () => ({ remote: HERE, details: { code: 'sign-in/invalid', reason: 'nonce' } }),
  },
  {
    name: 'a filter of LDAP for a login',
    run: () => signIn('*)(uid=*', 'x'),
    line: () => ({
      target: expect.stringMatching(/^~[0-9a-f]{16}$/),
      remote: HERE,
      details: { code: 'session/credentials' },
    }),
  },
  {
    name: 'a password in the field of the login',
    run: () => signIn('Soleil.Marin24', 'x'),
    line: () => ({
      target: expect.stringMatching(/^~[0-9a-f]{16}$/),
      remote: HERE,
      details: { code: 'session/credentials' },
    }),
  },
  {
    name: 'somebody whom the site does not let in',
    run: () => signIn(pick(false, 0).username, pick(false, 0).password),
    line: () => ({
      target: pick(false, 0).username,
      remote: HERE,
      details: { code: 'session/not-eligible' },
    }),
  },
  {
    name: 'guesses under invented X-Forwarded-For',
    async run() {
      const statuses: number[] = [];
      for (let n = 1; n <= 6; n += 1) {
        const headers = { 'X-Forwarded-For': `198.51.100.${n}` };
        statuses.push(await signIn(pick(true, 0).username, 'wrong', { headers }));
      }
      expect(statuses.at(-1)).toBe(429);
    },
    line: () => ({ remote: HERE, details: { code: 'session/throttled' } }),
  },
  {
    name: 'an agent at the door of administration',
    async run() {
      const { username, password } = pick(true, 1);
      const web = browser();
      await signIn(username, password, { web });
      await web.raw('/admin');
    },
    line: () => ({
      event: 'security:refused',
      actor: pick(true, 1).username,
      remote: HERE,
      details: { code: 'request/forbidden', reason: 'admin' },
    }),
  },
  {
    name: 'a code of a second factor for the second time',
    run: replayCode,
    line: () => ({ event: 'twofactor:replayed', target: pick(true, 1).username, remote: HERE }),
  },
  {
    name: 'a request from outside the networks of the site',
    run: () => askAt(demo.port, { host: 'marees.localhost', method: 'GET', target: '/login' }),
    line: () => ({
      site: 'marees',
      event: 'security:refused',
      remote: HERE,
      details: { code: 'session/network' },
    }),
  },
];

const lines = (): Promise<readonly AuditEntry[]> => demo.app.audit.list({ limit: 500 });

it.each(ATTACKS)(
  '$name leaves a line',
  async ({ name, run, line }) => {
    const [last] = await lines();

    await run();

    const added = (await lines()).filter(({ id }) => id > (last?.id ?? 0));
    const expected = { event: 'session:refused', site: 'saisons', ...line() };
    expect(added).toContainEqual(
      expect.objectContaining({
        ...expected,
        ...('details' in expected && {
          details: expect.objectContaining(expected.details as object),
        }),
      }),
    );
    const { event, details } = added.find((one) => one.event === expected.event) ?? {};
    results.push(`${name}: ${event} ${JSON.stringify(details)}`);
    expect(JSON.stringify(added)).not.toMatch(/Soleil|198\.51/);
  },
  60_000,
);

it('says who ended the lock of an account that was guessed at', async () => {
  const { username } = pick(true, 1);
  for (let n = 0; n < 8; n += 1) {
    clock.forward(20 * 60_000);
    await signIn(username, 'wrong');
  }
  const user = await demo.app.affairs.find('saisons' as never, username);
  if (!user) throw new Error('no account yet');

  expect(await demo.app.unlock(user)).toBe(true);

  const [line] = await demo.app.audit.list({ event: 'account:unlocked' });
  expect(line).toMatchObject({ target: username, actor: expect.stringMatching(/^cli/) });
}, 60_000);

it('leaves a log that holds', async () => {
  expect((await demo.app.audit.verify()).fault).toBeUndefined();
});
