import path from 'node:path';
import type { AuditEntry } from '../../src/audit';
import { newToken } from '../../src/base/ids';
import { type DemoApp, startDemoApp } from '../../src/demo';
import { WebAgent } from '../kit/agent';
import { foundPlugin } from '../kit/found-plugin';
import { movingClock } from '../kit/moving-clock';

const ROOT = path.resolve(__dirname, '..', '..');
const MINUTE_MS = 60_000;
const OUTSIDE = '203.0.113.7';
const clock = movingClock();
/** Asks for a charter, for sessions that are half open, and for more; or cannot say whether it does. */
const asker = { asks: false, isBroken: false, also: '' };
let demo: DemoApp;

beforeAll(async () => {
  demo = await startDemoApp({
    root: ROOT,
    port: 0,
    seed: false,
    app: { log: { level: 'silent' }, trustedProxies: ['loopback'] },
    site: (id, file) => ({
      ...file,
      plugins: { asker: true },
      hosts: [id === 'saisons' ? '127.0.0.1' : 'localhost'],
      ...(id === 'saisons' && {
        protection: { networks: { inside: ['198.51.100.0/24', '127.0.0.0/8'], outside: 'refuse' } },
      }),
    }),
    options: {
      clock,
      extraPlugins: [
        foundPlugin('asker', {
          contributes: {
            challenges: [
              { id: 'asker', label: 'asker:title', path: '/' },
              { id: 'second', label: 'asker:title', path: '/second' },
              { id: 'shut', label: 'asker:title', path: '/shut' },
            ],
            routes: async () => ({
              routes(router) {
                router.get('/', async () => ({ json: {} }), { challenge: 'asker' });
                router.get('/second', async () => ({ json: {} }), { challenge: 'second' });
                router.get('/shut', async () => ({ json: {} }));
              },
            }),
          },
          activate(context) {
            context.hooks.on('session:challenges', () => {
              if (asker.isBroken) throw new Error('out of order');
              const ids = [asker.asks ? 'asker' : '', asker.also].filter(Boolean);
              return ids.map((id) => ({ id, label: id, satisfied: false }));
            });
          },
        }),
      ],
    },
  });
}, 60_000);
afterAll(async () => {
  await demo?.stop();
});
beforeEach(() => {
  asker.asks = false;
  asker.isBroken = false;
  asker.also = '';
});

const agent = () => {
  const found = demo.stack.agents.find(({ site }) => site === 'saisons');
  if (!found) throw new Error('no such agent');
  return found;
};
async function signedIn(): Promise<WebAgent> {
  const web = new WebAgent(`http://127.0.0.1:${demo.port}`);
  const { username, password } = agent();
  await web.signIn(username, password);
  return web;
}
let last = 0;
/** Another address inside for each test: lines are gathered by address. */
function nextAddress(): string {
  last += 1;
  return `198.51.100.${last}`;
}
/** Lines of what was refused from an address, once they are written. */
async function refusedFrom(remote: string): Promise<readonly AuditEntry['details'][]> {
  const lines = await demo.app.audit.list({ event: 'security:refused', limit: 200 });
  return lines.filter((line) => line.remote === remote).map(({ details }) => details);
}
const from = (remote: string) => ({ headers: { 'X-Forwarded-For': remote, Accept: 'text/html' } });

describe('a network that the site refuses', () => {
  it('neither loads nor prolongs the session that comes from there', async () => {
    const web = await signedIn();
    const told: string[] = [];
    demo.app.hooks.on('asker', 'session:pulsed', () => void told.push('pulsed'));
    const seen = () => demo.app.db.knex('sessions').pluck<string[]>('seen_at');
    const before = await seen();
    clock.forward(5 * MINUTE_MS);

    const refused = await web.raw('/settings/display', from(OUTSIDE));
    await demo.app.hooks.idle();

    expect(refused.status).toBe(403);
    expect(await seen()).toEqual(before);
    expect(told).toEqual([]);
    expect(await refusedFrom(OUTSIDE)).toEqual([{ code: 'session/network' }]);
    expect((await web.raw('/settings/display')).status).toBe(200);
  });
});

describe('a session cookie that opens nothing', () => {
  const bring = async (cookie: string): Promise<readonly AuditEntry['details'][]> => {
    const remote = nextAddress();
    const web = new WebAgent(`http://127.0.0.1:${demo.port}`);
    web.setCookie('estafette', cookie);
    expect((await web.raw('/settings/display', from(remote))).status).toBe(302);
    return refusedFrom(remote);
  };

  it('is written down when somebody planted it, or altered it', async () => {
    const own = (await signedIn()).cookie('estafette') ?? '';
    const [id = '', half = ''] = own.split('.');
    const forged = [{ code: 'session/cookie', reason: 'forged' }];

    expect(await bring(`${newToken()}.${newToken()}`)).toEqual(forged);
    expect(await bring(`${id}.${newToken()}`)).toEqual(forged);
    expect(await bring(`${newToken()}.${half}`)).toEqual(forged);
    expect(await bring('rubbish')).toEqual(forged);
  });

  it('is written down when another one stands beside it', async () => {
    const own = (await signedIn()).cookie('estafette') ?? '';
    const cookie = `${own}; estafette=${newToken()}.${newToken()}`;

    expect(await bring(cookie)).toEqual([{ code: 'session/cookie', reason: 'repeated' }]);
  });

  it('is written down when it is of another site', async () => {
    const web = await signedIn();
    await demo.app.db.knex('sessions').update({ site: 'marees' });

    expect(await bring(web.cookie('estafette') ?? '')).toEqual([
      { code: 'session/cookie', reason: 'other-site' },
    ]);
    await demo.app.db.knex('sessions').update({ site: 'saisons' });
  });

  it('is nothing to be told when its session is simply over', async () => {
    const web = await signedIn();
    const cookie = web.cookie('estafette') ?? '';
    await demo.app.db.knex('sessions').delete();

    expect(await bring(cookie)).toEqual([]);
  });

  it('is one line, however often it comes', async () => {
    const remote = nextAddress();
    for (let count = 0; count < 30; count += 1) {
      const web = new WebAgent(`http://127.0.0.1:${demo.port}`);
      web.setCookie('estafette', `${newToken()}.${newToken()}`);
      await web.raw('/login', from(remote));
    }
    expect(await refusedFrom(remote)).toHaveLength(1);
  });
});

describe('where somebody was going', () => {
  it.each(['//evil.example', '/\\evil.example', 'https:evil.example', '/a\r\nLocation: x', '\\/e'])(
    'is never elsewhere, which is written down: %j',
    async (next) => {
      const query = `next=${encodeURIComponent(next)}`;
      const web = await signedIn();
      for (const path of [`/login?${query}`, `/confirm?${query}`]) {
        const remote = nextAddress();
        const answer = await web.raw(path, from(remote));
        expect(answer.headers.get('Location') ?? '/').toMatch(/^\/(?![/\\])/);
        expect(await refusedFrom(remote)).toEqual([{ code: 'request/next' }]);
      }
    },
  );

  it('is kept when the language of the sign-in page is changed', async () => {
    const web = new WebAgent(`http://127.0.0.1:${demo.port}`);
    const page = await web.get('/login?next=%2Fsettings%2Fdisplay');
    const english = page
      .all((e) => e.name === 'a')
      .map((e) => e.attribs['href'] ?? '')
      .find((href) => href.includes('lang=en'));

    const after = await web.get(english ?? '');

    expect(after.one('name', 'next').attribs['value']).toBe('/settings/display');
  });

  it('is kept while a challenge is waited for, by whatever page one comes', async () => {
    asker.asks = true;
    const web = await signedIn();
    const leadsTo = async (path: string) =>
      (await web.raw(path, from(nextAddress()))).headers.get('Location');
    const kept = '/challenge?next=%2Fsettings%2Fdisplay';

    expect(await leadsTo('/settings/display')).toBe(kept);
    expect(await leadsTo('/login?next=%2Fsettings%2Fdisplay')).toBe(kept);
    expect(await leadsTo('/login')).toBe('/challenge');
    // There is one alone: nobody has to choose it.
    expect(await leadsTo(kept)).toBe('/asker/?next=%2Fsettings%2Fdisplay');
  });

  it('is kept by each of several challenges, which one chooses from', async () => {
    asker.asks = true;
    asker.also = 'second';
    const page = await (await signedIn()).get('/challenge?next=%2Fsettings%2Fdisplay');

    const hrefs = page.all((e) => e.name === 'a').map((e) => e.attribs['href']);
    expect([page.url, hrefs]).toEqual([
      '/challenge?next=%2Fsettings%2Fdisplay',
      expect.arrayContaining([
        '/asker/?next=%2Fsettings%2Fdisplay',
        '/asker/second?next=%2Fsettings%2Fdisplay',
      ]),
    ]);
  });

  it('does not go round where the page of the only challenge wants an open session', async () => {
    asker.also = 'shut';
    const web = await signedIn();

    expect((await web.raw('/challenge', from(nextAddress()))).status).toBe(200);
  });
});

describe('a sign-in that fails after the password was right', () => {
  it('has its line, as of the person', async () => {
    asker.isBroken = true;
    await signedIn();

    const [line] = await demo.app.audit.list({ event: 'session:refused' });
    expect(line).toMatchObject({
      target: agent().username,
      remote: '127.0.0.1',
      details: { code: 'plugin/guard-failed', via: 'ldap' },
    });
  });
});
