/**
 * Takes the pictures of the administration in `docs/screenshots`:
 * `npx tsx test/browser/admin-screenshots.ts`. Not a test: run it when the area changes, and look at
 * what it made.
 */
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { type DemoApp, startDemoApp } from '../../src/demo';
import { type BrowserStand, openWindow, signIn, startBrowser } from '../kit/browser';

const ROOT = path.resolve(__dirname, '..', '..');
const OUT = path.join(ROOT, 'docs', 'screenshots');
const PLATFORM = 'odile.tramontane';
const CLOSED_PORT = 1; // nothing listens there: a server that is down
const REMINDER = 'attachment-reminder';
const WORDS = `${REMINDER}.extraWords`;

const VIEWS = [
  ['', { width: 1366, height: 768, scripts: true }],
  ['dark-', { width: 1366, height: 768, scripts: true, dark: true }],
  ['phone-', { width: 360, height: 740, scripts: true }],
  ['phone-dark-', { width: 360, height: 740, scripts: true, dark: true }],
] as const;
const CHANGE = new URLSearchParams({
  site: 'saisons',
  path: `${REMINDER}.enabled`,
  value: 'false',
});
const PICTURES = [
  ['overview', '/admin'],
  ['sites', '/admin/sites'],
  ['site', '/admin/sites/saisons'],
  ['plugins', '/admin/plugins'],
  ['plugin', `/admin/plugins/${REMINDER}`],
  ['configuration', `/admin/configuration?site=saisons&path=${WORDS}`],
  ['change', `/admin/configuration/change?${CHANGE.toString()}`],
  ['history', '/admin/history'],
  ['jobs', '/admin/jobs'],
  ['audit', '/admin/audit'],
] as const;

/** An ordinary day: a server that is down, a plugin that is missing, some changes. */
const startTroubled = (): Promise<DemoApp> =>
  startDemoApp({
    root: ROOT,
    port: 0,
    app: { log: { level: 'silent' } },
    plugins: { packages: ['estafette-plugin-agenda'] },
    site: (id, file) => {
      if (id !== 'marees') return file;
      const smtp = { host: '127.0.0.1', port: CLOSED_PORT, security: 'none', auth: 'user' };
      return { ...file, smtp };
    },
  });

/** Everybody of the site comes once; the composer is opened, so that a plugin has been called. */
async function live(stand: BrowserStand, base: string, demo: DemoApp): Promise<void> {
  for (const agent of demo.stack.agents) {
    if (agent.site !== 'saisons') continue;
    const { context, page } = await openWindow(stand, base, VIEWS[0][1]);
    await signIn(page, base, agent);
    await page.goto(`${base}/compose`);
    if (agent.username === PLATFORM) await change(page, base);
    await context.close();
  }
}

async function change(page: Page, base: string): Promise<void> {
  const wanted = [
    { site: 'saisons', path: WORDS, value: '["almanach(s)?"]' },
    { site: 'marees', path: `${REMINDER}.enabled`, value: 'true' },
    { site: 'saisons', path: WORDS, value: '["almanach(s)?","bulletin(s)?"]' },
  ];
  for (const fields of wanted) {
    await page.goto(`${base}/admin/configuration/change?${new URLSearchParams(fields).toString()}`);
    await page.click('[data-action=confirm-change]');
    await page.waitForURL(/configuration\?/);
  }
}

async function main(): Promise<void> {
  mkdirSync(OUT, { recursive: true });
  const demo = await startTroubled();
  const stand = await startBrowser();
  const base = `http://127.0.0.1:${demo.port}`;
  try {
    const platform = demo.stack.agents.find(({ username }) => username === PLATFORM);
    if (!platform) throw new Error('no such agent');
    await live(stand, base, demo);
    for (const [prefix, view] of VIEWS) {
      const { context, page } = await openWindow(stand, base, view);
      await signIn(page, base, platform);
      for (const [name, target] of PICTURES) {
        await page.goto(base + target);
        await page.screenshot({ path: path.join(OUT, `admin-${prefix}${name}.png`) });
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
