import path from 'node:path';
import type { Page } from 'playwright-core';
import { type DemoApp, startDemoApp } from '../../src/demo';
import {
  axeViolations,
  type BrowserStand,
  openAudited,
  openWindow,
  startBrowser,
} from '../kit/browser';
import { loopbackIdp } from '../kit/loopback-idp';
import { type FakeProvider, fakeProvider } from '../kit/sign-in-plugin';

const ROOT = path.resolve(__dirname, '..', '..');
const VIEWS = [
  { name: 'without scripts at 1366', width: 1366, height: 768, scripts: false },
  { name: 'without scripts at 360', width: 360, height: 740, scripts: false },
  { name: 'with scripts at 1366', width: 1366, height: 768, scripts: true },
  { name: 'with scripts at 360', width: 360, height: 740, scripts: true },
] as const;

let demo: DemoApp;
let stand: BrowserStand;
let provider: FakeProvider;
let idp: Awaited<ReturnType<typeof loopbackIdp>>;
/** The page of the provider that a sign-in leads to. */
let place = '/authorize';
const base = (): string => `http://127.0.0.1:${demo.port}`;

beforeAll(async () => {
  idp = await loopbackIdp();
  provider = fakeProvider();
  let count = 0;
  provider.answers.set('begin', (request) => {
    count += 1;
    const { callback } = request as { readonly callback: string };
    const query = new URLSearchParams({ state: `s${count}`, redirect_uri: callback });
    return { redirect: `${idp.origin}${place}?${query.toString()}`, keep: { state: `s${count}` } };
  });
  provider.answers.set('leave', (request) => {
    const { back } = request as { readonly back: string };
    return `${idp.origin}/logout?back=${encodeURIComponent(back)}`;
  });
  demo = await startDemoApp({
    root: ROOT,
    port: 0,
    app: { log: { level: 'silent' } },
    site: (_id, file) => ({
      ...file,
      plugins: { 'fake-sso': true },
      mailAccess: { kind: 'oauth' },
    }),
    options: { extraPlugins: [provider.plugin] },
  });
  const [alice] = demo.stack.agents;
  provider.people.set('alice', { subject: 'sub-alice', login: alice?.username ?? '' });
  stand = await startBrowser();
}, 60_000);
afterAll(async () => {
  await stand?.close();
  await demo?.stop();
  await idp?.close();
});
beforeEach(() => {
  place = '/authorize';
});

const press = async (page: Page, next: string): Promise<void> => {
  await page.goto(`${base()}/login?next=${encodeURIComponent(next)}`);
  await page.click('[data-action=way-fake-sso-main]');
};
const isOpen = async (page: Page): Promise<boolean> =>
  (await page.goto(`${base()}/settings/display`))?.url() === `${base()}/settings/display`;

describe.each(VIEWS)('a sign-in at a provider $name', (view) => {
  it('goes there and comes back to the page that was asked for, and leaves by it', async () => {
    const { context, page, problems } = await openWindow(stand, base(), view);

    await press(page, '/settings/display');
    await page.waitForURL(/localhost/);
    await page.click('#go');
    await page.waitForURL(`${base()}/settings/display`);

    const session = (await context.cookies(base())).find(({ name }) => name === 'estafette');
    expect(session).toMatchObject({ httpOnly: true, sameSite: 'Lax' });
    // The menu that holds the button has tests of its own.
    await page.evaluate(`document.querySelector('form[action="/logout"]').requestSubmit()`);
    await page.waitForSelector('#over');
    await page.click('#go');
    await page.waitForURL(`${base()}/login/bye`);
    expect(await page.textContent('[role=status]')).toContain('Vous êtes déconnecté');
    expect(await isOpen(page)).toBe(false);
    expect(problems).toEqual([]);
    await context.close();
  }, 60_000);

  it('comes back by itself from a provider that knows the browser', async () => {
    place = '/silent';
    const { context, page } = await openWindow(stand, base(), view);

    await press(page, '/settings/display');
    await page.waitForURL(`${base()}/settings/display`);

    await context.close();
  }, 60_000);

  it('comes back by a form of the provider, through a page of ours', async () => {
    place = '/form';
    const { context, page } = await openWindow(stand, base(), view);

    await press(page, '/settings/display');
    await page.waitForURL(/localhost/);
    await page.click('#go');
    if (!view.scripts) {
      await page.waitForSelector('[data-action=return]');
      await page.click('[data-action=return]');
    }
    await page.waitForURL(`${base()}/settings/display`);

    await context.close();
  }, 60_000);
});

describe.each([
  { width: 1366, height: 768, scripts: true },
  { width: 360, height: 740, scripts: true },
  { width: 360, height: 740, scripts: true, dark: true },
  { width: 1366, height: 768, scripts: true, dark: true },
])('the sign-in page with buttons at %j', (view) => {
  it('has no fault that axe finds, and nothing out of sight', async () => {
    const { context, page } = await openAudited(stand, base(), view);
    await page.goto(`${base()}/login`);

    expect(await axeViolations(page)).toEqual([]);
    const overflow = await page.evaluate<number>(
      'document.documentElement.scrollWidth - document.documentElement.clientWidth',
    );
    expect(overflow).toBe(0);
    await context.close();
  }, 30_000);
});
