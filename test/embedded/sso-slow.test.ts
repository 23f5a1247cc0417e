import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { type DemoApp, startDemoApp } from '../../src/demo';
import { WebAgent } from '../kit/agent';
import type { Page } from '../kit/html';
import { LYING_CLIENT, type LyingProvider, lyingProvider } from '../kit/lying-provider';

const ROOT = path.resolve(__dirname, '..', '..');
/** What a person waits at most, the page included. */
const PATIENCE_MS = 5_000;
const NEVER_MS = 60_000;

let demo: DemoApp;
let idp: LyingProvider;

beforeEach(async () => {
  idp = await lyingProvider();
  const oidc = { id: 'idp', kind: 'oidc', issuer: idp.origin, clientId: LYING_CLIENT };
  const providers = [
    { ...oidc, clientAuth: 'none', claims: { login: 'uid' } },
    { id: 'cas', kind: 'cas', issuer: `${idp.origin}/cas` },
  ];
  demo = await startDemoApp({
    root: ROOT,
    port: 0,
    seed: false,
    app: { log: { level: 'silent' } },
    site: (id, file) =>
      id === 'marees'
        ? {
            ...file,
            hosts: ['127.0.0.1'],
            plugins: { sso: { providers } },
            protection: { lockAfter: 1 },
          }
        : { ...file, hosts: ['saisons.example'] },
    plugins: { origins: { sso: [idp.origin] } },
  });
  idp.login = agent().username;
}, 60_000);
afterEach(async () => {
  await demo?.stop();
  await idp?.close();
});

const agent = () => {
  const found = demo.stack.agents.find(({ site }) => site === 'marees');
  if (!found) throw new Error('no such agent');
  return found;
};
const browser = (): WebAgent => new WebAgent(`http://127.0.0.1:${demo.port}`);

async function press(web: WebAgent, method: string): Promise<Page> {
  const login = await web.get('/login');
  const token = login.one('name', '_csrf').attribs['value'] ?? '';
  return web.post(`/login/sso/${method}`, [['_csrf', token]]);
}
const providerOf = (page: Page): URLSearchParams => {
  const [, to = ''] = /^0;url=(.*)$/.exec(page.headers.get('refresh') ?? '') ?? [];
  return new URL(to).searchParams;
};

/** Begins as it should and comes back while the provider is as `make` makes it. */
async function comeBack(web: WebAgent, method: 'idp' | 'cas', make: () => void): Promise<Page> {
  const asked = providerOf(await press(web, method));
  idp.nonce = asked.get('nonce') ?? '';
  const service = asked.get('service');
  const state = service ? new URL(service).searchParams.get('state') : asked.get('state');
  make();
  // A ticket is taken once.
  const code = method === 'cas' ? `ticket=ST-${randomUUID()}` : 'code=c';
  return web.get(`/login/sso/${method}/callback?state=${state}&${code}`);
}

async function within(work: () => Promise<Page>): Promise<Page> {
  const startedMs = performance.now();
  const page = await work();
  expect(performance.now() - startedMs).toBeLessThan(PATIENCE_MS);
  return page;
}

/** Not there for now: nobody's password is wrong, and nothing is counted against anybody. */
async function expectAbsent(page: Page): Promise<void> {
  expect(page.status).toBe(503);
  expect(Number(page.headers.get('Retry-After'))).toBeGreaterThan(0);
  expect(page.text).toContain('Votre mot de passe n’est pas en cause');
  expect(page.text).not.toContain('Identifiant ou mot de passe incorrect');
  expect(await demo.app.db.knex('login_throttles').where('failures', '>', 0)).toEqual([]);
  // The lock falls at the first failure: it did not.
  const open = browser();
  expect((await open.signIn(agent().username, agent().password)).status).toBe(200);
  expect((await open.raw('/settings/display')).status).toBe(200);
}

it('a provider that does not answer what it says of itself is not there', async () => {
  idp.delays.set('/.well-known/openid-configuration', NEVER_MS);

  await expectAbsent(await within(() => press(browser(), 'idp')));
}, 30_000);

it.each([
  ['whose tokens do not come', ['/token'], NEVER_MS],
  ['whose userinfo does not come', ['/userinfo'], NEVER_MS],
  ['that is slow at everything', ['/token', '/userinfo'], 2_500],
] as const)(
  'a provider %s is not there',
  async (_name, paths, delayMs) => {
    const slow = () => {
      for (const one of paths) idp.delays.set(one, delayMs);
    };

    await expectAbsent(await within(() => comeBack(browser(), 'idp', slow)));
  },
  30_000,
);

it.each([503, 429])(
  'a provider that answers %d is not there',
  async (status) => {
    const busy = () => {
      for (const one of ['/token', '/cas/p3/serviceValidate']) {
        idp.answers.set(one, () => ({ status, type: 'text/html', body: '<p>busy</p>' }));
      }
    };

    await expectAbsent(await within(() => comeBack(browser(), 'idp', busy)));
    idp.tellTheTruth();
    await expectAbsent(await within(() => comeBack(browser(), 'cas', busy)));
  },
  30_000,
);

/** What stands in the place of an answer: nothing that the protocol would say. */
const PAGE = '<!DOCTYPE html><html><body><p>Maintenance<br></body></html>';
const NONSENSE: readonly (readonly [string, string, number, string, string])[] = [
  ...['/token', '/userinfo']
    .flatMap((where) =>
      (
        [
          ['404', 404, 'text/html', PAGE],
          ['400 without an error of it', 400, 'application/json', '{}'],
          ['401 with a page', 401, 'text/html', PAGE],
          ['a page', 200, 'text/html', PAGE],
          ['nothing', 200, 'application/json', ''],
          ['null', 200, 'application/json', 'null'],
          ['a list', 200, 'application/json', '[]'],
          ['an empty object', 200, 'application/json', '{}'],
          ['half a document', 200, 'application/json', '{"sub":"f3a9c2","access_token":"a'],
          ['a deep document', 200, 'application/json', '['.repeat(100_000)],
        ] as const
      ).map(([name, ...answer]) => [where, name, ...answer] as const),
    )
    .map(
      ([where, name, status, type, body]) =>
        [`${where}: ${name}`, where, status, type, body] as const,
    ),
  ['CAS: a page', '/cas/p3/serviceValidate', 200, 'text/html', PAGE],
  ['CAS: 404', '/cas/p3/serviceValidate', 404, 'text/html', PAGE],
];

it('a provider whose answer is none of the protocol is not there', async () => {
  const got: string[] = [];
  for (const [name, where, status, type, body] of NONSENSE) {
    idp.tellTheTruth();
    const page = await comeBack(browser(), where.startsWith('/cas') ? 'cas' : 'idp', () => {
      idp.answers.set(where, () => ({ status, type, body }));
    });
    got.push(`${name} ${page.status} ${Number(page.headers.get('Retry-After')) > 0}`);
    idp.tellTheTruth();
  }

  expect(got).toEqual(NONSENSE.map(([name]) => `${name} 503 true`));
  expect(await demo.app.db.knex('login_throttles').where('failures', '>', 0)).toEqual([]);
}, 60_000);

it.each(['invalid_grant', 'invalid_request'])(
  'a token endpoint that says %s has answered',
  async (error) => {
    const page = await comeBack(browser(), 'idp', () => {
      const body = JSON.stringify({ error });
      idp.answers.set('/token', () => ({ status: 400, body }));
    });

    expect(page.status).toBe(400);
    expect(page.headers.get('Retry-After')).toBeNull();
  },
  30_000,
);

it('a CAS server that does not answer is not there', async () => {
  const silent = () => idp.delays.set('/cas/p3/serviceValidate', NEVER_MS);

  await expectAbsent(await within(() => comeBack(browser(), 'cas', silent)));
}, 30_000);

it('a provider that was slow is there again at the next try', async () => {
  idp.delays.set('/.well-known/openid-configuration', NEVER_MS);
  await press(browser(), 'idp');
  idp.tellTheTruth();
  const web = browser();

  await comeBack(web, 'idp', () => undefined);

  expect((await web.raw('/settings/display')).status).toBe(200);
}, 30_000);
