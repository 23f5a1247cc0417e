/**
 * Takes the pictures of `docs/screenshots`: `npx tsx test/browser/screenshots.ts`. Not a test: run it
 * when the interface changes, and look at what it made.
 */
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { startDemoApp } from '../../src/demo';
import { openWindow, signIn, startBrowser } from '../kit/browser';

const ROOT = path.resolve(__dirname, '..', '..');
const OUT = path.join(ROOT, 'docs', 'screenshots');
/** Newsletters with pictures, attachments and an outside sender make the fullest page. */
const FULL = 'Lettre';

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
      const shot = async (name: string): Promise<void> => {
        await page.waitForLoadState('networkidle').catch(() => undefined);
        await page.screenshot({ path: path.join(OUT, `${prefix}${name}.png`) });
      };
      await page.goto(`${base}/login`);
      await shot('login');
      await signIn(page, base, agent);
      await shot('inbox');
      await openFull(page);
      await shot('message');
      await page.goto(`${base}/compose`);
      await page
        .locator('[data-field=to] input:visible')
        .first()
        .fill('odile.tramontane@saisons.example');
      await page.locator('[data-field=to] input:visible').first().press('Enter');
      await page.fill('input[name=subject]', 'Programme de la semaine');
      await shot('compose');
      await page.goto(`${base}/settings/display`);
      await shot('settings');
      await context.close();
    }
  } finally {
    await stand.close();
    await demo.stop();
  }
}

async function openFull(page: Page): Promise<void> {
  const full = page.locator('a.subject', { hasText: FULL });
  await ((await full.count()) > 0 ? full : page.locator('a.subject')).first().click();
  await page.waitForSelector('[data-message-subject]');
}

void main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
