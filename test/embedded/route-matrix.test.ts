import { request } from 'node:http';
import path from 'node:path';
import type { SessionId } from '../../src/base/types';
import { type DemoApp, startDemoApp } from '../../src/demo';
import { factorPlugin } from '../kit/factor-plugin';
import { concrete, ROUTE_ROWS, type RouteRow, type SiteName, type Who } from '../kit/route-rows';

const ROOT = path.resolve(__dirname, '..', '..');
const SITES: readonly SiteName[] = ['saisons', 'marees'];
const HOSTS: Readonly<Record<SiteName, string>> = {
  saisons: 'saisons.localhost',
  marees: 'marees.localhost',
};

const STATES = [
  'anonymous',
  'awaiting',
  'frozen',
  'expired',
  'other-site',
  'open',
  'administrator',
  'platform',
] as const;
type State = (typeof STATES)[number];

const SIGNED_IN: readonly State[] = ['open', 'administrator', 'platform'];
/** The whole rule: what a row says of who, as states of a session. */
const ALLOWED: Readonly<Record<Who, readonly State[]>> = {
  anybody: STATES,
  provider: STATES,
  half: ['awaiting', ...SIGNED_IN],
  open: SIGNED_IN,
  administrator: ['administrator', 'platform'],
  platform: ['platform'],
};

/** Logins by what they may do; the first two of each site have no rights. */
const ADMINISTRATORS: Readonly<Record<SiteName, Partial<Record<State, string>>>> = {
  saisons: { administrator: 'yasmine.alize', platform: 'odile.tramontane' },
  marees: { administrator: 'sidonie.bruyere', platform: 'ousmane.valcendre' },
};

interface Answer {
  readonly status: number;
  readonly location: string;
  readonly code: string;
  readonly cookies: readonly string[];
  readonly text: string;
}
interface Browser {
  readonly cookie: string;
  readonly token: string;
}

let demo: DemoApp;

beforeAll(async () => {
  demo = await startDemoApp({
    root: ROOT,
    port: 0,
    app: { log: { level: 'silent' }, metrics: { host: '127.0.0.1', port: 0 } },
    site: (id, file) => ({
      ...file,
      plugins:
        id === 'saisons'
          ? { 'test-factor': true, 'list-unsubscribe': true, 'usage-statistics': true }
          : { 'test-factor': true, twofactor: true },
    }),
    options: { extraPlugins: [factorPlugin()] },
  });
}, 60_000);
afterAll(async () => {
  await demo?.stop();
});

function ask(
  port: number,
  target: string,
  options: { method: string; headers: Readonly<Record<string, string>>; body?: string },
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const call = request({ host: '127.0.0.1', port, path: target, ...options }, (response) => {
      const chunks: Buffer[] = [];
      const done = (): void => {
        const text = Buffer.concat(chunks).toString();
        resolve({
          status: response.statusCode ?? 0,
          location: response.headers.location ?? '',
          cookies: response.headers['set-cookie'] ?? [],
          code: codeOf(text),
          text,
        });
      };
      // A stream never ends: that it began is all that is asked.
      if (String(response.headers['content-type']).startsWith('text/event-stream')) {
        done();
        response.destroy();
        return;
      }
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', done);
    });
    call.on('error', reject);
    call.end(options.body);
  });
}

function codeOf(text: string): string {
  try {
    const parsed = JSON.parse(text) as { error?: { code?: string } };
    return parsed.error?.code ?? '';
  } catch {
    return '';
  }
}

/** Routes of the router itself, as `get /path`: nothing that answers can be left out. */
function routesOfRouter(): string[] {
  const { stack } = demo.app.handler.router as unknown as {
    stack: { route?: { path: string | string[]; methods: Record<string, boolean> } }[];
  };
  return stack.flatMap(({ route }) => {
    if (!route) return [];
    const methods = Object.keys(route.methods);
    return [route.path].flat().flatMap((one) => methods.map((method) => `${method} ${one}`));
  });
}

const known = new Map<string, Browser>();

/** A browser in a state on a site; made anew when what was asked before has ended its session. */
async function browserIn(site: SiteName, state: State): Promise<Browser> {
  const key = `${site} ${state}`;
  const found = known.get(key);
  if (found && (await isStill(site, state, found))) return found;
  const made = await makeBrowser(site, state);
  known.set(key, made);
  return made;
}

async function isStill(site: SiteName, state: State, { cookie }: Browser): Promise<boolean> {
  if (state === 'anonymous' || state === 'expired') return state === 'expired';
  const where = state === 'other-site' ? otherOf(site) : site;
  const loaded = await demo.app.sessions.load(bearerOf(cookie), siteOf(where), { touch: false });
  const wanted = { awaiting: 'awaiting-challenge', frozen: 'frozen' }[state as string] ?? 'open';
  return loaded?.session.state === wanted;
}

const otherOf = (site: SiteName): SiteName => (site === 'saisons' ? 'marees' : 'saisons');
const bearerOf = (cookie: string): string => /estafette=([^;]*)/.exec(cookie)?.[1] ?? '';
function siteOf(id: SiteName) {
  const site = demo.app.sites.find((one) => one.id === id);
  if (!site) throw new Error('no such site');
  return site;
}

async function makeBrowser(site: SiteName, state: State): Promise<Browser> {
  if (state === 'anonymous') return guest(site);
  if (state === 'other-site') {
    const { cookie } = await makeBrowser(otherOf(site), 'open');
    const here = await guest(site);
    return { cookie: `${cookie}; ${here.cookie}`, token: here.token };
  }
  const where = siteOf(site);
  const scope = { site: where.id };
  const agents = demo.stack.agents.filter((agent) => agent.site === site);
  const names = Object.values(ADMINISTRATORS[site]);
  const login = ADMINISTRATORS[site][state];
  const agent = agents.find(({ username }) =>
    login === undefined ? !names.includes(username) : username === login,
  );
  const signedIn = await demo.app.sessions.signIn({
    site: where,
    scope,
    login: agent?.username ?? '',
    password: agent?.password ?? '',
    remote: '192.0.2.1',
  });
  let { bearer, session } = signedIn;
  if (state !== 'awaiting') {
    const half = await demo.app.sessions.load(bearer, where, { touch: false });
    if (!half) throw new Error('no session');
    ({ bearer, session } = await demo.app.sessions.satisfy(half, 'test-factor', scope));
  }
  const loaded = await demo.app.sessions.load(bearer, where, { touch: false });
  if (state === 'frozen') await demo.app.sessions.freeze(session.id);
  if (state === 'expired') await expire(session.id);
  const token = loaded?.csrfToken ?? '';
  const cookie = `estafette=${bearer}`;
  if (state !== 'expired') return { cookie, token };
  const here = await guest(site);
  return { cookie: `${cookie}; ${here.cookie}`, token: here.token };
}

/** Nobody, with the cookie and the token of the sign-in page. */
async function guest(site: SiteName): Promise<Browser> {
  const headers = { Host: `${HOSTS[site]}:${demo.port}`, Accept: 'text/html' };
  const page = await ask(demo.port, '/login', { method: 'GET', headers });
  const cookie = page.cookies.map((line) => line.split(';')[0] ?? '').join('; ');
  return { cookie, token: /name="_csrf" value="([^"]+)"/.exec(page.text)?.[1] ?? '' };
}

async function expire(id: SessionId): Promise<void> {
  const past = '2020-01-01T00:00:00.000Z';
  await demo.app.db
    .knex('sessions')
    .where({ id })
    .update({ expires_at: past, idle_expires_at: past });
}

const KINDS = {
  page: 'text/html',
  json: 'application/json',
  stream: 'text/event-stream',
} as const;

async function send(
  site: SiteName,
  state: State,
  method: string,
  target: string,
  options: { kind?: keyof typeof KINDS; hasToken?: boolean } = {},
): Promise<Answer> {
  const { cookie, token } = await browserIn(site, state);
  const isPost = method === 'post';
  return ask(demo.port, target, {
    method: method.toUpperCase(),
    headers: {
      Host: `${HOSTS[site]}:${demo.port}`,
      Accept: KINDS[options.kind ?? 'json'],
      ...(cookie !== '' && { Cookie: cookie }),
      ...(isPost && { 'Content-Type': 'application/x-www-form-urlencoded' }),
      ...(isPost && options.hasToken && { 'X-CSRF-Token': token }),
    },
    ...(isPost && { body: 'x=1' }),
  });
}

/** What an answer says of the right to be there, whatever the route made of a request of nothing. */
function isRefusal({ status, location, code, text }: Answer): boolean {
  // The sign-in form with « wrong password » was reached.
  if (text.includes('id="login-error"')) return false;
  if (status === 401) return code !== 'session/unconfirmed';
  if (status === 302) return /^\/(?:login|challenge)/.test(location);
  return status === 403 && code !== 'session/unconfirmed';
}

/** What the test's own factor says of a wrong code. */
const isOwnRefusal = ({ route }: RouteRow, { code }: Answer): boolean =>
  route === 'post /test-factor' && code === 'request/forbidden';

const isOn = ({ on }: RouteRow, site: SiteName): boolean => on === undefined || on.includes(site);

const counts = { allowed: 0, refused: 0 };
const counted = new Map<string, { allowed: number; refused: number }>();

function count(site: SiteName, state: State, isAllowed: boolean): void {
  const key = `${site} ${state}`;
  const entry = counted.get(key) ?? { allowed: 0, refused: 0 };
  counted.set(key, entry);
  entry[isAllowed ? 'allowed' : 'refused'] += 1;
  counts[isAllowed ? 'allowed' : 'refused'] += 1;
}

it('has a row for every route of the router, and a route for every row', () => {
  const routes = routesOfRouter().sort();

  expect(routes.length).toBeGreaterThan(80);
  expect(ROUTE_ROWS.map(({ route }) => route).sort()).toEqual(routes);
});

describe.each(SITES)('on the site %s', (site) => {
  it.each(STATES)(
    'a session that is %s reaches what its rows say, and nothing else',
    async (state) => {
      const wrong: string[] = [];
      for (const row of ROUTE_ROWS) {
        const [method = '', pattern = ''] = row.route.split(' ');
        const target = concrete(pattern);
        const isAllowed = isOn(row, site) && ALLOWED[row.who].includes(state);
        const kinds =
          method === 'get' ? (['page', 'json', 'stream'] as const) : (['json'] as const);
        for (const kind of kinds) {
          const answer = await send(site, state, method, target, { kind, hasToken: true });
          // A plugin that is off is not there: like any unknown path.
          const isAbsent = !isOn(row, site) && answer.status === 404;
          const isReached = (!isRefusal(answer) || isOwnRefusal(row, answer)) && !isAbsent;
          count(site, state, isReached);
          if (isReached !== isAllowed || answer.status >= 500) {
            wrong.push(
              `${row.route} (${kind}): ${answer.status} ${answer.code} ${answer.location}`,
            );
          }
        }
        if (method !== 'get') continue;
        const head = await send(site, state, 'head', target);
        count(site, state, !isRefusal(head) && head.status !== 404);
        // It may be refused where GET is not, never the other way round.
        if (!isRefusal(head) && head.status !== 404 && !isAllowed) {
          wrong.push(`head ${pattern}: ${head.status}`);
        }
      }
      expect(wrong).toEqual([]);
    },
    180_000,
  );

  it('changes nothing in any state without the token of that very session', async () => {
    const accepted: string[] = [];
    for (const state of STATES) {
      for (const { route, who } of ROUTE_ROWS) {
        const [method = '', pattern = ''] = route.split(' ');
        if (method !== 'post' || who === 'provider') continue;
        const answer = await send(site, state, 'post', concrete(pattern));
        count(site, state, !isRefusal(answer));
        if (!isRefusal(answer)) accepted.push(`${state} ${route}: ${answer.status} ${answer.code}`);
      }
    }
    expect(accepted).toEqual([]);
  }, 120_000);

  it('knows no other method, in any state', async () => {
    const accepted: string[] = [];
    for (const state of STATES) {
      for (const method of ['put', 'delete', 'patch', 'options', 'trace']) {
        for (const target of ['/', '/login', '/mail/me/INBOX', '/settings/display', '/events']) {
          const { status } = await send(site, state, method, target);
          if (status < 400) accepted.push(`${state} ${method} ${target}: ${status}`);
        }
      }
    }
    expect(accepted).toEqual([]);
  }, 60_000);

  it('is not opened by another spelling of a path', async () => {
    const spellings = [
      '/MAIL/me/INBOX',
      '/Settings/display',
      '/mail//me/INBOX',
      '//mail/me/INBOX',
      '/%6d%61il/me/INBOX',
      '/mail/./me/INBOX',
      '/login/../mail/me/INBOX',
      '/login/%2e%2e/mail/me/INBOX',
      '/login/..%2fmail%2fme%2fINBOX',
      '/login;/mail/me/INBOX',
      '/help/x/../../settings/display',
      '/help/privacy/../../security',
      '/assets/../mail/me/INBOX',
      '/assets/..%2f..%2fconfig%2fapp.json',
      '/assets/%2e%2e/%2e%2e/package.json',
      '/health/../admin',
      '/test-factor/open/../private',
      '/test-factor/open%2f..%2fprivate',
      '/mail/me/INBOX%00',
      '/security%2fhistory',
      '/security/',
      '/SECURITY',
      '/admin%2faudit',
      '/%',
      '/events/',
      '/unknown',
      '/metrics',
      '/.env',
    ];
    const opened: string[] = [];
    for (const state of STATES.filter((one) => !SIGNED_IN.includes(one))) {
      for (const target of spellings) {
        for (const kind of ['page', 'json', 'stream'] as const) {
          const { status, text } = await send(site, state, 'get', target, { kind });
          const isClosed = [302, 400, 401, 404].includes(status);
          count(site, state, !isClosed);
          if (!isClosed || /data-uid|data-message-list/.test(text)) {
            opened.push(`${state} ${target} (${kind}): ${status}`);
          }
        }
      }
    }
    for (const target of spellings) {
      const { status } = await send(site, 'open', 'get', target, { kind: 'page' });
      if (status >= 500) opened.push(`open ${target}: ${status}`);
    }
    expect(opened).toEqual([]);
  }, 120_000);
});

it('shows measures on the listener of the operator alone, which shows nothing else', async () => {
  const port = demo.app.operationsPort() ?? 0;
  const { cookie } = await browserIn('saisons', 'platform');
  const at = (target: string, to: number) =>
    ask(to, target, {
      method: 'GET',
      headers: { Host: `${HOSTS.saisons}:${demo.port}`, Cookie: cookie },
    });

  expect((await at('/metrics', port)).status).toBe(200);
  expect((await at('/metrics', demo.port)).status).toBe(404);
  for (const { route } of ROUTE_ROWS.filter(({ route: one }) => !one.includes('/health'))) {
    const target = concrete(route.split(' ')[1] ?? '');
    expect({ target, status: (await at(target, port)).status }).toEqual({ target, status: 404 });
  }
}, 60_000);

it('answers nobody at a host that is not ours', async () => {
  const { cookie } = await browserIn('saisons', 'open');
  for (const target of ['/login', '/mail/me/INBOX', '/help/lost', '/test-factor/open']) {
    const headers = { Host: 'elsewhere.example', Cookie: cookie };
    expect((await ask(demo.port, target, { method: 'GET', headers })).status).toBe(421);
  }
});

afterAll(() => {
  const lines = SITES.flatMap((site) =>
    STATES.map((state) => {
      const { allowed = 0, refused = 0 } = counted.get(`${site} ${state}`) ?? {};
      return `${site.padEnd(8)} ${state.padEnd(14)} ${String(allowed).padStart(5)} ${String(refused).padStart(5)}`;
    }),
  );
  const head = `${ROUTE_ROWS.length} routes\nsite     state        allowed refused\n`;
  const total = `all      ${' '.repeat(14)} ${counts.allowed} ${counts.refused}`;
  process.stdout.write(`${head}${lines.join('\n')}\n${total}\n`);
});
