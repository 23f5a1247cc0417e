import path from 'node:path';
import { type DemoApp, startDemoApp } from '../../src/demo';
import { WebAgent } from '../kit/agent';
import { createBrowser } from '../kit/idp-browser';
import { callbackOf, wakeProvider } from '../kit/sso-visit';

const ROOT = path.resolve(__dirname, '..', '..');
const HOSTS = { saisons: '127.0.0.1', marees: 'localhost' } as const;

/** Dovecot asks the provider whose token it was shown; a master user opens what CAS has none for. */
describe('mail on Dovecot after single sign-on', () => {
  let demo: DemoApp;

  beforeAll(async () => {
    demo = await startDemoApp({
      root: ROOT,
      port: 0,
      dovecot: true,
      site: (id, file) => ({ ...file, hosts: [HOSTS[id]] }),
    });
    await wakeProvider(demo);
  }, 60_000);
  afterAll(async () => {
    await demo?.stop();
  });

  it.each([
    ['with the token of an OpenID Connect provider', 'saisons', 'cerbere'],
    ['by a master user after CAS', 'marees', 'cas'],
  ] as const)('is read %s', async (_name, site, method) => {
    const who = demo.stack.agents.find((one) => one.site === site);
    if (!who) throw new Error('no such agent');
    const web = new WebAgent(`http://${HOSTS[site]}:${demo.port}`);

    await web.get(await callbackOf(web, createBrowser(), method, who));
    const list = await web.get('/mail/me/INBOX');

    expect(list.status).toBe(200);
    expect(Number(list.one('data-message-list').attribs['data-total'])).toBeGreaterThan(100);
  });
});
