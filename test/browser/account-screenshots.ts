/**
 * Takes the pictures of sign-in by a provider, of the security of an account and of the help of the
 * sign-in page in `docs/screenshots`: `npx tsx test/browser/account-screenshots.ts`. Not a test: run
 * it when the pages change, and look at what it made.
 */
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import {
  AccountWalk,
  addAuthenticator,
  inEachLook,
  type Look,
  startWalk,
  walk,
} from '../kit/account-walk';
import { openWindow, startBrowser } from '../kit/browser';

const ROOT = path.resolve(__dirname, '..', '..');
const OUT = path.join(ROOT, 'docs', 'screenshots');

const VIEW = { width: 1366, height: 768, scripts: true };
/** Pages whose pictures `twofactor-screenshots.ts` takes. */
const ELSEWHERE = new Set(['security-application', 'security-codes', 'security-passkey']);

/** How high the window has to be to show all of a page whose middle scrolls; tests know no DOM. */
const WHOLE = `(() => {
  const main = document.querySelector('#main') ?? document.body;
  const below = document.documentElement.scrollHeight - main.getBoundingClientRect().bottom;
  const leaves = [...main.querySelectorAll('*')].filter((one) => one.children.length === 0);
  const bottoms = leaves.map((one) => one.getBoundingClientRect().bottom + main.scrollTop);
  return Math.ceil(Math.max(...bottoms) + Math.min(Math.max(below, 0), 64) + 48);
})()`;

/** `security-overview` in the dark on a telephone: `security-phone-dark-overview.png`. */
const take: Look = async (page, name) => {
  if (ELSEWHERE.has(name)) return;
  await inEachLook(page, VIEW, async (prefix) => {
    const { width = 0, height = 0 } = page.viewportSize() ?? {};
    const whole = Math.max(height, Number(await page.evaluate(WHOLE)));
    await page.setViewportSize({ width, height: whole });
    const file = `${name.replace('-', `-${prefix}`)}.png`;
    await page.screenshot({ path: path.join(OUT, file) });
  });
};

async function main(): Promise<void> {
  mkdirSync(OUT, { recursive: true });
  const demo = await startWalk(ROOT);
  const stand = await startBrowser();
  try {
    const steps = new AccountWalk(demo, take);
    const here = await openWindow(stand, steps.base, VIEW);
    const there = await openWindow(stand, steps.base, VIEW);
    await addAuthenticator(here.context, here.page);
    await walk(steps, here.page, there.page, { hasScripts: true });
  } finally {
    await stand.close();
    await demo.stop();
  }
}

void main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
