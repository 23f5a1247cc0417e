import type { SiteId } from '../../src/base/types';
import { tokenOf } from '../kit/admin-stand';
import type { WebAgent } from '../kit/agent';
import { type Attack, AttackStand, HERE, loginOf } from '../kit/attack-stand';
import { agentAt } from '../kit/demo-agents';
import { giveCode } from '../kit/factor-visit';

let stand: AttackStand;
beforeAll(async () => {
  stand = await AttackStand.start();
  await stand.enrol();
}, 60_000);
afterAll(async () => {
  await stand?.stop();
});

const cookieOf = (web: WebAgent): string => web.cookie('estafette') ?? '';

/** Where a request ends, as `302 /login`. */
async function outcome(web: WebAgent, target: string, init: RequestInit = {}): Promise<string> {
  const answer = await web.raw(target, init);
  await answer.body?.cancel();
  const [path = ''] = (answer.headers.get('Location') ?? '').split('?');
  return `${answer.status} ${path}`.trim();
}
const send = (web: WebAgent, target: string, fields: Record<string, string>, headers = {}) =>
  outcome(web, target, { method: 'POST', body: new URLSearchParams(fields), headers });

const swapped = (text: string, at: number): string =>
  `${text.slice(0, at)}${text[at] === 'A' ? 'B' : 'A'}${text.slice(at + 1)}`;

/** Spellings that lead elsewhere, or that a browser may read so. */
const ELSEWHERE = [
  '//evil.example',
  '///evil.example',
  '/\\evil.example',
  '\\\\evil.example',
  '/\t/evil.example',
  '/\r\n/evil.example',
  'https:evil.example',
  'https://evil.example',
  'javascript:alert(1)',
  ' //evil.example',
  'mail/me/INBOX',
];
/** What half a session has no part in: mail, streams, settings, plugins, what is not there. */
const BEYOND = [
  '/',
  '/mail/me/INBOX',
  '/mail/me/INBOX/1/body',
  '/events?mailbox=INBOX',
  '/settings/display',
  '/security',
  '/confirm',
  '/compose',
  '/autocomplete?q=a&for=to',
  '/admin',
  '/twofactor',
  '/dav/',
  '/.well-known/webdav',
];

const ATTACKS: readonly Attack[] = [
  {
    name: 'a session that was planted before the sign-in',
    async run() {
      const planted = cookieOf(await stand.signedIn('factored'));
      const victim = stand.browser(planted);
      const page = await victim.get('/twofactor/challenge');
      const { username, password } = stand.agent('ordinary');
      const _csrf = page.one('name', '_csrf').attribs['value'] ?? '';

      expect(await send(victim, '/login', { _csrf, username, password })).toMatch(/^303 \//);

      expect(cookieOf(victim)).not.toBe(planted);
      expect(await outcome(victim, '/mail/me/INBOX')).toBe('200');
      expect(await outcome(stand.browser(planted), '/mail/me/INBOX')).toBe('302 /login');
    },
    line: () => ({
      event: 'session:closed',
      target: loginOf('factored'),
      details: { reason: 'replaced' },
    }),
  },
  {
    name: 'a form without its token, with that of another session, or from elsewhere',
    async run() {
      const own = await stand.signedIn('ordinary');
      const [other, ended] = [await stand.signedIn('ordinary'), await stand.signedIn('ordinary')];
      const token = tokenOf(await own.get('/security'));
      const replayed = tokenOf(await ended.get('/security'));
      await send(ended, '/logout', { _csrf: replayed });
      const guest = (await stand.browser().get('/login')).one('name', '_csrf').attribs['value'];
      const tries: readonly (readonly [string, Record<string, string>])[] = [
        ['', {}],
        [replayed, {}],
        [tokenOf(await other.get('/security')), {}],
        [guest ?? '', {}],
        [swapped(token, 50), {}],
        [token, { Origin: 'https://evil.example' }],
        [token, { 'Sec-Fetch-Site': 'cross-site' }],
      ];
      for (const [_csrf, headers] of tries) {
        const answer = await send(own, '/security/sessions', { _csrf, op: 'all' }, headers);
        expect(answer).toBe('403');
      }
      expect(await outcome(other, '/mail/me/INBOX')).toBe('200');
    },
    line: () => ({
      event: 'security:refused',
      actor: loginOf('ordinary'),
      remote: HERE,
      details: { code: 'request/csrf' },
    }),
  },
  {
    name: 'half a session past its second factor',
    async run() {
      const web = await stand.signedIn('factored');
      for (const target of BEYOND) {
        expect([target, await outcome(web, target)]).toEqual([
          target,
          expect.stringMatching(/^(?:302 \/challenge|401)$/),
        ]);
        const json = { headers: { Accept: 'application/json' } };
        expect([target, await outcome(web, target, json)]).toEqual([target, '401']);
      }
      const _csrf = (await web.get('/twofactor/challenge')).one('name', '_csrf').attribs['value'];
      for (const target of ['/security/sessions', '/twofactor/remove', '/confirm']) {
        expect(await send(web, target, { _csrf: _csrf ?? '', op: 'all' })).toBe('401');
      }
    },
    line: () => ({
      event: 'security:refused',
      actor: loginOf('factored'),
      remote: HERE,
      details: { code: 'session/challenge' },
    }),
  },
  {
    name: 'a second factor set up by who knows the password alone',
    async run() {
      const web = await stand.signedIn('factored');
      for (const target of ['/twofactor/enrol', '/twofactor/enrol/totp']) {
        expect(await outcome(web, target)).toBe('303 /twofactor/challenge');
      }
      expect((await giveCode(web, '123456')).status).toBe(422);
    },
    line: () => ({
      event: 'twofactor:refused',
      // Who gave the password acts, though their session is not open.
      actor: loginOf('factored'),
      target: loginOf('factored'),
      remote: HERE,
    }),
  },
  {
    name: 'a form that wants a fresh proof, from a session that has none',
    async run() {
      const web = await stand.signedIn('ordinary');
      stand.clock.forward(20 * 60_000);
      const _csrf = tokenOf(await web.get('/security'));
      const to = '/security/app-passwords';
      expect(await send(web, to, { _csrf, name: 'Voleur' })).toBe('303 /confirm');
      const user = await stand.user('ordinary');
      if (!user) throw new Error('no account yet');
      expect(await stand.demo.app.safety.appPasswords.list(user.id)).toEqual([]);
    },
    line: () => ({
      event: 'security:refused',
      actor: loginOf('ordinary'),
      remote: HERE,
      details: { code: 'session/unconfirmed' },
    }),
  },
  {
    name: 'an agent at the door of administration',
    async run() {
      expect(await outcome(await stand.signedIn('ordinary'), '/admin')).toBe('403');
    },
    line: () => ({
      event: 'security:refused',
      actor: loginOf('ordinary'),
      remote: HERE,
      details: { code: 'request/forbidden', reason: 'admin' },
    }),
  },
  {
    name: 'a cookie that was altered',
    async run() {
      const own = cookieOf(await stand.signedIn('ordinary'));
      for (const at of [20, 60]) {
        const web = stand.browser(swapped(own, at));
        expect(await outcome(web, '/mail/me/INBOX')).toBe('302 /login');
      }
    },
    line: () => ({
      event: 'security:refused',
      remote: HERE,
      details: { code: 'session/cookie', reason: 'forged' },
    }),
  },
  {
    name: 'a cookie of another site',
    async run() {
      const there = stand.demo.app.sites.find(({ id }) => id === 'marees');
      if (!there) throw new Error('no such site');
      const { username, password } = agentAt(stand.demo, 0, 'marees');
      const { bearer } = await stand.demo.app.sessions.signIn({
        site: there,
        scope: { site: 'marees' as SiteId },
        login: username,
        password,
        remote: '10.0.0.1',
      });
      expect(await outcome(stand.browser(bearer), '/mail/me/INBOX')).toBe('302 /login');
    },
    line: () => ({
      event: 'security:refused',
      remote: HERE,
      details: { code: 'session/cookie', reason: 'other-site' },
    }),
  },
  {
    name: 'a sign-in that leads elsewhere',
    async run() {
      const { username, password } = stand.agent('ordinary');
      for (const next of ELSEWHERE) {
        const web = stand.browser();
        const page = await stand.post(username, password, { web, next });
        expect([next, page.url]).toEqual([next, '/mail/me/INBOX']);
        const asked = await outcome(web, `/login?next=${encodeURIComponent(next)}`);
        expect([next, asked]).toEqual([next, '303 /mail/me/INBOX']);
      }
    },
    line: () => ({ event: 'security:refused', remote: HERE, details: { code: 'request/next' } }),
  },
];

it.each(ATTACKS)('$name leaves a line', (attack) => stand.run(attack), 60_000);

it('the cookie of half a session opens nothing once the factor was given', async () => {
  const web = await stand.signedIn('factored');
  const half = cookieOf(web);
  stand.clock.forward(90_000);

  expect((await giveCode(web, stand.code())).url).toBe('/mail/me/INBOX');

  expect(cookieOf(web)).not.toBe(half);
  expect(await outcome(stand.browser(half), '/challenge')).toBe('302 /login');
});

it('leaves a log that holds', async () => {
  expect((await stand.demo.app.audit.verify()).fault).toBeUndefined();
});
