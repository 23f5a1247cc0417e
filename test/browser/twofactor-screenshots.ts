/**
 * Takes the pictures of the second factor in `docs/screenshots`, or in the folder that is given:
 * `npx tsx test/browser/twofactor-screenshots.ts`. Not a test: run it when the pages change, and look
 * at what it made.
 */
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { openWindow, startBrowser } from '../kit/browser';
import {
  addAuthenticator,
  baseOf,
  type FactorPage,
  forgetAgent,
  startFactorDemo,
  walkFactorPages,
} from '../kit/factor-pages';

const [, , folder] = process.argv;
const OUT = folder ?? path.resolve(__dirname, '..', '..', 'docs', 'screenshots');

const VIEWS = [
  ['', { width: 1366, height: 768, scripts: true }],
  ['dark-', { width: 1366, height: 768, scripts: true, dark: true }],
  ['phone-', { width: 360, height: 740, scripts: true }],
  ['phone-dark-', { width: 360, height: 740, scripts: true, dark: true }],
] as const;
/** What the documents show; a folder of one's own gets every page. */
const SHOWN: readonly FactorPage[] = [
  'ways',
  'totp',
  'codes',
  'passkey',
  'factors',
  'admin',
  'confirm',
  'challenge',
];

async function main(): Promise<void> {
  mkdirSync(OUT, { recursive: true });
  const demo = await startFactorDemo();
  const stand = await startBrowser();
  try {
    for (const [prefix, view] of VIEWS) {
      await forgetAgent(demo);
      const { context, page } = await openWindow(stand, baseOf(demo), view);
      await addAuthenticator(context, page);
      await walkFactorPages(page, baseOf(demo), async (name) => {
        if (folder === undefined && !SHOWN.includes(name)) return;
        const file = path.join(OUT, `twofactor-${prefix}${name}.png`);
        await page.screenshot({ path: file, fullPage: true });
      });
      await context.close();
    }
  } finally {
    await stand.close();
    await demo.stop();
  }
}

void main();
