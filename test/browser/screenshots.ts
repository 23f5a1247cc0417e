/**
 * Takes the pictures of `docs/screenshots`: `npx tsx test/browser/screenshots.ts`. Not a test: run it
 * when the interface changes, and look at what it made.
 */
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { startDemoApp } from '../../src/demo';
import { BULLETINS } from '../../src/demo/data/bulletins';
import { openWindow, signIn, startBrowser } from '../kit/browser';

const ROOT = path.resolve(__dirname, '..', '..');
const OUT = path.join(ROOT, 'docs', 'screenshots');
/** Newsletters, with pictures and an outside sender, make the fullest page. */
const FULL = new RegExp(BULLETINS.map(({ name }) => name).join('|'));

async function main(): Promise<void> {
  mkdirSync(OUT, { recursive: true });
  const demo = await startDemoApp({ root: ROOT, port: 0, app: { log: { level: 'silent' } } });
  const stand = await startBrowser();
  const base = `http://127.0.0.1:${demo.port}`;
  const [agent] = demo.stack.agents;
  if (!agent) throw new Error('no agent');
  try {
    for (const [prefix, width, height, dark] of [
      ['', 1366, 768, false],
      ['dark-', 1366, 768, true],
      ['phone-', 360, 740, false],
      ['phone-dark-', 360, 740, true],
    ] as const) {
      const { context, page } = await openWindow(stand, base, {
        width,
        height,
        dark,
        scripts: true,
      });
      // What the page shows is waited for; the network never rests where `/events` is open.
      const shot = async (name: string, shown: string): Promise<void> => {
        await page.locator(shown).first().waitFor();
        await page.evaluate('document.fonts.ready.then(() => undefined)');
        await page.screenshot({ path: path.join(OUT, `${prefix}${name}.png`) });
      };
      await page.goto(`${base}/login`);
      await shot('login', 'input[name=username]');
      await signIn(page, base, agent);
      await own(page, base);
      await shot('inbox', '.row a.subject[tabindex="0"]');
      await openFull(page);
      await shot('message', '[data-message-subject]');
      await page.goto(`${base}/compose`);
      await page
        .locator('[data-field=to] input:visible')
        .first()
        .fill('odile.tramontane@saisons.example');
      await page.locator('[data-field=to] input:visible').first().press('Enter');
      await page.fill('input[name=subject]', 'Programme de la semaine');
      await shot('compose', '.chip');
      await page.goto(`${base}/settings/display`);
      await shot('settings', '.settings-page');
      await context.close();
    }
  } finally {
    await stand.close();
    await demo.stop();
  }
}

/** Each window is a device that the account does not know: « C’était moi ». */
async function own(page: Page, base: string): Promise<void> {
  const mine = page.locator('form[action="/security/alerts"] button');
  while ((await mine.count()) > 0) {
    await mine.first().click();
    await page.waitForURL(`${base}/security`);
    await page.goto(`${base}/mail/me/INBOX`);
  }
}

/** Opens a newsletter; its body is in a frame of its own. */
async function openFull(page: Page): Promise<void> {
  await page.locator('.row', { hasText: FULL }).locator('a.subject').first().click();
  await page.frameLocator('iframe[data-message-body]').locator('a').first().waitFor();
}

void main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
