import path from 'node:path';
import { delay } from '../../src/base/async';
import type { SiteId } from '../../src/base/types';
import { type DemoApp, startDemoApp } from '../../src/demo';
import { WebAgent } from '../kit/agent';
import { foundPlugin } from '../kit/found-plugin';
import { type Page, textOf } from '../kit/html';

const ROOT = path.resolve(__dirname, '..', '..');
const SITE = 'saisons' as SiteId;
/** A plugin that keeps trust elsewhere: slow, and out of order when a test says so. */
const keeper = { forgot: 0, isBroken: false };
let demo: DemoApp;

beforeAll(async () => {
  demo = await startDemoApp({
    root: ROOT,
    port: 0,
    notices: true,
    site: (_id, file) => ({ ...file, plugins: { ...file.plugins, keeper: true } }),
    app: { log: { level: 'silent' } },
    options: {
      extraPlugins: [
        foundPlugin('keeper', {
          activate(context) {
            context.hooks.on('account:secured', async () => {
              await delay(150);
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
});

const agentOf = (index: number) => {
  const found = demo.stack.agents.filter(({ site }) => site === SITE)[index];
  if (!found) throw new Error('no such agent');
  return found;
};
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

    const page = await secure(here);

    expect(keeper.forgot).toBe(1);
    expect(said(page)).toContain('C’est fait');
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
