import path from 'node:path';
import { type DemoApp, startDemoApp } from '../../src/demo';
import { agentOf } from '../kit/admin-stand';
import { WebAgent } from '../kit/agent';
import { codeOf, enrolApplication, recoveryOn, sendTo } from '../kit/factor-visit';
import { type Page, textOf } from '../kit/html';
import { movingClock } from '../kit/moving-clock';

const ROOT = path.resolve(__dirname, '..', '..');
const STEP_MS = 30_000;
const clock = movingClock();
let demo: DemoApp;

beforeAll(async () => {
  demo = await startDemoApp({
    root: ROOT,
    port: 0,
    seed: false,
    app: { log: { level: 'silent' } },
    site: (id, file) => (id === 'saisons' ? { ...file, plugins: { twofactor: true } } : file),
    options: { clock },
  });
}, 60_000);
afterAll(async () => {
  await demo?.stop();
});

const browser = (): WebAgent => new WebAgent(`http://127.0.0.1:${demo.port}`);
const signIn = (web: WebAgent, index: number): Promise<Page> =>
  web.signIn(agentOf(index).username, agentOf(index).password);
const copyOf = (web: WebAgent): WebAgent => web.at(web.base);
const tokenOf = (page: Page): string => page.one('name', 'csrf-token').attribs['content'] ?? '';
const isIn = async (web: WebAgent): Promise<boolean> =>
  (await web.raw('/mail/me/INBOX')).status === 200;
/** What is asked of a browser at its sign-in. */
const isAsked = async (web: WebAgent, index: number): Promise<boolean> =>
  (await signIn(web, index)).url.includes('challenge');
const CHALLENGE = '/twofactor/challenge';
const give = async (web: WebAgent, code: string): Promise<Page> =>
  sendTo(web, await web.get(CHALLENGE), CHALLENGE, { code });
async function send(web: WebAgent, to: string, fields: Record<string, string> = {}) {
  const csrf = tokenOf(await web.get('/security'));
  const pairs = Object.entries(fields).map(([name, value]) => [name, value] as const);
  return web.post(to, [['_csrf', csrf], ...pairs]);
}
async function signOut(web: WebAgent): Promise<void> {
  await send(web, '/logout');
}

describe('a copy of the cookies of a session', () => {
  it.each([
    ['« Mon compte a été piraté »', '/help/hacked', { op: 'secure' }],
    ['« Ce n’était pas moi »', '/security/not-me', {}],
    ['« Fermer toutes les autres »', '/security/sessions', { op: 'all' }],
  ])(
    'is dead after %s, and the session of its owner goes on',
    async (_, to, fields) => {
      const own = browser();
      await signIn(own, 1);
      const open = await own.get('/security');
      const copy = copyOf(own);
      expect(await isIn(copy)).toBe(true);

      await send(own, to, fields);

      expect(await isIn(copy)).toBe(false);
      expect(await isIn(own)).toBe(true);
      // A form of before bears the former token; its page, read again, the new one.
      const stale = new URLSearchParams({ _csrf: tokenOf(open), op: 'all' });
      expect((await own.raw('/security/sessions', { method: 'POST', body: stale })).status).toBe(
        403,
      );
      expect((await send(own, '/security/sessions', { op: 'all' })).status).toBe(200);
    },
    60_000,
  );
});

it('leaves the owner in who says twice at once that it was not them', async () => {
  const own = browser();
  await signIn(own, 2);
  const csrf = tokenOf(await own.get('/security'));
  const post = (web: WebAgent) =>
    web.raw('/security/not-me', { method: 'POST', body: new URLSearchParams({ _csrf: csrf }) });
  const jars = [copyOf(own), copyOf(own)] as const;

  await Promise.all(jars.map(post));

  const left = await Promise.all(jars.map(isIn));
  expect(left.filter(Boolean)).toHaveLength(1);
});

describe('the cookie by which a browser is known', () => {
  it('is nobody’s when it is planted, and not the former one’s after a factor or « Ce n’était pas moi »', async () => {
    const own = browser();
    await signIn(own, 2);
    const { secret } = await enrolApplication(own, clock);
    const code = () => {
      clock.forward(3 * STEP_MS);
      return codeOf(secret, clock);
    };
    // A thief's, of ours or not.
    const thief = browser();
    await signIn(thief, 3);
    for (const planted of ['A'.repeat(43), thief.cookie('estafette-device') ?? '']) {
      const victim = browser();
      victim.setCookie('estafette-device', planted);
      await signIn(victim, 2);
      await give(victim, code());
      expect(await isIn(victim)).toBe(true);
      const elsewhere = browser();
      elsewhere.setCookie('estafette-device', planted);
      expect(await isAsked(elsewhere, 2)).toBe(true);
      await signOut(victim);
      expect(await isAsked(victim, 2)).toBe(false);

      const copied = victim.cookie('estafette-device') ?? '';
      await send(victim, '/security/not-me');
      await signOut(victim);
      expect(await isAsked(victim, 2)).toBe(true);
      await give(victim, code());
      const later = browser();
      later.setCookie('estafette-device', copied);
      expect(await isAsked(later, 2)).toBe(true);
    }
  }, 120_000);
});

describe('who knows the password of somebody with a second factor', () => {
  it('pushes the owner neither off the page that asks for it, nor makes them wait there', async () => {
    const own = browser();
    await signIn(own, 4);
    const { secret } = await enrolApplication(own, clock);
    await signOut(own);
    clock.forward(2 * 86_400_000);
    expect(await isAsked(own, 4)).toBe(true);

    const thief = browser();
    for (let count = 0; count < 3; count += 1) expect(await isAsked(browser(), 4)).toBe(true);
    await signIn(thief, 4);
    let status = 0;
    for (let count = 0; count < 6; count += 1) status = (await give(thief, '000000')).status;
    expect(status).toBe(429);
    // The right password, again and again: less and less often.
    await signIn(browser(), 4);
    expect((await signIn(browser(), 4)).status).toBe(429);

    expect((await give(own, codeOf(secret, clock))).url).toBe('/mail/me/INBOX');
  }, 120_000);

  it('loses the recovery codes that they made, with the session that the owner ends', async () => {
    const own = browser();
    await signIn(own, 0);
    const { secret } = await enrolApplication(own, clock);
    clock.forward(3 * STEP_MS);
    const thief = browser();
    await signIn(thief, 0);
    await give(thief, codeOf(secret, clock));
    clock.forward(2 * STEP_MS);
    const codes = recoveryOn(
      await sendTo(thief, await thief.get('/twofactor'), '/twofactor/codes', {}),
    );
    expect(codes).toHaveLength(4);
    expect(textOf((await own.get('/security')).one('id', 'main'))).toContain('ont été créés le');

    const recap = await send(own, '/security/not-me');

    expect(recap.url).toBe('/help/hacked');
    expect(textOf(recap.one('id', 'main'))).toContain('pas de code de secours');
    const again = browser();
    await signIn(again, 0);
    await give(again, codes[0] ?? '');
    expect(await isIn(again)).toBe(false);
  }, 120_000);
});
