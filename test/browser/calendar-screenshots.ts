/**
 * Takes the pictures `calendar-*` of `docs/screenshots`: `npx tsx test/browser/calendar-screenshots.ts`.
 * Not a test: run it when the pages change, and look at what it made.
 */
import path from 'node:path';
import { startDemoApp } from '../../src/demo';
import { openWindow, signIn, startBrowser } from '../kit/browser';
import { dayOfThisWeek, fillCalendar } from '../kit/calendar-samples';

const ROOT = path.resolve(__dirname, '..', '..');
const OUT = process.argv[2] ?? path.join(ROOT, 'docs', 'screenshots');

async function main(): Promise<void> {
  const demo = await startDemoApp({ root: ROOT, port: 0, app: { log: { level: 'silent' } } });
  const stand = await startBrowser();
  const base = `http://127.0.0.1:${demo.port}`;
  const [agent] = demo.stack.agents;
  if (!agent) throw new Error('no agents');
  let event = '';
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
      if (event === '') event = await fillCalendar(page, base);
      for (const [name, at] of [
        ['week', '/calendar'],
        ['month', '/calendar?view=month'],
        ['day', `/calendar?view=day&on=${dayOfThisWeek(1)}`],
        ['list', '/calendar?view=list'],
        ['event', event],
        ['edit', event.replace('/event', '/edit')],
        ['calendars', '/calendar/calendars'],
      ] as const) {
        await page.goto(`${base}${at}`);
        await page.evaluate('document.fonts.ready.then(() => undefined)');
        await page.screenshot({ path: path.join(OUT, `calendar-${prefix}${name}.png`) });
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
