/**
 * Takes the pictures `annuaire-*` of `docs/screenshots`: `npx tsx test/browser/annuaire-screenshots.ts`.
 * Not a test: run it when the pages change, and look at what it made.
 */
import path from 'node:path';
import { startDemoApp } from '../../src/demo';
import { halfPhoneOf } from '../kit/annuaire-phone';
import { openWindow, signIn, startBrowser } from '../kit/browser';

const ROOT = path.resolve(__dirname, '..', '..');
const OUT = path.join(ROOT, 'docs', 'screenshots');

async function main(): Promise<void> {
  const demo = await startDemoApp({ root: ROOT, port: 0, app: { log: { level: 'silent' } } });
  const stand = await startBrowser();
  const base = `http://127.0.0.1:${demo.port}`;
  const [agent, other] = demo.stack.agents;
  if (!agent || !other) throw new Error('no agents');
  try {
    for (const [prefix, width, height, dark] of [
      ['', 1366, 768, false],
      ['dark-', 1366, 768, true],
      ['phone-', 360, 740, false],
      ['phone-dark-', 360, 740, true],
    ] as const) {
      const view = { width, height, dark, scripts: true };
      const { context, page } = await openWindow(stand, base, view);
      const shot = async (name: string): Promise<void> => {
        await page.evaluate('document.fonts.ready.then(() => undefined)');
        await page.screenshot({ path: path.join(OUT, `annuaire-${prefix}${name}.png`) });
      };
      await signIn(page, base, agent);
      // Each window is a device that the account does not know: « C’était moi ».
      const mine = page.locator('form[action="/security/alerts"] button');
      while ((await mine.count()) > 0) {
        await mine.first().click();
        await page.waitForURL(`${base}/security`);
        await page.goto(`${base}/mail/me/INBOX`);
      }
      await page.goto(`${base}/annuaire/entry?dn=${encodeURIComponent(other.dn)}`);
      await shot('card');
      await page.goto(`${base}/annuaire?q=${encodeURIComponent(halfPhoneOf(other))}`);
      await shot('number');
      await page.goto(`${base}/annuaire?q=direction`);
      await shot('search');
      const folder = `${base}/mail/me/INBOX?search=1&in=from&q=${encodeURIComponent(other.mail)}`;
      await page.goto(folder);
      await page.locator('.row a.subject').first().click();
      const sender = page.locator('.annuaire-sender');
      await sender.first().waitFor();
      await sender.first().scrollIntoViewIfNeeded();
      await shot('sender');
      await context.close();
    }
  } finally {
    await stand.close();
    await demo.stop();
  }
}

void main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
