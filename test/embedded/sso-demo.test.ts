import path from 'node:path';
import { type DemoApp, startDemoApp } from '../../src/demo';
import { WebAgent } from '../kit/agent';
import type { Page } from '../kit/html';
import { createBrowser, type IdpBrowser } from '../kit/idp-browser';
import { callbackOf, leadsTo, wakeProvider } from '../kit/sso-visit';

const ROOT = path.resolve(__dirname, '..', '..');

/** The demonstration as anybody starts it: each ministry with its way in, and mail without a password. */
describe.each([
  ['saisons', 'cerbere', '127.0.0.1'],
  ['marees', 'cas', 'localhost'],
] as const)('the site %s of the demonstration', (site, method, host) => {
  let demo: DemoApp;
  let web: WebAgent;
  let browser: IdpBrowser;

  beforeAll(async () => {
    demo = await startDemoApp({
      root: ROOT,
      port: 0,
      // Names below `localhost` are no names for every resolver.
      site: (id, file) =>
        id === site ? { ...file, hosts: [host] } : { ...file, hosts: [`${id}.example`] },
    });
    demo.stack.cas.notify(`http://${host}:${demo.port}/login/sso/cas/notice`);
    await wakeProvider(demo);
  });
  afterAll(async () => {
    await demo?.stop();
  });
  beforeEach(() => {
    web = new WebAgent(`http://${host}:${demo.port}`);
    browser = createBrowser();
  });

  const agent = () => {
    const found = demo.stack.agents.find((one) => one.site === site);
    if (!found) throw new Error('no such agent');
    return found;
  };
  const signIn = async (): Promise<Page> =>
    web.get(await callbackOf(web, browser, method, agent()));

  it('shows its way in beside the form', async () => {
    const page = await web.get('/login');

    expect(page.text).toContain('(démo)');
    expect(page.find('name', 'password')).toBeDefined();
  });

  it('has its provider asked as `sites:check --connect` does', async () => {
    const asked = await demo.app.checkWays(demo.app.sites);

    expect(asked.filter((one) => one.site === site)).toMatchObject([
      { via: `sso.${method}`, problem: undefined },
    ]);
    // Nothing of the demonstration's own settings would keep people out, but for the hosts of this test.
    expect(demo.app.report.warnings.filter((text) => text.includes('plugins.sso'))).toEqual([]);
  });

  it('opens the mail of who signed in there, without a password', async () => {
    await signIn();

    const list = await web.get('/mail/me/INBOX');
    expect(list.status).toBe(200);
    expect(Number(list.one('data-message-list').attribs['data-total'])).toBeGreaterThan(100);
  });

  it('says nothing of tokens, tickets or codes in pages and addresses', async () => {
    const page = await signIn();

    expect(page.status).toBe(200);
    expect(page.url).not.toMatch(/code=|ticket=|state=/);
    expect(page.text).not.toMatch(/ey[JA-Z][\w-]+\.[\w-]+\.|ST-[0-9a-f]{8}/);
  });

  it('signs out there too, which ends the session here', async () => {
    const page = await signIn();
    const form = page.all(
      ({ name, attribs }) => name === 'form' && attribs['action'] === '/logout',
    )[0];
    if (!form) throw new Error('no way out');

    const leaving = await web.submit(page, { form: () => form });
    const there = leadsTo(leaving);

    expect(there).toContain(method === 'cas' ? demo.stack.cas.issuer : demo.stack.oidc.issuer);
    expect((await web.get('/mail/me/INBOX')).find('name', 'password')).toBeDefined();
  });

  it('ends the session here when the person signs out there', async () => {
    await signIn();
    if (method === 'cas') {
      await browser.go(`${demo.stack.cas.issuer}/logout`);
    } else {
      const page = await browser.go(`${demo.stack.oidc.issuer}/session/end`);
      const [, xsrf = ''] = /name="xsrf" value="([^"]+)"/.exec(page.text) ?? [];
      jest.spyOn(console, 'warn').mockImplementation(() => undefined);
      await browser.go(`${demo.stack.oidc.issuer}/session/end/confirm`, { xsrf, logout: 'yes' });
    }

    expect((await web.get('/mail/me/INBOX')).find('name', 'password')).toBeDefined();
  });

  it('is not there when its provider is down, and the form still is', async () => {
    const fault = method === 'cas' ? demo.stack.cas.faults : demo.stack.oidc.faults;
    const callback = await callbackOf(web, browser, method, agent());
    fault.down(true);
    const startedMs = performance.now();
    const page = await web.get(callback);
    fault.down(false);

    expect(page.status).toBe(503);
    expect(performance.now() - startedMs).toBeLessThan(5_000);
    expect((await web.get('/login')).find('name', 'password')).toBeDefined();
  });
});
