/**
 * Takes the pictures of the second factor in `docs/screenshots`:
 * `npx tsx test/browser/twofactor-screenshots.ts`. Not a test: run it when the pages change, and look
 * at what it made.
 */
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { Secret } from 'otpauth';
import type { BrowserContext, Page } from 'playwright-core';
import { codeAt, stepAt } from '../../plugins/twofactor/totp';
import type { SiteId } from '../../src/base/types';
import { type DemoApp, startDemoApp } from '../../src/demo';
import { openWindow, startBrowser } from '../kit/browser';

const ROOT = path.resolve(__dirname, '..', '..');
const OUT = path.join(ROOT, 'docs', 'screenshots');
const ADMINISTRATOR = 'odile.tramontane';

const VIEWS = [
  ['', { width: 1366, height: 768, scripts: true }],
  ['dark-', { width: 1366, height: 768, scripts: true, dark: true }],
  ['phone-', { width: 360, height: 740, scripts: true }],
  ['phone-dark-', { width: 360, height: 740, scripts: true, dark: true }],
] as const;

/** A key in the machine, that finds its owner each time. */
async function addAuthenticator(context: BrowserContext, page: Page): Promise<void> {
  const cdp = await context.newCDPSession(page);
  await cdp.send('WebAuthn.enable');
  await cdp.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
}

/** Somebody who has never been there signs in, sets both up, and comes back later. */
async function take(demo: DemoApp, page: Page, prefix: string): Promise<void> {
  const base = `http://localhost:${demo.port}`;
  const agent = demo.stack.agents.find(({ username }) => username === ADMINISTRATOR);
  if (!agent) throw new Error('no such agent');
  const user = await demo.app.affairs.find('saisons' as SiteId, agent.username);
  if (user) await demo.app.affairs.erase(user);
  const shot = (name: string, isWhole = false): Promise<Buffer> =>
    page.screenshot({
      path: path.join(OUT, `twofactor-${prefix}${name}.png`),
      fullPage: isWhole,
    });
  const signIn = async (): Promise<void> => {
    await page.goto(`${base}/login`);
    await page.fill('input[name=username]', agent.username);
    await page.fill('input[name=password]', agent.password);
    await page.click('form[action="/login"] button[data-action=login]');
    await page.waitForURL((url) => !url.pathname.startsWith('/login'));
  };

  await signIn();
  await page.click('.challenge-list a');
  await shot('ways');
  await page.goto(`${base}/twofactor/enrol/totp`);
  await shot('totp', true);
  await page.click('details summary');
  const secret = ((await page.textContent('[data-secret]')) ?? '').replaceAll(' ', '');
  await page.fill('input[name=code]', codeAt(Secret.fromBase32(secret), stepAt(Date.now())));
  await page.click('[data-action=enrol-totp]');
  await page.waitForSelector('[data-recovery-code]');
  await shot('codes');
  await page.click('[data-action=onward]');
  await page.waitForURL(/\/mail\/me\/INBOX/);
  await page.goto(`${base}/twofactor/enrol/passkey`);
  await page.fill('input[name=name]', 'Mon téléphone');
  await shot('passkey');
  await page.click('[data-passkey]');
  await page.waitForURL(/\/twofactor\/$/);
  await shot('factors', true);
  await page.goto(`${base}/twofactor/admin`);
  await shot('admin', true);
  await page.goto(`${base}/confirm?next=%2Ftwofactor`);
  await shot('confirm');
  await page.context().clearCookies();
  await signIn();
  await page.click('.challenge-list a');
  await shot('challenge', true);
}

async function main(): Promise<void> {
  mkdirSync(OUT, { recursive: true });
  const demo = await startDemoApp({
    root: ROOT,
    port: 0,
    app: { log: { level: 'silent' } },
    site: (id, file) =>
      id === 'saisons'
        ? { ...file, plugins: { twofactor: { required: true, graceDays: 0 } } }
        : file,
  });
  const stand = await startBrowser();
  try {
    for (const [prefix, view] of VIEWS) {
      const base = `http://localhost:${demo.port}`;
      const { context, page } = await openWindow(stand, base, view);
      await addAuthenticator(context, page);
      await take(demo, page, prefix);
      await context.close();
    }
  } finally {
    await stand.close();
    await demo.stop();
  }
}

void main();
