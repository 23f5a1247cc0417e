import path from 'node:path';
import { createLog } from '../../src/base/log';
import { type DemoApp, startDemoApp } from '../../src/demo';
import type { PluginContext, SignInContribution } from '../../src/host';
import type { ChallengesQuery } from '../../src/session';
import { WebAgent } from '../kit/agent';
import { askAt } from '../kit/ask-at';
import { factorPlugin } from '../kit/factor-plugin';
import { textOf } from '../kit/html';
import { movingClock } from '../kit/moving-clock';
import { beginSignIn, providerOf, signInWith } from '../kit/sign-in-journey';
import { type FakeProvider, fakeProvider } from '../kit/sign-in-plugin';

const ROOT = path.resolve(__dirname, '..', '..');
const MAIN = '/login/fake-sso/main';
const SECRETS = ['access-token-of-the-test', 'hint-of-', 'code-of-alice', 'sid-of-'];

let demo: DemoApp;
let provider: FakeProvider;
const clock = movingClock();
const logged: string[] = [];
const asked: ChallengesQuery[] = [];
const refused: { code: string; reason?: string; login: string; via?: string }[] = [];
/** What the second factor of these tests asks. */
let isAsked = false;

const agents = () => demo.stack.agents.filter(({ site }) => site === 'saisons');
/** Of the branch that may sign in. */
const inside = () => {
  const [found] = agents().filter(({ dn }) => dn.includes('ou=equinoxes'));
  if (!found) throw new Error('nobody in the branch');
  return found;
};
const outside = () => {
  const [found] = agents().filter(({ dn }) => !dn.includes('ou=equinoxes'));
  if (!found) throw new Error('nobody outside the branch');
  return found;
};
const browser = (): WebAgent => new WebAgent(`http://127.0.0.1:${demo.port}`);
const isOpen = async (web: WebAgent): Promise<boolean> =>
  (await web.raw('/settings/display')).status === 200;

function watchingFactor() {
  const plugin = factorPlugin();
  const { definition } = plugin;
  return {
    ...plugin,
    definition: {
      ...definition,
      activate(context: PluginContext) {
        context.hooks.on('session:challenges', (query) => {
          asked.push(query);
          return [{ id: plugin.id, label: 'factor', satisfied: !isAsked }];
        });
        context.hooks.on('session:refused', (event) => void refused.push(event as never));
      },
    },
  };
}

beforeAll(async () => {
  provider = fakeProvider();
  demo = await startDemoApp({
    root: ROOT,
    port: 0,
    site: (id, file) => {
      const { signIn } = file as { signIn: object };
      const plugins = { 'fake-sso': true, 'test-factor': true };
      const common = { ...file, plugins, mailAccess: { kind: 'oauth' } };
      if (id !== 'saisons') return { ...common, signIn: { ...signIn, form: 'hidden' } };
      const rules = {
        order: ['fake-sso.other', 'form'],
        form: 'folded',
        eligible: { branches: ['ou=equinoxes,ou=agents,dc=saisons,dc=example'] },
      };
      return { ...common, signIn: { ...signIn, ...rules } };
    },
    options: {
      clock,
      log: createLog({
        level: 'debug',
        destination: { write: (line: string) => void logged.push(line) },
      }),
      extraPlugins: [provider.plugin, watchingFactor()],
    },
  });
}, 60_000);
afterAll(async () => {
  await demo?.stop();
});
beforeEach(() => {
  isAsked = false;
  asked.length = 0;
  refused.length = 0;
  provider.answers.clear();
  provider.people.clear();
  provider.people.set('code-of-alice', {
    subject: 'sub-inside',
    login: inside().username,
    more: { assurance: { level: 'eidas2', methods: ['pwd', 'otp'] }, isStrong: true },
  });
  provider.people.set('outside', { subject: 'sub-outside', login: outside().username });
});

describe('the sign-in page of a site', () => {
  it('shows the ways in the order of the site, and the form behind a link', async () => {
    const page = await browser().get('/login');

    const order = ['way-fake-sso-other', 'unfold', 'way-fake-sso-main'];
    const places = order.map((name) => page.text.indexOf(`data-action="${name}"`));
    expect(places.every((place) => place > 0)).toBe(true);
    expect([...places].sort((a, b) => a - b)).toEqual(places);
    expect(page.find('name', 'password')).toBeUndefined();
  });

  it('unfolds the form by its link, and when it was filled wrongly', async () => {
    const web = browser();
    const page = await web.get('/login?form=1');
    const wrong = await web.post('/login', [
      ['_csrf', page.one('name', '_csrf').attribs['value'] ?? ''],
      ['username', inside().username],
      ['password', 'wrong'],
    ]);

    expect(page.one('name', 'password')).toBeDefined();
    expect(wrong.status).toBe(401);
    expect(wrong.one('name', 'password').attribs['aria-invalid']).toBe('true');
  });

  it('has no form where it is hidden, and takes no password', async () => {
    const at = (method: string, target: string, headers = {}, body = '') =>
      askAt(demo.port, { host: 'marees.localhost', method, target, headers, body });
    const page = await at('GET', '/login?form=1');
    const cookie = /estafette-pre=[^;]+/.exec(page.cookies)?.[0] ?? '';
    const token = /name="_csrf" value="([^"]+)"/.exec(page.text)?.[1] ?? '';
    const [other] = demo.stack.agents.filter(({ site }) => site === 'marees');
    const form = new URLSearchParams({
      _csrf: token,
      username: other?.username ?? '',
      password: other?.password ?? '',
    });
    const headers = { 'Content-Type': 'application/x-www-form-urlencoded', Cookie: cookie };

    const answer = await at('POST', '/login', headers, form.toString());

    expect(page.text).not.toContain('name="password"');
    expect(page.text).toContain('way-fake-sso-main');
    expect(answer.status).toBe(404);
    expect(answer.cookies).not.toMatch(/estafette=[^;]/);
  });
});

describe('who may sign in', () => {
  it.each(['password', 'provider'])('is for the site to say, by the %s', async (kind) => {
    const web = browser();
    const { username, password } = outside();

    const page =
      kind === 'provider'
        ? await signInWith(web, 'outside')
        : await web.post('/login', [
            ['_csrf', (await web.get('/login')).one('name', '_csrf').attribs['value'] ?? ''],
            ['username', username],
            ['password', password],
          ]);

    expect(page.status).toBe(403);
    expect(textOf(page.one('id', 'error-title'))).toBe('Accès non autorisé');
    expect(page.text).toContain('mailto:assistance@saisons.example');
    expect(await isOpen(web)).toBe(false);
    expect(refused.at(-1)).toMatchObject({ code: 'session/not-eligible', login: username });
  });

  it('makes no account of who may not', async () => {
    await signInWith(browser(), 'outside');

    const rows = await demo.app.db.knex('users').where({ login: outside().username });
    expect(rows).toEqual([]);
  });

  it('lets those of the branch in', async () => {
    const web = browser();

    await signInWith(web, 'code-of-alice');

    expect(await isOpen(web)).toBe(true);
  });
});

describe('a second factor', () => {
  it('is told how strongly the provider had the person sign in, and from where', async () => {
    await signInWith(browser(), 'code-of-alice');

    expect(asked.at(-1)).toMatchObject({
      via: 'fake-sso.main',
      remote: '127.0.0.1',
      assurance: { level: 'eidas2', methods: ['pwd', 'otp'], isStrong: true },
    });
  });

  it('is asked before the session opens, under a new id each time', async () => {
    isAsked = true;
    const web = browser();
    const page = await signInWith(web, 'code-of-alice', { next: '/settings/display' });
    const half = web.cookie('estafette');

    expect(page.url).toBe('/test-factor/?next=%2Fsettings%2Fdisplay');
    expect(await isOpen(web)).toBe(false);
    const done = await web.post('/test-factor', [
      ['_csrf', page.one('name', 'csrf-token').attribs['content'] ?? ''],
      ['code', 'right'],
    ]);

    expect(done.status).not.toBe(403);
    expect(web.cookie('estafette')).not.toBe(half);
    expect(await isOpen(web)).toBe(true);
    const thief = browser();
    thief.setCookie('estafette', half ?? '');
    expect(await isOpen(thief)).toBe(false);
  });
});

describe('a session without a password', () => {
  it('does not keep an id that somebody planted', async () => {
    const web = browser();
    const planted = `${'A'.repeat(43)}.${'B'.repeat(43)}`;
    web.setCookie('estafette', planted);

    await signInWith(web, 'code-of-alice');

    expect(web.cookie('estafette')).not.toBe(planted);
    expect(await isOpen(web)).toBe(true);
  });

  it('ends the session that the browser had, whoever’s it was', async () => {
    const web = browser();
    await signInWith(web, 'code-of-alice');
    const before = web.cookie('estafette') ?? '';
    const to = await startOver(web);

    await web.get(`${MAIN}/callback?state=${to}&code=code-of-alice`);

    const old = browser();
    old.setCookie('estafette', before);
    expect(await isOpen(old)).toBe(false);
    expect(await isOpen(web)).toBe(true);
  });

  it('signs in again in place through the provider when the mail refuses it', async () => {
    const web = browser();
    await signInWith(web, 'code-of-alice');
    const user = await demo.app.affairs.find('saisons' as never, inside().username);
    const [session] = await demo.app.sessions.list(user?.id as never);
    if (!session) throw new Error('no session');
    await demo.app.sessions.freeze(session.id);

    const page = await web.get('/settings/display');
    expect(page.text).toContain('Votre connexion a été suspendue');
    expect(page.text.indexOf('way-fake-sso-main')).toBeLessThan(
      page.text.indexOf('way-fake-sso-other'),
    );
    await signInWith(web, 'code-of-alice', { next: '/settings/display' });

    expect(await isOpen(web)).toBe(true);
    const [renewed] = await demo.app.sessions.list(user?.id as never);
    expect(renewed?.createdAt).toBe(session.createdAt);
    expect(renewed?.id).not.toBe(session.id);
  });

  it('leaves neither token nor code in pages, addresses or the log', async () => {
    const web = browser();
    const page = await signInWith(web, 'code-of-alice', { next: '/settings/display' });
    const wrong = browser();
    const to = providerOf(await beginSignIn(wrong));
    provider.people.delete('code-of-alice');
    const refusal = await wrong.get(
      `${MAIN}/callback?state=${to.searchParams.get('state')}&code=code-of-alice`,
    );

    for (const secret of SECRETS) {
      expect(page.text).not.toContain(secret);
      expect(refusal.text).not.toContain(secret);
      expect(page.url).not.toContain(secret);
      expect(logged.join('')).not.toContain(secret);
    }
    expect(logged.join('')).toContain('session/sign-in-failed');
    const rows = JSON.stringify(await demo.app.db.knex('sessions').select());
    const links = JSON.stringify(await demo.app.db.knex('sign_in_links').select());
    for (const secret of [...SECRETS, 'sub-inside']) expect(rows + links).not.toContain(secret);
  });
});

describe('the person of an open session, asked again', () => {
  const confirm = async (web: WebAgent, code: string) => {
    const page = await web.get('/settings/display');
    const token = page.one('name', 'csrf-token').attribs['content'] ?? '';
    const going = await web.post(MAIN, [
      ['_csrf', token],
      ['purpose', 'confirm'],
      ['next', '/settings/display'],
    ]);
    const to = providerOf(going);
    return web.raw(`${MAIN}/callback?state=${to.searchParams.get('state')}&code=${code}`);
  };

  it('is confirmed by the provider, under a new id', async () => {
    const web = browser();
    await signInWith(web, 'code-of-alice');
    const before = web.cookie('estafette');

    const answer = await confirm(web, 'code-of-alice');

    expect(answer.status).toBe(303);
    expect(answer.headers.get('Location')).toBe('/settings/display');
    expect(web.cookie('estafette')).not.toBe(before);
    const begun = provider.asked.filter(({ what }) => what === 'begin').at(-1);
    expect(begun?.request).toMatchObject({ purpose: 'confirm' });
  });

  it('is nobody else', async () => {
    const web = browser();
    await signInWith(web, 'code-of-alice');
    const before = web.cookie('estafette');
    provider.people.set('other', { subject: 'sub-other', login: inside().username });

    const answer = await confirm(web, 'other');

    expect(answer.status).toBe(400);
    expect(web.cookie('estafette')).toBe(before);
    expect(refused.at(-1)).toMatchObject({ code: 'sign-in/invalid', reason: 'other-person' });
  });

  it('is no colleague who is known as well', async () => {
    const [, colleague] = agents().filter(({ dn }) => dn.includes('ou=equinoxes'));
    provider.people.set('colleague', {
      subject: 'sub-colleague',
      login: colleague?.username ?? '',
    });
    await signInWith(browser(), 'colleague');
    const web = browser();
    await signInWith(web, 'code-of-alice');

    const answer = await confirm(web, 'colleague');

    expect(answer.status).toBe(400);
    expect(refused.at(-1)).toMatchObject({
      reason: 'other-person',
      login: inside().username,
    });
  });

  it('is the session that was asked, and none that the browser has had since', async () => {
    const web = browser();
    await signInWith(web, 'code-of-alice');
    const page = await web.get('/settings/display');
    const token = page.one('name', 'csrf-token').attribs['content'] ?? '';
    const going = await web.post(MAIN, [
      ['_csrf', token],
      ['purpose', 'confirm'],
    ]);
    const state = providerOf(going).searchParams.get('state');
    const kept = web.cookie('estafette-way') ?? '';
    const again = await startOver(web);
    await web.get(`${MAIN}/callback?state=${again}&code=code-of-alice`);
    const before = web.cookie('estafette');
    web.setCookie('estafette-way', kept);

    const answer = await web.raw(`${MAIN}/callback?state=${state}&code=code-of-alice`);

    expect(answer.status).toBe(401);
    expect(web.cookie('estafette')).toBe(before);
  });

  it('is asked by the way in of the session alone', async () => {
    const web = browser();
    await signInWith(web, 'code-of-alice');
    const page = await web.get('/settings/display');
    const token = page.one('name', 'csrf-token').attribs['content'] ?? '';

    const answer = await web.post('/login/fake-sso/other', [
      ['_csrf', token],
      ['purpose', 'confirm'],
    ]);

    expect(answer.status).toBe(403);
  });
});

describe('a sign-in that somebody else spoils', () => {
  it('expires after ten minutes', async () => {
    const web = browser();
    const to = providerOf(await beginSignIn(web));
    clock.forward(601_000);

    const page = await web.get(
      `${MAIN}/callback?state=${to.searchParams.get('state')}&code=code-of-alice`,
    );

    expect(page.status).toBe(400);
    expect(refused.at(-1)).toMatchObject({ code: 'sign-in/state', reason: 'state-expired' });
  });

  it('says that the directory is down, in five seconds, and counts nothing', async () => {
    const web = browser();
    const to = providerOf(await beginSignIn(web));
    const { faults } = demo.stack.ldap;
    const before = await demo.app.db.knex('login_throttles').select();
    for (const fault of ['down', 'silent'] as const) {
      const again = browser();
      const state = fault === 'down' ? to : providerOf(await beginSignIn(again));
      faults[fault](true);
      const startedMs = Date.now();
      const page = await (fault === 'down' ? web : again).get(
        `${MAIN}/callback?state=${state.searchParams.get('state')}&code=code-of-alice`,
      );
      faults.clear();

      expect(Date.now() - startedMs).toBeLessThan(5_900);
      expect(page.status).toBe(503);
      expect(page.headers.get('Retry-After')).toBe('10');
      expect(page.text).not.toContain('incorrect');
      expect(page.text).toContain('annuaire');
    }
    expect(await demo.app.db.knex('login_throttles').select()).toEqual(before);
  }, 30_000);

  it('says that the provider is down, in five seconds', async () => {
    const never = () => new Promise<never>(() => {});
    provider.answers.set('begin', never);
    const startedMs = Date.now();

    const page = await beginSignIn(browser());

    expect(Date.now() - startedMs).toBeLessThan(5_900);
    expect(page.status).toBe(503);
    expect(page.text).toContain('Votre mot de passe n’est pas en cause');
    expect(page.one('data-action', 'way-fake-sso-main')).toBeDefined();
    expect(refused.at(-1)).toMatchObject({ code: 'sign-in/unavailable', login: '' });
  }, 20_000);

  it('offers nobody what a provider sent, to try again', async () => {
    provider.people.set('no-token', {
      subject: 'sub-inside',
      login: inside().username,
      more: { tokens: undefined },
    });

    const page = await signInWith(browser(), 'no-token');

    expect(page.status).toBe(503);
    expect(refused.at(-1)).toMatchObject({ code: 'session/mail-access' });
    expect(page.text).not.toContain('no-token');
    expect(page.text).not.toContain('/callback');
  });

  it('is begun again when the person gave it up', async () => {
    provider.answers.set('finish', () => ({ refused: 'cancelled', code: 'access-denied' }));

    const page = await signInWith(browser(), 'code-of-alice');

    expect(page.status).toBe(401);
    expect(page.text).toContain('La connexion a été abandonnée');
    expect(refused.at(-1)).toMatchObject({ code: 'sign-in/cancelled', reason: 'access-denied' });
  });

  it('is no reason to put the plugin out of service, however often', async () => {
    provider.answers.set('finish', () => {
      throw new Error('strangers make me fail');
    });
    for (let count = 0; count < 30; count += 1) {
      const page = await signInWith(browser(), 'code-of-alice');
      expect(page.status).toBe(503);
    }
    provider.answers.clear();
    const web = browser();

    await signInWith(web, 'code-of-alice');

    expect(await isOpen(web)).toBe(true);
    expect(demo.app.plugins().find(({ id }) => id === 'fake-sso')?.state).toBe('active');
  }, 30_000);
});

describe('an answer of a plugin that is not what it should be', () => {
  const identity = () => ({
    issuer: 'https://idp.example',
    subject: 'sub-inside',
    login: inside().username,
  });
  const cases: readonly (readonly [string, keyof SignInContribution, () => unknown])[] = [
    ['a redirect to a script', 'begin', () => ({ redirect: 'javascript:alert(1)', keep: {} })],
    ['a redirect in clear', 'begin', () => ({ redirect: 'http://idp.example/', keep: {} })],
    [
      'a redirect with a password',
      'begin',
      () => ({ redirect: 'https://a:b@c.example', keep: {} }),
    ],
    ['a path', 'begin', () => ({ redirect: '/mail', keep: {} })],
    ['a header', 'begin', () => ({ redirect: 'https://c.example/\r\nSet-Cookie: a=b', keep: {} })],
    [
      'a state too long for a cookie',
      'begin',
      () => ({ redirect: 'https://c.example', keep: { state: 'x'.repeat(2_001) } }),
    ],
    ['a state of objects', 'begin', () => ({ redirect: 'https://c.example', keep: { a: {} } })],
    ['nothing', 'begin', () => undefined],
    ['a text', 'finish', () => 'yes'],
    ['nobody', 'finish', () => ({})],
    ['no login', 'finish', () => ({ ...identity(), login: '' })],
    ['a login of two lines', 'finish', () => ({ ...identity(), login: 'a\nb' })],
    ['a subject that is no text', 'finish', () => ({ ...identity(), subject: 7 })],
    ['a level that is no text', 'finish', () => ({ ...identity(), assurance: { level: {} } })],
    ['strength as a text', 'finish', () => ({ ...identity(), isStrong: 'yes' })],
    ['tokens in clear', 'finish', () => ({ ...identity(), tokens: { access: 'clear' } })],
    [
      'a token that throws',
      'finish',
      () => ({
        ...identity(),
        tokens: {
          access: {
            reveal() {
              throw new Error('no');
            },
          },
        },
      }),
    ],
    [
      'a getter that throws',
      'finish',
      () =>
        Object.defineProperty({ ...identity() }, 'login', {
          enumerable: true,
          get() {
            throw new Error('no');
          },
        }),
    ],
    ['a proxy', 'finish', () => new Proxy(identity(), { ownKeys: () => ['a', 'a'] })],
    ['a class', 'finish', () => Object.assign(new Map(), identity())],
    ['too much to leave', 'finish', () => ({ ...identity(), leaving: { a: 'x'.repeat(8_001) } })],
    ['an unknown refusal', 'finish', () => ({ refused: 'because', code: 'x' })],
    ['a refusal with markup', 'finish', () => ({ refused: 'invalid', code: '<b>' })],
  ];

  it.each(cases)('opens nothing: %s', async (_name, what, answer) => {
    provider.answers.set(what, answer);
    const web = browser();

    const page = what === 'begin' ? await beginSignIn(web) : await signInWith(web, 'code-of-alice');

    expect([400, 503]).toContain(page.status);
    expect(page.find('data-action', 'provider')).toBeUndefined();
    expect(await isOpen(web)).toBe(false);
  });

  it('reads a login once: what was checked is what is used', async () => {
    let reads = 0;
    provider.answers.set('finish', () =>
      Object.defineProperty({ ...identity() }, 'subject', {
        enumerable: true,
        get: () => {
          reads += 1;
          return reads === 1 ? 'sub-inside' : 'sub-somebody-else';
        },
      }),
    );
    const web = browser();

    await signInWith(web, 'code-of-alice');

    expect(reads).toBe(1);
  });

  it.each([
    ['a promise', () => Promise.resolve([])],
    ['markup', () => [{ id: '<b>', label: 'x' }]],
    ['nothing', () => undefined],
    ['an endless list', () => Array.from({ length: 21 }, (_v, i) => ({ id: `m${i}`, label: 'x' }))],
  ])('offers nothing of it: %s', async (_name, answer) => {
    provider.answers.set('methods', answer);

    const page = await browser().get('/login');

    expect(page.status).toBe(200);
    expect(page.find('data-action', 'way-fake-sso-main')).toBeUndefined();
    // With no other way in, the form is not folded away.
    expect(page.one('name', 'password')).toBeDefined();
  });

  it('escapes what a button says', async () => {
    provider.answers.set('methods', () => [{ id: 'main', label: '<img src=x onerror=y>' }]);

    const page = await browser().get('/login');

    expect(page.text).not.toContain('<img src=x');
  });
});

/** With an open session there is no sign-in page: its token begins anew. */
async function startOver(web: WebAgent): Promise<string> {
  const page = await web.get('/settings/display');
  const token = page.one('name', 'csrf-token').attribs['content'] ?? '';
  const going = await web.post(MAIN, [['_csrf', token]]);
  return providerOf(going).searchParams.get('state') ?? '';
}
