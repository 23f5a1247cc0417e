import { request } from 'node:http';
import path from 'node:path';
import { type DemoApp, startDemoApp } from '../../src/demo';
import { factorPlugin } from '../kit/factor-plugin';
import { concrete, ROUTE_ROWS, type RouteRow, type SiteName, type Who } from '../kit/route-rows';
import {
  OUTSIDE,
  SITES,
  STATES,
  type State,
  StateBrowsers,
  siteInStates,
  statesOf,
} from '../kit/session-states';
import { wakeProvider } from '../kit/sso-visit';

const ROOT = path.resolve(__dirname, '..', '..');

const ADMINISTRATORS: readonly State[] = ['stale', 'manager', 'administrator', 'platform'];
const SIGNED_IN: readonly State[] = ['open', 'vouched', 'auditor', ...ADMINISTRATORS];
const HALF: readonly State[] = ['awaiting', 'enrolment', 'factor-due'];
const INSIDE = STATES.filter((state) => !OUTSIDE.includes(state));
/** The whole rule: what a row says of who, as states of a session. */
const ALLOWED: Readonly<Record<Who, readonly State[]>> = {
  anybody: INSIDE,
  provider: INSIDE,
  half: [...HALF, ...SIGNED_IN],
  'test-factor': ['awaiting', ...SIGNED_IN],
  factor: [...HALF, ...SIGNED_IN],
  enrol: ['awaiting', 'enrolment', ...SIGNED_IN],
  open: SIGNED_IN,
  reader: ['auditor', 'stale', 'administrator', 'platform'],
  administrator: ADMINISTRATORS,
  platform: ['stale', 'platform'],
};

interface Answer {
  readonly status: number;
  readonly location: string;
  readonly code: string;
  readonly text: string;
}

let demo: DemoApp;
let browsers: StateBrowsers;

beforeAll(async () => {
  demo = await startDemoApp({
    root: ROOT,
    port: 0,
    // So that the help pages have their form.
    notices: true,
    app: {
      log: { level: 'silent' },
      metrics: { host: '127.0.0.1', port: 0 },
      trustedProxies: ['loopback'],
    },
    site: siteInStates,
    options: { extraPlugins: [factorPlugin()] },
  });
  browsers = new StateBrowsers(demo);
  await wakeProvider(demo);
  await browsers.prepare();
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
  const { host, headers, token } = await browsers.in(site, state);
  const isPost = method === 'post';
  return ask(demo.port, target, {
    method: method.toUpperCase(),
    headers: {
      Host: host,
      Accept: KINDS[options.kind ?? 'json'],
      ...headers,
      ...(isPost && { 'Content-Type': 'application/x-www-form-urlencoded' }),
      ...(isPost && options.hasToken && { 'X-CSRF-Token': token }),
    },
    ...(isPost && { body: 'x=1' }),
  });
}

/** Where who may come in is asked to prove again that it is they. */
const isUnconfirmed = ({ code, location }: Answer): boolean =>
  code === 'session/unconfirmed' || location.startsWith('/confirm');

/** Too long ago; or by a provider that has not asked anew, on the site that asks for no factor. */
const isUnproven = (site: SiteName, state: State): boolean =>
  state === 'stale' || (state === 'vouched' && site === 'saisons');

/** What an answer says of the right to be there, whatever the route made of a request of nothing. */
function isRefusal(answer: Answer): boolean {
  const { status, location, text } = answer;
  // The sign-in form with « wrong password » was reached.
  if (text.includes('id="login-error"') || isUnconfirmed(answer)) return false;
  if (status === 401 || status === 403) return true;
  // Who has a second factor is led from where one is set up to where it is asked.
  return (
    (status === 302 && /^\/(?:login|challenge)/.test(location)) ||
    (status === 303 && location.startsWith('/twofactor/challenge'))
  );
}

/** What the test's own factor says of a wrong code. */
const isOwnRefusal = ({ route }: RouteRow, { code }: Answer): boolean =>
  route === 'post /test-factor' && code === 'request/forbidden';

const isOn = ({ on }: RouteRow, site: SiteName): boolean => on === undefined || on.includes(site);

function isAllowedTo(row: RouteRow, site: SiteName, state: State): boolean {
  if (!isOn(row, site)) return false;
  if (OUTSIDE.includes(state)) return row.isAnywhere === true;
  return ALLOWED[row.who].includes(state);
}

const counted = new Map<string, { allowed: number; refused: number }>();

function count(site: SiteName, state: State, isAllowed: boolean): void {
  for (const key of [`${site} ${state}`, `${site} sum`, `all ${state}`, 'all sum']) {
    const entry = counted.get(key) ?? { allowed: 0, refused: 0 };
    counted.set(key, entry);
    entry[isAllowed ? 'allowed' : 'refused'] += 1;
  }
}

it('has a row for every route of the router, and a route for every row', () => {
  const routes = routesOfRouter().sort();

  expect(routes.length).toBeGreaterThan(80);
  expect(ROUTE_ROWS.map(({ route }) => route).sort()).toEqual(routes);
});

it('opens nothing by WebDAV to a session in any state', async () => {
  const reached: string[] = [];
  for (const site of SITES) {
    for (const state of STATES) {
      const { host, headers } = await browsers.in(site, state);
      for (const method of ['OPTIONS', 'PROPFIND', 'GET', 'PUT', 'DELETE']) {
        for (const target of ['/dav/', '/dav/principals/', '/dav/contacts/']) {
          const { status } = await ask(demo.port, target, {
            method,
            headers: { Host: host, ...headers },
          });
          const wanted = OUTSIDE.includes(state) && site === 'marees' ? 403 : 401;
          if (status !== wanted) reached.push(`${site} ${state} ${method} ${target}: ${status}`);
        }
      }
    }
  }

  expect(reached).toEqual([]);
});

/** A wrong password is answered late on purpose: the others are asked meanwhile. */
const isLate = ({ route }: RouteRow): boolean => /^post \/(?:login|confirm)$/.test(route);
const isRead = ({ route }: RouteRow): boolean => route.startsWith('get ');

/** Everything that a state is answered on a route against its row; what is not as it says. */
async function faultsOf(site: SiteName, state: State, row: RouteRow): Promise<string[]> {
  const [method = '', pattern = ''] = row.route.split(' ');
  const target = concrete(pattern, site);
  const isAllowed = isAllowedTo(row, site, state);
  const isAsked = isAllowed && row.isFresh === true && isUnproven(site, state);
  const faults: string[] = [];
  for (const kind of isRead(row) ? (['page', 'json', 'stream'] as const) : (['json'] as const)) {
    const answer = await send(site, state, method, target, { kind, hasToken: true });
    // A plugin that is off is not there: like any unknown path.
    const isAbsent = !isOn(row, site) && answer.status === 404;
    const isReached = (!isRefusal(answer) || isOwnRefusal(row, answer)) && !isAbsent;
    count(site, state, isReached);
    const isLed = isUnconfirmed(answer) && target !== '/confirm';
    const isRight = isReached === isAllowed && isLed === isAsked;
    if (isRight && answer.status < 500) continue;
    faults.push(`${row.route} (${kind}): ${answer.status} ${answer.code} ${answer.location}`);
  }
  if (!isRead(row)) return faults;
  const head = await send(site, state, 'head', target);
  const isReached = !isRefusal(head) && head.status !== 404;
  count(site, state, isReached);
  // It may be refused where GET is not, never the other way round.
  return isReached && !isAllowed ? [...faults, `head ${pattern}: ${head.status}`] : faults;
}

/** What only reads waits for disks and servers: some at a time. */
const LANES = 4;

describe.each(SITES)('on the site %s', (site) => {
  it.each(statesOf(site))(
    'a session that is %s reaches what its rows say, and nothing else',
    async (state) => {
      const inTurn = async (rows: readonly RouteRow[]): Promise<string[]> => {
        const faults: string[] = [];
        for (const row of rows) faults.push(...(await faultsOf(site, state, row)));
        return faults;
      };
      const reads = ROUTE_ROWS.filter(isRead);
      const asked = [
        ...Array.from({ length: LANES }, (_, lane) =>
          inTurn(reads.filter((_row, at) => at % LANES === lane)),
        ),
        ...ROUTE_ROWS.filter(isLate).map((row) => faultsOf(site, state, row)),
      ];
      const faults = (await Promise.all(asked)).flat();
      // What is posted may end the session.
      const posts = ROUTE_ROWS.filter((row) => !isRead(row) && !isLate(row));
      expect([...faults, ...(await inTurn(posts))]).toEqual([]);
    },
    180_000,
  );

  it('changes nothing in any state without the token of that very session', async () => {
    const accepted: string[] = [];
    for (const state of statesOf(site)) {
      for (const { route, who } of ROUTE_ROWS) {
        const [method = '', pattern = ''] = route.split(' ');
        if (method !== 'post' || who === 'provider') continue;
        const answer = await send(site, state, 'post', concrete(pattern, site));
        count(site, state, !isRefusal(answer));
        if (!isRefusal(answer)) accepted.push(`${state} ${route}: ${answer.status} ${answer.code}`);
      }
    }
    expect(accepted).toEqual([]);
  }, 120_000);

  it('knows no other method, in any state', async () => {
    const accepted: string[] = [];
    for (const state of statesOf(site)) {
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
    const inState = async (state: State): Promise<void> => {
      for (const target of spellings) {
        for (const kind of ['page', 'json', 'stream'] as const) {
          const { status, text } = await send(site, state, 'get', target, { kind });
          const isClosed = [302, 400, 401, 403, 404].includes(status);
          count(site, state, !isClosed);
          if (!isClosed || /data-uid|data-message-list/.test(text)) {
            opened.push(`${state} ${target} (${kind}): ${status}`);
          }
        }
      }
    };
    const outside = statesOf(site).filter((one) => !SIGNED_IN.includes(one));
    await Promise.all(outside.map(inState));
    for (const target of spellings) {
      const { status } = await send(site, 'open', 'get', target, { kind: 'page' });
      if (status >= 500) opened.push(`open ${target}: ${status}`);
    }
    expect(opened).toEqual([]);
  }, 120_000);
});

it('shows measures on the listener of the operator alone, which shows nothing else', async () => {
  const port = demo.app.operationsPort() ?? 0;
  const { host, headers } = await browsers.in('saisons', 'platform');
  const at = (target: string, to: number) =>
    ask(to, target, { method: 'GET', headers: { Host: host, ...headers } });

  expect((await at('/metrics', port)).status).toBe(200);
  expect((await at('/metrics', demo.port)).status).toBe(404);
  for (const { route } of ROUTE_ROWS.filter(({ route: one }) => !one.includes('/health'))) {
    const target = concrete(route.split(' ')[1] ?? '', 'saisons');
    expect({ target, status: (await at(target, port)).status }).toEqual({ target, status: 404 });
  }
}, 60_000);

it('answers nobody at a host that is not ours', async () => {
  const { headers: own } = await browsers.in('saisons', 'open');
  for (const target of ['/login', '/mail/me/INBOX', '/help/lost', '/test-factor/open']) {
    const headers = { Host: 'elsewhere.example', ...own };
    expect((await ask(demo.port, target, { method: 'GET', headers })).status).toBe(421);
  }
});

/** One line a site, one column a state: allowed/refused. */
afterAll(() => {
  const columns = [...STATES, 'sum'];
  const width = (column: string): number => Math.max(column.length, 9) + 2;
  const line = (name: string, cells: readonly string[]): string =>
    `${name.padEnd(8)}${cells.map((cell, at) => cell.padStart(width(columns[at] ?? ''))).join('')}\n`;
  const cellsOf = (site: string): string[] =>
    columns.map((column) => {
      const { allowed, refused } = counted.get(`${site} ${column}`) ?? {};
      return allowed === undefined ? '-' : `${allowed}/${refused}`;
    });
  const lines = [...SITES, 'all'].map((site) => line(site, cellsOf(site)));
  process.stdout.write(
    `${ROUTE_ROWS.length} routes, requests allowed/refused\n${line('site', columns)}${lines.join('')}`,
  );
});
