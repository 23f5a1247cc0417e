/**
 * Takes the pictures `contacts-*` of `docs/screenshots`: `npx tsx test/browser/contacts-screenshots.ts`.
 * Not a test: run it when the pages change, and look at what it made.
 */
import path from 'node:path';
import { startDemoApp } from '../../src/demo';
import { openWindow, signIn, startBrowser } from '../kit/browser';
import { fillContacts } from '../kit/contact-samples';

const ROOT = path.resolve(__dirname, '..', '..');
const OUT = path.join(ROOT, 'docs', 'screenshots');

async function main(): Promise<void> {
  const demo = await startDemoApp({ root: ROOT, port: 0, app: { log: { level: 'silent' } } });
  const stand = await startBrowser();
  const base = `http://127.0.0.1:${demo.port}`;
  const [agent] = demo.stack.agents;
  if (!agent) throw new Error('no agents');
  let card = '';
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
      await signIn(page, base, agent);
      // Each window is a device that the account does not know: « C’était moi ».
      const mine = page.locator('form[action="/security/alerts"] button');
      while ((await mine.count()) > 0) {
        await mine.first().click();
        await page.waitForURL(`${base}/security`);
        await page.goto(`${base}/mail/me/INBOX`);
      }
      if (card === '') card = await fillContacts(page, base);
      const id = new URL(card).searchParams.get('id') ?? '';
      await page.goto(`${base}/contacts?view=groups`);
      const group = await page.locator('.contacts-rows a').first().getAttribute('href');
      await page.goto(`${base}/contacts/duplicates`);
      const merge = await page.locator('.contacts-entries a.btn').first().getAttribute('href');
      for (const [name, at] of [
        ['list', '/contacts'],
        ['card', `/contacts?id=${id}`],
        ['group', group],
        ['edit', `/contacts/edit?id=${id}`],
        ['books', '/contacts/books'],
        ['merge', merge],
      ] as const) {
        await page.goto(`${base}${at}`);
        await page.evaluate('document.fonts.ready.then(() => undefined)');
        await page.screenshot({ path: path.join(OUT, `contacts-${prefix}${name}.png`) });
      }
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
