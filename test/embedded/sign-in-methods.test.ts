import path from 'node:path';
import { type DemoApp, startDemoApp } from '../../src/demo';
import { WebAgent } from '../kit/agent';
import { askAt } from '../kit/ask-at';
import { agentAt } from '../kit/demo-agents';
import type { Page } from '../kit/html';
import { textOf } from '../kit/html';
import { beginSignIn, providerOf, signInWith } from '../kit/sign-in-journey';
import { FAKE_ISSUER, type FakeProvider, fakeProvider } from '../kit/sign-in-plugin';

const ROOT = path.resolve(__dirname, '..', '..');
const MAIN = '/login/fake-sso/main';

let demo: DemoApp;
let provider: FakeProvider;
const refused: { code: string; reason?: string | undefined; via?: string | undefined }[] = [];

const agent = (index = 0) => agentAt(demo, index);
const browser = (): WebAgent => new WebAgent(`http://127.0.0.1:${demo.port}`);

const begin = (web: WebAgent, next = ''): Promise<Page> => beginSignIn(web, { next });
const signIn = (web: WebAgent, code: string): Promise<Page> => signInWith(web, code);

const isOpen = async (web: WebAgent): Promise<boolean> =>
  (await web.raw('/settings/display')).status === 200;

const lastRefusal = () => refused.at(-1);

beforeAll(async () => {
  provider = fakeProvider();
  demo = await startDemoApp({
    root: ROOT,
    port: 0,
    app: { log: { level: 'silent' } },
    site: (id, file) =>
      id === 'saisons'
        ? { ...file, plugins: { 'fake-sso': true }, mailAccess: { kind: 'oauth' } }
        : { ...file, mailAccess: { kind: 'oauth' } },
    options: { extraPlugins: [provider.plugin] },
  });
  const { hooks } = demo.app;
  const tell = hooks.action.bind(hooks);
  Object.assign(hooks, {
    action: (...args: Parameters<typeof tell>) => {
      if (args[1] === 'session:refused') refused.push(args[2] as (typeof refused)[number]);
      return tell(...args);
    },
  });
}, 60_000);
afterAll(async () => {
  await demo?.stop();
});
beforeEach(() => {
  provider.answers.clear();
  provider.people.clear();
  provider.people.set('alice', { subject: 'sub-0', login: agent(0).username });
  provider.people.set('bruno', { subject: 'sub-1', login: agent(1).username });
});

describe('a way in that a plugin answers for', () => {
  it('is a button of the sign-in page, below the form, with what it is about', async () => {
    const page = await browser().get('/login');

    expect(textOf(page.one('data-action', 'way-fake-sso-main'))).toBe('Se connecter avec la carte');
    expect(page.one('data-action', 'way-fake-sso-other').attribs['class']).toContain(
      'look-proconnect',
    );
    expect(page.text.indexOf('name="password"')).toBeLessThan(
      page.text.indexOf('way-fake-sso-main'),
    );
    expect(page.one('href', 'https://idp.example/about')).toBeDefined();
  });

  it('leads to the provider by a page that works without scripts', async () => {
    const web = browser();

    const page = await begin(web);
    const to = providerOf(page);

    expect(page.status).toBe(200);
    expect(to.origin).toBe(FAKE_ISSUER);
    expect(to.searchParams.get('redirect_uri')).toBe(
      `http://127.0.0.1:${demo.port}${MAIN}/callback`,
    );
    expect(web.cookie('estafette-way')).toMatch(/^[\w-]+$/);
  });

  it('opens a session for whom the provider vouches, and the page that was asked for', async () => {
    const web = browser();
    const before = web.cookie('estafette');

    const to = providerOf(await begin(web, '/settings/display'));
    const answer = await web.raw(
      `${MAIN}/callback?state=${to.searchParams.get('state')}&code=alice`,
    );

    expect(answer.status).toBe(303);
    expect(answer.headers.get('Location')).toBe('/settings/display');
    expect(web.cookie('estafette')).not.toBe(before);
    expect(web.cookie('estafette-way')).toBeUndefined();
    expect(await isOpen(web)).toBe(true);
    const [user] = await demo.app.sessions.list(1 as never);
    expect(user?.via).toBe('fake-sso.main');
  });

  it.each([
    ['shows what outlives the session to whom it asked', 0, 200, null],
    [
      'asks again before that whom it only let in',
      3_600_000,
      303,
      '/confirm?next=%2Fsecurity%3Fapp%3DAgenda',
    ],
  ])('%s', async (_name, agoMs, status, location) => {
    const more = { authenticatedAt: new Date(Date.now() - agoMs).toISOString() };
    provider.people.set('timed', { subject: 'sub-0', login: agent(0).username, more });
    const web = browser();
    const to = providerOf(await begin(web));
    await web.get(`${MAIN}/callback?state=${to.searchParams.get('state')}&code=timed`);
    const page = await web.get('/security');

    const answer = await web.raw('/security/app-passwords', {
      method: 'POST',
      body: new URLSearchParams({
        _csrf: page.one('name', 'csrf-token').attribs['content'] ?? '',
        name: 'Agenda',
      }),
    });

    expect([answer.status, answer.headers.get('Location')]).toEqual([status, location]);
  });

  it('is not there on a site that has the plugin off', async () => {
    const other = 'marees.localhost';
    const at = (method: string, target: string, headers = {}, body = '') =>
      askAt(demo.port, { host: other, method, target, headers, body });
    const page = await at('GET', '/login');
    const cookie = /estafette-pre=[^;]+/.exec(page.cookies)?.[0] ?? '';
    const token = /name="_csrf" value="([^"]+)"/.exec(page.text)?.[1] ?? '';
    const form = { 'Content-Type': 'application/x-www-form-urlencoded' };

    expect(page.text).not.toContain('fake-sso');
    const begun = await at('POST', MAIN, { ...form, Cookie: cookie }, `_csrf=${token}`);
    expect(begun.status).toBe(404);
    expect((await at('GET', `${MAIN}/callback?state=x&code=alice`)).status).toBe(404);
    expect((await at('POST', `${MAIN}/callback`, form, 'code=alice')).status).toBe(404);
    expect((await at('POST', `${MAIN}/notice`, form, 'proof=right&sub=sub-0')).status).toBe(404);
    expect((await browser().get('/login/fake-sso/nothing/callback')).status).toBe(404);
    expect((await browser().get('/login/nothing/main/callback')).status).toBe(404);
  });

  it('begins with the token of the form alone', async () => {
    const web = browser();
    await web.get('/login');

    expect((await web.post(MAIN, [])).status).toBe(403);
    expect((await web.raw(MAIN)).status).toBe(404);
  });

  it.each([
    'https://evil.example/',
    '//evil.example',
    '/\\evil.example',
    '/%09/evil.example\t',
    'javascript:alert(1)',
  ])('leads nowhere else afterwards: %s', async (next) => {
    const web = browser();
    const token = (await web.get('/login')).one('name', '_csrf').attribs['value'] ?? '';
    const going = await web.post(MAIN, [
      ['_csrf', token],
      ['next', next],
    ]);
    const to = providerOf(going);

    const answer = await web.raw(
      `${MAIN}/callback?state=${to.searchParams.get('state')}&code=alice`,
    );

    expect(answer.headers.get('Location')).toBe('/mail/me/INBOX');
  });
});

describe('the state of a sign-in', () => {
  const back = (state: string | null, code = 'alice'): string =>
    `${MAIN}/callback?state=${state}&code=${code}`;

  it('is taken once', async () => {
    const web = browser();
    const to = providerOf(await begin(web));
    const kept = web.cookie('estafette-way') ?? '';
    await web.get(back(to.searchParams.get('state')));
    const thief = browser();
    thief.setCookie('estafette-way', kept);

    const again = await thief.get(back(to.searchParams.get('state')));

    expect(again.status).toBe(400);
    expect(await isOpen(thief)).toBe(false);
    expect(lastRefusal()).toMatchObject({
      code: 'sign-in/state',
      reason: 'state-replayed',
      via: 'fake-sso.main',
    });
    const lines: { event: string; details: string }[] = await demo.app.db
      .knex('audit_log')
      .where({ event: 'session:refused' });
    expect(lines.map(({ details }) => details).join('')).toContain('state-replayed');
  });

  it('is used up by a return that failed, too', async () => {
    const web = browser();
    const to = providerOf(await begin(web));
    const kept = web.cookie('estafette-way') ?? '';
    expect((await web.get(back(to.searchParams.get('state'), 'nobody'))).status).toBe(400);
    expect(lastRefusal()).toMatchObject({ code: 'sign-in/invalid', reason: 'unknown-code' });
    web.setCookie('estafette-way', kept);

    await web.get(back(to.searchParams.get('state')));

    expect(await isOpen(web)).toBe(false);
    expect(lastRefusal()).toMatchObject({ reason: 'state-replayed' });
  });

  it('is of the browser that began', async () => {
    const to = providerOf(await begin(browser()));
    const other = browser();

    const page = await other.get(back(to.searchParams.get('state')));

    expect(page.status).toBe(400);
    expect(page.one('name', 'password')).toBeDefined();
    expect(await isOpen(other)).toBe(false);
    expect(lastRefusal()).toMatchObject({ reason: 'state-missing' });
  });

  it('is of one sign-in: the code of another brings nothing', async () => {
    const [web, other] = [browser(), browser()];
    await begin(web);
    const to = providerOf(await begin(other));

    await web.get(back(to.searchParams.get('state')));

    expect(await isOpen(web)).toBe(false);
    expect(lastRefusal()).toMatchObject({ code: 'sign-in/state', reason: 'state-missing' });
    expect(web.cookies).toContain('estafette-way');
  });

  it('waits beside those of other tabs, each with the page that it was for', async () => {
    const web = browser();
    const pages = ['/settings/display', '/security', '/mail/me/Sent', '/settings/reading'];
    const tabs: [string, string | null][] = [];
    for (const page of pages) {
      const to = providerOf(await begin(web, page));
      tabs.push([page, to.searchParams.get('state')]);
    }

    // As people come back: in any order.
    for (const [page, state] of [...tabs.slice(2), ...tabs.slice(0, 2)]) {
      const answer = await web.raw(back(state));
      expect([answer.status, answer.headers.get('Location')]).toEqual([303, page]);
    }
    expect(await isOpen(web)).toBe(true);
    expect(web.cookies).not.toContain('estafette-way');
  });

  it('makes room for the fifth tab, and no more cookies than a header takes', async () => {
    const web = browser();
    const states: (string | null)[] = [];
    for (let tab = 0; tab < 5; tab += 1) {
      states.push(providerOf(await begin(web)).searchParams.get('state'));
    }
    const kept = web.cookies.split('; ').filter((one) => one.startsWith('estafette-way'));
    expect(kept).toHaveLength(4);

    expect((await web.get(back(states[0] ?? ''))).status).toBe(400);
    expect(lastRefusal()).toMatchObject({ reason: 'state-missing' });
    expect((await web.raw(back(states[1] ?? ''))).status).toBe(303);

    const large = browser();
    let count = 0;
    provider.answers.set('begin', () => {
      count += 1;
      const keep = { state: `large-${count}`, more: 'x'.repeat(1_500) };
      return { redirect: `${FAKE_ISSUER}/authorize?state=large-${count}`, keep };
    });
    for (let tab = 0; tab < 4; tab += 1) await begin(large);
    const ways = large.cookies.split('; ').filter((one) => one.startsWith('estafette-way'));
    expect(ways.join('').length).toBeLessThan(4_100);
    expect((await large.raw(back('large-4'))).status).toBe(303);
  });

  it('is refused when it was altered', async () => {
    const web = browser();
    const to = providerOf(await begin(web));
    const kept = web.cookie('estafette-way') ?? '';
    for (const altered of [
      `${kept.slice(0, 60)}${kept[60] === 'A' ? 'B' : 'A'}${kept.slice(61)}`,
      kept.slice(0, -4),
      'AQ',
      '%00',
    ]) {
      web.setCookie('estafette-way', altered);

      await web.get(back(to.searchParams.get('state')));

      expect(await isOpen(web)).toBe(false);
      expect(lastRefusal()).toMatchObject({ reason: 'state-altered' });
    }
  });

  it('is of one method', async () => {
    const web = browser();
    const to = providerOf(await begin(web));

    await web.get(
      `/login/fake-sso/other/callback?state=${to.searchParams.get('state')}&code=alice`,
    );

    expect(await isOpen(web)).toBe(false);
    expect(lastRefusal()).toMatchObject({ reason: 'state-elsewhere' });
  });

  it('is not used up by a HEAD', async () => {
    const web = browser();
    const to = providerOf(await begin(web));

    expect((await web.raw(back(to.searchParams.get('state')), { method: 'HEAD' })).status).toBe(
      405,
    );
    await web.get(back(to.searchParams.get('state')));

    expect(await isOpen(web)).toBe(true);
  });

  it('does not go with a value that was given twice', async () => {
    const web = browser();
    const to = providerOf(await begin(web));

    await web.get(`${back(to.searchParams.get('state'))}&code=bruno`);

    expect(await isOpen(web)).toBe(false);
    expect(lastRefusal()).toMatchObject({ reason: 'repeated-parameter' });
  });
});

describe('a return by a form of the provider', () => {
  const crossSite = { Origin: FAKE_ISSUER, 'Sec-Fetch-Site': 'cross-site' };

  it('goes through a page of ours, which brings the cookies', async () => {
    const web = browser();
    const to = providerOf(await begin(web));
    const fields = new URLSearchParams({
      state: to.searchParams.get('state') ?? '',
      code: 'alice',
      RelayState: '"><script>x</script>',
    });
    // Without cookies, as a browser sends a form of another site.
    const page = await browser().post(`${MAIN}/callback`, [...fields], crossSite);
    expect(page.status).toBe(200);
    expect(page.text).not.toContain('<script>x');
    const form = page.all(({ name }) => name === 'form')[0];

    const answer = await web.submit(page, { form: () => form as never });

    expect(answer.url).toBe('/mail/me/INBOX');
    expect(await isOpen(web)).toBe(true);
    const { request } = provider.asked.filter(({ what }) => what === 'finish').at(-1) ?? {};
    expect(request).toMatchObject({ via: 'post', body: Object.fromEntries(fields) });
  });

  it('brings nothing to a browser that did not begin', async () => {
    const web = browser();

    const page = await web.post(`${MAIN}/callback`, [
      ['code', 'alice'],
      ['_again', '1'],
    ]);

    expect(page.status).toBe(400);
    expect(lastRefusal()).toMatchObject({ reason: 'state-missing' });
  });
});

describe('an account and who vouches for it', () => {
  it('goes by the subject, whatever login it says later', async () => {
    provider.people.set('later', { subject: 'sub-0', login: agent(1).username });
    const web = browser();
    await signIn(web, 'alice');

    const second = browser();
    await signIn(second, 'later');
    const page = await second.get('/settings/display');

    expect(page.text).toContain(agent(0).name);
    expect(page.text).not.toContain(agent(1).name);
  });

  it('is refused to another subject that claims it, and told', async () => {
    await signIn(browser(), 'alice');
    provider.people.set('thief', { subject: 'sub-thief', login: agent(0).username });
    const web = browser();

    const page = await signIn(web, 'thief');

    expect(page.status).toBe(403);
    expect(page.text).toContain('mailto:assistance@saisons.example');
    expect(await isOpen(web)).toBe(false);
    expect(lastRefusal()).toMatchObject({ code: 'session/link-conflict' });
    const lines = await demo.app.db.knex('audit_log').select();
    expect(lines.map(({ event }: { event: string }) => event)).toEqual(
      expect.arrayContaining(['sign-in:linked', 'sign-in:conflict']),
    );
  });

  it('is not there for a login that the directory does not know', async () => {
    provider.people.set('ghost', { subject: 'sub-ghost', login: 'personne' });

    const page = await signIn(browser(), 'ghost');

    expect(page.status).toBe(403);
    expect(lastRefusal()).toMatchObject({ code: 'session/not-known' });
  });

  it.each(['*', 'a*', ')(uid=*', '\u0000', 'x)(|(uid=*'])(
    'takes the login literally: %j',
    async (login) => {
      provider.people.set('odd', { subject: `sub-${login}`, login });
      const web = browser();

      await signIn(web, 'odd');

      expect(await isOpen(web)).toBe(false);
    },
  );

  it('is free again once it is unlinked, and its sessions end', async () => {
    const web = browser();
    await signIn(web, 'alice');
    const user = await demo.app.affairs.find(agent(0).site as never, agent(0).username);
    if (!user) throw new Error('no user');

    await demo.app.sessions.unlink(user);
    const [line] = await demo.app.audit.list({ event: 'sign-in:unlinked' });
    expect(line).toMatchObject({ actor: expect.stringMatching(/^cli/), target: user.login });
    provider.people.set('renewed', { subject: 'sub-renewed', login: agent(0).username });
    const again = browser();
    await signIn(again, 'renewed');

    expect(await isOpen(web)).toBe(false);
    expect(await isOpen(again)).toBe(true);
    await demo.app.sessions.unlink(user);
  });
});

describe('the end of a session', () => {
  const logout = async (web: WebAgent): Promise<Page> => {
    const page = await web.get('/settings/display');
    const token = page.one('name', 'csrf-token').attribs['content'] ?? '';
    return web.post('/logout', [['_csrf', token]]);
  };

  it('is ours first, then the provider’s', async () => {
    const web = browser();
    await signIn(web, 'bruno');

    const page = await logout(web);

    expect(await isOpen(web)).toBe(false);
    const to = providerOf(page);
    expect(to.pathname).toBe('/logout');
    expect(to.searchParams.get('hint')).toBe('hint-of-sub-1');
    expect(to.searchParams.get('back')).toBe(`http://127.0.0.1:${demo.port}/login/bye`);
    const bye = await web.get('/login/bye');
    expect(bye.text).toContain('Vous êtes déconnecté');
  });

  it('is ours alone when the plugin fails', async () => {
    const web = browser();
    await signIn(web, 'bruno');
    provider.answers.set('leave', () => {
      throw new Error('down');
    });

    const page = await logout(web);

    expect(page.url).toBe('/login/bye');
    expect(await isOpen(web)).toBe(false);
  });

  it('comes by a notice of the provider, for its session', async () => {
    const [one, two] = [browser(), browser()];
    await signIn(one, 'alice');
    await signIn(two, 'bruno');
    const body = new URLSearchParams({ proof: 'right', sid: 'sid-of-sub-0' });

    const answer = await browser().raw(`${MAIN}/notice`, {
      method: 'POST',
      body,
      headers: { Origin: FAKE_ISSUER },
    });

    expect(answer.status).toBe(200);
    expect(answer.headers.get('Cache-Control')).toContain('no-store');
    expect(await isOpen(one)).toBe(false);
    expect(await isOpen(two)).toBe(true);
  });

  it('comes by a notice for a person', async () => {
    const [one, two] = [browser(), browser()];
    await signIn(one, 'alice');
    await signIn(two, 'alice');
    const body = new URLSearchParams({ proof: 'right', sub: 'sub-0' });

    await browser().raw(`${MAIN}/notice`, { method: 'POST', body });

    expect([await isOpen(one), await isOpen(two)]).toEqual([false, false]);
  });

  it('comes by a notice in a frame of the provider, which brings no cookie', async () => {
    provider.answers.set('notice', (request) => {
      const { query } = request as { readonly query: Record<string, string> };
      return { issuer: query['iss'], session: query['sid'] };
    });
    const web = browser();
    await signIn(web, 'alice');

    const answer = await browser().raw(
      `${MAIN}/notice?iss=${encodeURIComponent(FAKE_ISSUER)}&sid=sid-of-sub-0`,
      { headers: { 'Sec-Fetch-Dest': 'iframe', 'Sec-Fetch-Site': 'cross-site' } },
    );

    expect(answer.status).toBe(200);
    expect(await isOpen(web)).toBe(false);
  });

  it('does not come by a notice that names nobody', async () => {
    provider.answers.set('notice', () => ({ issuer: FAKE_ISSUER }));
    const web = browser();
    await signIn(web, 'alice');

    const answer = await browser().raw(`${MAIN}/notice`, { method: 'POST', body: 'x' });

    expect(answer.status).toBe(503);
    expect(await isOpen(web)).toBe(true);
  });

  it('does not come by a notice that cannot be believed', async () => {
    const web = browser();
    await signIn(web, 'alice');

    for (const proof of ['wrong', '']) {
      const body = new URLSearchParams({ proof, sub: 'sub-0' });
      const answer = await browser().raw(`${MAIN}/notice`, { method: 'POST', body });
      expect(answer.status).toBe(400);
    }
    const both = new URLSearchParams([
      ['proof', 'right'],
      ['sub', 'sub-0'],
      ['sub', 'sub-1'],
    ]);
    expect((await browser().raw(`${MAIN}/notice`, { method: 'POST', body: both })).status).toBe(
      503,
    );

    expect(await isOpen(web)).toBe(true);
    expect(lastRefusal()).toMatchObject({ code: 'sign-in/invalid', reason: 'notice' });
  });

  it('is refused with the reason that the plugin gives, and may be told again when it cannot say', async () => {
    const tell = (refused: string) => {
      provider.answers.set('notice', () => ({ refused, code: 'replayed' }));
      return browser().raw(`${MAIN}/notice`, { method: 'POST', body: 'x' });
    };

    expect((await tell('invalid')).status).toBe(400);
    expect(lastRefusal()).toMatchObject({ code: 'sign-in/invalid', reason: 'replayed' });
    expect((await tell('unavailable')).status).toBe(503);
  });

  it('takes no notice of more than 100 kB', async () => {
    const answer = await browser().raw(`${MAIN}/notice`, {
      method: 'POST',
      body: 'x'.repeat(100_001),
    });

    expect(answer.status).toBe(413);
  });
});
