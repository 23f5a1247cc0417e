import type { Page } from 'playwright-core';
import type { DemoApp } from '../../src/demo';
import { ADMINS, agentOf, startAdminDemo } from '../kit/admin-stand';
import {
  axeViolations,
  type BrowserStand,
  openAudited,
  openWindow,
  signIn,
  startBrowser,
} from '../kit/browser';

const PAGES = [
  '/admin',
  '/admin/sites',
  '/admin/sites/saisons',
  '/admin/plugins',
  '/admin/plugins/test-notes',
  '/admin/configuration',
  '/admin/configuration?site=saisons&path=test-notes.lines',
  '/admin/configuration/change?site=saisons&path=test-notes.word&value=brin',
  '/admin/configuration/change?site=saisons&path=test-notes.size&value=12',
  '/admin/configuration/change?site=saisons&path=test-notes.size&value=5',
  '/admin/configuration/change?site=*&path=test-notes.enabled&value=false',
  '/admin/history',
  '/admin/jobs',
  '/admin/health',
  '/admin/audit',
  '/admin/boot',
];
const WIDE = { width: 1366, height: 768, scripts: true };
const NARROW = { width: 360, height: 740, scripts: true };
/** Pixels of the page, or of a table, beyond their place; as text, since tests know no DOM. */
const OVERFLOW = `Math.max(
  ...[...document.querySelectorAll('#main, .admin-table')].map(
    (element) => element.scrollWidth - element.clientWidth,
  ),
)`;

/** The frame is as tall as the window, and its main part scrolls. */
const BELOW = 'document.documentElement.scrollHeight - window.innerHeight';
const CURRENT_SEEN = `(() => {
  const { left, right } = document.querySelector('.side-nav [aria-current]').getBoundingClientRect();
  return left >= 0 && right <= window.innerWidth;
})()`;

let demo: DemoApp;
let stand: BrowserStand;
const base = (): string => `http://127.0.0.1:${demo.port}`;

/** Something to look at: a change in force, one taken back, a failing plugin. */
async function fill(page: Page): Promise<void> {
  await page.goto(`${base()}/admin/configuration/change?site=saisons&path=test-notes.size&value=5`);
  await page.click('[data-action=confirm-change]');
  await page.waitForURL(/configuration\?/);
  await page.goto(`${base()}/admin/configuration/change?site=saisons&path=test-notes.word&value=x`);
  await page.click('[data-action=confirm-change]');
  await page.waitForURL(/configuration\?/);
}

beforeAll(async () => {
  demo = await startAdminDemo();
  stand = await startBrowser();
  const { context, page } = await openWindow(stand, base(), WIDE);
  await signIn(page, base(), agentOf(ADMINS.platform));
  await fill(page);
  await context.close();
}, 60_000);
afterAll(async () => {
  await stand?.close();
  await demo?.stop();
});

describe('the pages of the administration', () => {
  it.each([
    ['light, wide', { ...WIDE, dark: false }],
    ['light, of a tablet', { ...WIDE, width: 1024, dark: false }],
    ['dark, wide', { ...WIDE, dark: true }],
    ['light, narrow', { ...NARROW, dark: false }],
    ['dark, narrow', { ...NARROW, dark: true }],
  ])(
    'pass the accessibility rules and fit their window: %s',
    async (_name, view) => {
      const { context, page } = await openAudited(stand, base(), view);
      await signIn(page, base(), agentOf(ADMINS.platform));
      const violations: string[] = [];
      for (const target of PAGES) {
        await page.goto(base() + target);
        violations.push(...(await axeViolations(page)).map((found) => `${target} ${found}`));
        const tooWide = await page.evaluate<number>(OVERFLOW);
        if (tooWide > 0) violations.push(`${target} is ${tooWide} px too wide`);
        const tooTall = await page.evaluate<number>(BELOW);
        if (tooTall > 0) violations.push(`${target} scrolls ${tooTall} px beyond its frame`);
        const isCurrentSeen = await page.evaluate<boolean>(CURRENT_SEEN);
        if (!isCurrentSeen) violations.push(`${target} does not show where it is in the menu`);
      }
      await context.close();

      expect(violations).toEqual([]);
    },
    120_000,
  );

  it('work without scripts and with them, say nothing to the console, and ask nobody else', async () => {
    for (const scripts of [false, true]) {
      const { context, page, foreign, problems } = await openWindow(stand, base(), {
        ...WIDE,
        scripts,
      });
      await signIn(page, base(), agentOf(ADMINS.platform));
      await page.goto(`${base()}/admin/plugins/test-notes`);
      await page
        .locator('tr', { hasText: 'Ministère des Saisons' })
        .first()
        .getByRole('link', { name: 'Désactiver…' })
        .click();
      await page.waitForURL(/change\?/);
      await page.getByText('Qui est touché').waitFor();
      await page.click('[data-action=confirm-change]');
      await page.waitForURL(/configuration\?/);
      await page.getByRole('link', { name: 'Annuler…' }).first().click();
      await page.click('[data-action=confirm-change]');
      await page.waitForURL(/history$/);
      await context.close();

      expect(foreign).toEqual([]);
      expect(problems).toEqual([]);
    }
  }, 60_000);

  it('name each column for who hears a narrow table', async () => {
    const { context, page } = await openAudited(stand, base(), { ...NARROW });
    await signIn(page, base(), agentOf(ADMINS.platform));
    await page.goto(`${base()}/admin/plugins`);
    const table = page.getByRole('table', { name: 'Extensions installées' });

    expect(await table.getByRole('columnheader').count()).toBe(8);
    expect(await table.getByRole('rowheader').first().textContent()).not.toBe('');
    await context.close();
  }, 60_000);
});
