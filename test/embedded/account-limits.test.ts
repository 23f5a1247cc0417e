import path from 'node:path';
import { type DemoApp, startDemoApp } from '../../src/demo';
import { WebAgent } from '../kit/agent';
import { agentAt, attemptAt } from '../kit/demo-agents';
import { type Page, textOf } from '../kit/html';

const ROOT = path.resolve(__dirname, '..', '..');
let demo: DemoApp;

const start = (values: {
  readonly trustedProxies: readonly string[];
  readonly protection?: Readonly<Record<string, unknown>>;
}) =>
  startDemoApp({
    root: ROOT,
    port: 0,
    app: { log: { level: 'silent' }, trustedProxies: values.trustedProxies },
    site: (_id, file) => ({ ...file, protection: values.protection ?? {} }),
  });
const browser = (): WebAgent => new WebAgent(`http://127.0.0.1:${demo.port}`);
const agentOf = (index: number) => agentAt(demo, index);

const attempt = (username: string, password: string, from: string) =>
  attemptAt(demo, username, password, from);

describe('guesses whose sender writes X-Forwarded-For', () => {
  afterEach(async () => {
    await demo?.stop();
  });

  it('are those of one address where no proxy is trusted, whatever it says', async () => {
    demo = await start({ trustedProxies: [] });
    const statuses: number[] = [];
    for (let count = 1; count <= 6; count += 1) {
      const { answer } = await attempt(agentOf(0).username, 'wrong', `198.51.100.${count}`);
      statuses.push(answer.status);
    }
    expect(statuses).toEqual([401, 401, 401, 401, 401, 429]);
  }, 60_000);

  it('are those of the address that the proxy saw, not of what it was told before', async () => {
    demo = await start({ trustedProxies: ['loopback'] });
    const statuses: number[] = [];
    for (let count = 1; count <= 6; count += 1) {
      const chain = `198.51.100.${count}, 203.0.113.77`;
      const { answer } = await attempt(agentOf(0).username, 'wrong', chain);
      statuses.push(answer.status);
    }
    expect(statuses.at(-1)).toBe(429);
  }, 60_000);

  it('at many accounts from one address are slowed down, known accounts or not', async () => {
    demo = await start({ trustedProxies: ['loopback'] });
    // As many as an address may fail, without the second that each of them takes.
    const { throttle } = demo.app;
    for (let count = 0; count < 100; count += 1) {
      await throttle.begin({
        site: demo.app.sites[0]?.id ?? ('saisons' as never),
        login: `somebody-${count}`,
        remote: '203.0.113.5',
      });
    }
    const known = await attempt(agentOf(0).username, 'wrong', '203.0.113.5');
    const unknown = await attempt('nobody-here', 'wrong', '203.0.113.5');
    const elsewhere = await attempt(agentOf(0).username, agentOf(0).password, '203.0.113.6');

    expect([known.answer.status, unknown.answer.status]).toEqual([429, 429]);
    expect(elsewhere.answer.status).toBe(200);
  }, 60_000);
});

describe('an account', () => {
  beforeAll(async () => {
    demo = await start({ trustedProxies: ['loopback'], protection: { lockAfter: 3 } });
  }, 60_000);
  afterAll(async () => {
    await demo?.stop();
  });

  it('is told from nobody’s by neither text, status, headers nor time, locked or not', async () => {
    const { username, password } = agentOf(1);
    for (let count = 0; count < 3; count += 1) {
      await attempt(username, 'wrong', `198.51.100.${count + 1}`);
    }
    const kinds = {
      known: () => [agentOf(2).username, 'wrong'] as const,
      unknown: () => ['nobody-at-all', 'wrong'] as const,
      locked: () => [username, password] as const,
      filter: () => ['*)(uid=*', 'wrong'] as const,
    };
    const seen = new Map<string, { ms: number[]; looks: Set<string> }>();
    let from = 0;
    for (let round = 0; round < 3; round += 1) {
      for (const [kind, of] of Object.entries(kinds)) {
        // Three tries of each lock even what is nobody's: the last round is locked in every kind.
        from += 1;
        const { answer, ms } = await attempt(...of(), `192.0.2.${from}`);
        const entry = seen.get(kind) ?? { ms: [], looks: new Set<string>() };
        entry.ms.push(ms);
        entry.looks.add(lookOf(answer));
        seen.set(kind, entry);
      }
    }

    const looks = new Set([...seen.values()].flatMap(({ looks: own }) => [...own]));
    expect(looks.size).toBe(1);
    const medians = [...seen.values()].map(({ ms }) => ms.sort((a, b) => a - b)[1] ?? 0);
    expect(Math.min(...medians)).toBeGreaterThanOrEqual(690);
    expect(Math.max(...medians) - Math.min(...medians)).toBeLessThan(150);
  }, 90_000);
});

const lookOf = (page: Page): string =>
  JSON.stringify([
    page.status,
    textOf(page.one('id', 'login-error')),
    [...page.headers]
      .filter(([name]) => !OWN_HEADERS.has(name))
      .map(([name, value]) => `${name}: ${plain(page, value)}`)
      .sort(),
    plain(page, page.text),
  ]);

/** Different each time, whoever it is: the time, the tokens of the form, the length that they give. */
const OWN_HEADERS = new Set(['date', 'set-cookie', 'content-length', 'etag', 'server-timing']);

/** A text without what the reader sent, and the names and tokens of this one answer. */
function plain(page: Page, text: string): string {
  const own = [
    page.headers.get('x-request-id'),
    page.find('name', '_csrf')?.attribs['value'],
    page.find('name', 'csrf-token')?.attribs['content'],
    page.find('name', 'username')?.attribs['value'],
  ];
  return own.reduce<string>((rest, one) => (one ? rest.replaceAll(one, '…') : rest), text);
}

describe('a site that is for its own networks', () => {
  beforeAll(async () => {
    demo = await start({
      trustedProxies: ['loopback'],
      protection: { networks: { inside: ['10.0.0.0/8'], outside: 'refuse' } },
    });
  }, 60_000);
  afterAll(async () => {
    await demo?.stop();
  });

  const INSIDE = { 'X-Forwarded-For': '10.1.2.3' };
  const OUTSIDE = { 'X-Forwarded-For': '198.51.100.9' };

  it('refuses everything from elsewhere with a plain page, help apart', async () => {
    const web = browser();
    for (const target of ['/login', '/mail/me/INBOX', '/', '/security', '/unknown']) {
      const page = await web.get(target, OUTSIDE);
      expect({ target, status: page.status }).toEqual({ target, status: 403 });
      expect(textOf(page.one('id', 'main'))).toContain('réseau de votre ministère');
      expect(textOf(page.one('id', 'main'))).toContain('01 99 00 00 10');
    }
    const json = await web.raw('/events', { headers: { ...OUTSIDE, Accept: 'application/json' } });
    expect(json.status).toBe(403);
    expect(await json.json()).toMatchObject({ error: { code: 'session/network' } });
    for (const target of ['/help/lost', '/help/hacked', '/help/locked']) {
      expect((await web.get(target, OUTSIDE)).status).toBe(200);
    }
  });

  it('lets a session that was opened inside only report from elsewhere, as anybody', async () => {
    const { username, password } = agentOf(2);
    const { web } = await attempt(username, password, '10.1.2.3');
    const other = (await attempt(username, password, '10.1.2.4')).web;
    const inside = await web.get('/help/hacked', INSIDE);
    const page = await web.get('/help/hacked', OUTSIDE);

    const answer = await web.post(
      '/help/hacked',
      [
        ['_csrf', page.one('name', 'csrf-token').attribs['content'] ?? ''],
        ['op', 'secure'],
      ],
      OUTSIDE,
    );

    const buttons = (of: Page) => of.all((e) => e.attribs['data-action'] === 'secure-account');
    expect([buttons(inside).length, buttons(page).length]).toEqual([1, 0]);
    expect(answer.status).toBe(422);
    expect((await other.get('/mail/me/INBOX', INSIDE)).status).toBe(200);
  });

  it('refuses a right password and a session that was opened inside', async () => {
    const { username, password } = agentOf(0);
    const { web } = await attempt(username, password, '10.1.2.3');
    expect((await web.get('/mail/me/INBOX', INSIDE)).status).toBe(200);
    expect((await web.get('/mail/me/INBOX', OUTSIDE)).status).toBe(403);

    const other = browser();
    const page = await other.get('/login', INSIDE);
    const fields = [
      ['_csrf', page.one('name', '_csrf').attribs['value'] ?? ''],
      ['username', username],
      ['password', password],
    ] as const;
    expect((await other.post('/login', fields, OUTSIDE)).status).toBe(403);
    expect(other.cookie('estafette')).toBeUndefined();
  });
});
