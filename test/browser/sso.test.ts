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
import { wakeProvider } from '../kit/sso-visit';

const ROOT = path.resolve(__dirname, '..', '..');
const WIDE = { width: 1366, height: 768, scripts: true };
const VIEWS = [
  { name: 'at 1366', ...WIDE },
  { name: 'at 1366, dark', ...WIDE, dark: true },
  { name: 'at 360', width: 360, height: 740, scripts: true },
  { name: 'at 360 without scripts', width: 360, height: 740, scripts: false },
] as const;

let demo: DemoApp;
let stand: BrowserStand;
const base = (): string => `http://127.0.0.1:${demo.port}`;

beforeAll(async () => {
  demo = await startDemoApp({ root: ROOT, port: 0, app: { log: { level: 'silent' } } });
  stand = await startBrowser();
  await wakeProvider(demo);
}, 60_000);
afterAll(async () => {
  await stand?.close();
  await demo?.stop();
});

const capucine = () => {
  const [first] = demo.stack.agents;
  if (!first) throw new Error('no agent');
  return first;
};
const fill = async (page: Page, password: string): Promise<void> => {
  await page.fill('#username', capucine().username);
  await page.fill('#password', password);
  await page.click('button[type=submit]:not(.quiet)');
};

describe.each(VIEWS)('the Cerbère of the demonstration $name', (view) => {
  it('signs an agent in, and out of both', async () => {
    const { context, page } = await openWindow(stand, base(), view);
    page.setDefaultTimeout(30_000);

    await page.goto(`${base()}/login`);
    await page.click('text=Se connecter avec Cerbère (démo)');
    await page.waitForSelector('h1:has-text("Cerbère (démonstration)")');
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(view.width);
    await fill(page, 'not this one');
    expect(await page.textContent('[role=alert]')).toContain('incorrect');
    expect(await page.inputValue('#username')).toBe(capucine().username);
    await fill(page, capucine().password);
    await page.waitForURL(/\/mail\/me\/INBOX/);
    expect(await page.locator('a.subject').count()).toBeGreaterThan(10);

    // The menu that holds the button has tests of its own.
    await page.evaluate(`document.querySelector('form[action="/logout"]').requestSubmit()`);
    await page.waitForSelector('h1:has-text("Se déconnecter")');
    await page.click('button[value=yes]');
    await page.waitForURL(/\/login\/bye/);

    await page.goto(`${base()}/mail/me/INBOX`);
    await page.waitForURL(/\/login/);
    await page.click('text=Se connecter avec Cerbère (démo)');
    await page.waitForSelector('#password');
    await context.close();
  }, 90_000);

  it('has a page that everybody can use', async () => {
    const { context, page } = await openAudited(stand, base(), view);

    await page.goto(`${base()}/login`);
    await page.click('text=Se connecter avec Cerbère (démo)');
    await page.waitForSelector('#password');
    const form = await axeViolations(page);
    await fill(page, 'not this one');
    await page.waitForSelector('[role=alert]');

    expect([...form, ...(await axeViolations(page))]).toEqual([]);
    await context.close();
  }, 60_000);
});

it('an agent who gives up at the Cerbère may start again', async () => {
  const { context, page } = await openWindow(stand, base(), WIDE);

  await page.goto(`${base()}/login`);
  await page.click('text=Se connecter avec Cerbère (démo)');
  await page.click('text=Annuler');
  await page.waitForURL(/\/login\/sso\/cerbere\/callback/);

  expect(await page.locator('[role=alert]').count()).toBe(1);
  expect(await page.locator('text=Se connecter avec Cerbère (démo)').count()).toBe(1);
  await context.close();
}, 60_000);
