import { delay } from '../../src/base/async';
import type { SiteId } from '../../src/base/types';
import type { DemoApp } from '../../src/demo';
import { WebAgent } from '../kit/agent';
import { agentAt } from '../kit/demo-agents';
import { foundPlugin } from '../kit/found-plugin';
import { type Page, textOf } from '../kit/html';
import { movingClock } from '../kit/moving-clock';
import { mailsTo, SUPPORT } from '../kit/notices';
import { signInWith } from '../kit/sign-in-journey';
import { fakeProvider } from '../kit/sign-in-plugin';
import { startTestDemo } from '../kit/signed-in-demo';
import { until } from '../kit/until';

const SITE = 'saisons' as SiteId;
/** A plugin that keeps trust elsewhere: slow, and out of order when a test says so. */
const keeper = { forgot: 0, isBroken: false, takesMs: 0 };
const provider = fakeProvider();
const clock = movingClock();
let demo: DemoApp;

beforeAll(async () => {
  demo = await startTestDemo({
    notices: true,
    site: (_id, file) => ({
      ...file,
      plugins: { keeper: true, 'fake-sso': true },
      mailAccess: { kind: 'oauth' },
    }),
    options: {
      clock,
      extraPlugins: [
        provider.plugin,
        foundPlugin('keeper', {
          activate(context) {
            context.hooks.on('account:secured', async () => {
              await delay(keeper.takesMs);
              if (keeper.isBroken) throw new Error('out of order');
              keeper.forgot += 1;
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
  keeper.isBroken = false;
  keeper.forgot = 0;
  keeper.takesMs = 0;
});

const agentOf = (index: number) => agentAt(demo, index);
async function signedIn(index: number): Promise<WebAgent> {
  const web = new WebAgent(`http://127.0.0.1:${demo.port}`);
  const { username, password } = agentOf(index);
  expect((await web.signIn(username, password)).status).toBe(200);
  return web;
}
async function userOf(index: number) {
  const found = await demo.app.affairs.find(SITE, agentOf(index).username);
  if (!found) throw new Error('has never signed in');
  return found;
}
const tokenOf = (page: Page): string => page.one('name', '_csrf').attribs['value'] ?? '';
const said = (page: Page): string => textOf(page.one('id', 'main'));
async function secure(web: WebAgent): Promise<Page> {
  const page = await web.get('/help/hacked');
  return web.post('/help/hacked', [
    ['_csrf', tokenOf(page)],
    ['op', 'secure'],
  ]);
}

describe('an account that its owner takes back', () => {
  it('is said to be safe when plugins have ended what they keep, and not before', async () => {
    const here = await signedIn(0);
    const body = new URLSearchParams({
      _csrf: tokenOf(await here.get('/help/hacked')),
      op: 'secure',
    });
    // Far longer than the rest of the request takes.
    keeper.takesMs = 1_500;

    const answer = await here.raw('/help/hacked', { method: 'POST', body });

    expect(answer.status).toBe(303);
    expect(keeper.forgot).toBe(1);
    expect(said(await here.get('/help/hacked'))).toContain('C’est fait');
  });

  it('says what could not be ended, with the rest done and written down', async () => {
    const here = await signedIn(1);
    const there = await signedIn(1);
    const { id } = await userOf(1);
    await demo.app.safety.appPasswords.create(id, 'Agenda');
    keeper.isBroken = true;

    const page = await secure(here);

    expect(said(page)).not.toContain('C’est fait');
    expect(said(page)).toContain('retirer la confiance donnée à des appareils');
    expect(said(page)).not.toContain('fermer toutes les autres sessions');
    expect((await there.raw('/mail/me/INBOX')).status).toBe(302);
    expect(await demo.app.safety.appPasswords.list(id)).toEqual([]);
    const [line] = await demo.app.audit.list({ event: 'security:hacked' });
    expect(line).toMatchObject({
      actor: agentOf(1).username,
      details: { sessions: 1, appPasswords: 1, failed: 'plugins' },
    });
  });

  it('goes on when what the core keeps cannot be ended', async () => {
    const here = await signedIn(2);
    const { appPasswords } = demo.app.safety;
    const revoke = jest.spyOn(appPasswords, 'revoke').mockRejectedValue(new Error('disk'));

    const page = await secure(here);
    revoke.mockRestore();

    expect(said(page)).toContain('supprimer les mots de passe d’application');
    expect(keeper.forgot).toBe(1);
  });
});

describe('who says so again and again', () => {
  it('tells the support three times a day, from an office that others use as well', async () => {
    const told = jest.spyOn(demo.app.safety.notifier, 'notifySupport');
    const [one, other] = [await signedIn(3), await signedIn(4)];

    for (let count = 0; count < 5; count += 1) await secure(one);
    expect(told).toHaveBeenCalledTimes(3);
    expect(said(await secure(one))).toContain('C’est fait');
    await secure(other);
    expect(told).toHaveBeenCalledTimes(4);
    told.mockRestore();
  });
});

describe('the providers that an account is linked with', () => {
  /** Somebody whose provider is a thief's: it says their login, and was believed. */
  async function linked(index: number): Promise<{ readonly here: WebAgent; thief: WebAgent }> {
    const here = await signedIn(index);
    provider.people.set('thief', { subject: `sub-${index}`, login: agentOf(index).username });
    const thief = new WebAgent(`http://127.0.0.1:${demo.port}`);
    expect((await signInWith(thief, 'thief')).status).toBe(200);
    return { here, thief };
  }
  const removal = (page: Page) => page.all((e) => e.attribs['data-action'] === 'remove-link');
  const remove = (web: WebAgent, page: Page): Promise<Page> =>
    web.post('/security/links', [
      ['_csrf', tokenOf(page)],
      ['way', 'fake-sso.main'],
    ]);

  it('are listed after the account is taken back, for they survive it', async () => {
    const { here } = await linked(0);

    const page = await secure(here);

    const { id } = await userOf(0);
    expect(await demo.app.sessions.linksOf(id)).toHaveLength(1);
    expect(removal(page)).toHaveLength(1);
    expect(said(page)).toContain('Se connecter avec la carte');
    expect(said(page)).toContain('https://idp.example');
  });

  it('are removed by their owner, with the sessions that came by them, and told', async () => {
    const { here, thief } = await linked(1);
    const page = await here.get('/security');
    expect(removal(page)).toHaveLength(1);
    const { username, mail } = agentOf(1);
    const before = await mailsTo(demo, mail);

    const after = await remove(here, page);

    expect(after.url).toBe('/security');
    expect(removal(after)).toEqual([]);
    expect((await here.raw('/mail/me/INBOX')).status).toBe(200);
    expect((await thief.raw('/mail/me/INBOX')).status).toBe(302);
    expect(await demo.app.audit.list({ event: 'sign-in:unlinked' })).toMatchObject([
      { actor: username, target: username, remote: '127.0.0.1', details: { via: 'fake-sso.main' } },
    ]);
    expect((await mailsTo(demo, mail)).slice(before.length)).toContainEqual(
      expect.stringContaining('Se connecter avec la carte'),
    );
  });

  it('are not removed without a fresh proof', async () => {
    const { here } = await linked(2);
    const page = await here.get('/security');
    clock.forward(20 * 60_000);

    const answer = await remove(here, page);

    expect(answer.url).toContain('/confirm');
    expect(await demo.app.sessions.linksOf((await userOf(2)).id)).toHaveLength(1);
  });

  it('are linked though the line of it cannot be written', async () => {
    const write = jest.spyOn(demo.app.audit, 'record').mockRejectedValue(new Error('disk'));
    try {
      const { thief } = await linked(3);
      expect((await thief.raw('/mail/me/INBOX')).status).toBe(200);
    } finally {
      write.mockRestore();
    }
  });

  it('are nobody’s to see who is not signed in, and their report takes nothing away', async () => {
    await linked(4);
    const web = new WebAgent(`http://127.0.0.1:${demo.port}`);
    const page = await web.get('/help/hacked');
    expect(removal(page)).toEqual([]);

    await web.post('/help/hacked', [
      ['_csrf', tokenOf(page)],
      ['op', 'report'],
      ['login', agentOf(4).username],
      ['contact', '06 00 00 00 00'],
    ]);

    const told = async () =>
      (await mailsTo(demo, SUPPORT)).find((raw) => raw.includes('06 00 00 00 00'));
    await until('the mail to the support', told);
    expect(await told()).toContain('ni second facteur, ni service de connexion reli');
    expect(await demo.app.sessions.linksOf((await userOf(4)).id)).toHaveLength(1);
  });
});
