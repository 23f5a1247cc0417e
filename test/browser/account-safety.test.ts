import type { Page } from 'playwright-core';
import { axeViolations } from '../kit/browser';
import { type DemoBrowser, startDemoBrowser } from '../kit/demo-browser';
import { until } from '../kit/until';

const WIDE = { width: 1366, height: 768, scripts: true };
const NARROW = { width: 360, height: 740, scripts: true };
/** Pixels of the page beyond its place; as text, since tests know no DOM. */
const OVERFLOW = `Math.max(
  ...[document.documentElement, document.querySelector('#main')].map(
    (element) => element.scrollWidth - element.clientWidth,
  ),
)`;
/** Pixels below the frame of the page, which is as high as the window. */
const BEYOND = 'document.documentElement.scrollHeight - document.documentElement.clientHeight';

let stand: DemoBrowser;
beforeAll(async () => {
  stand = await startDemoBrowser({ notices: true });
}, 60_000);
afterAll(async () => {
  await stand?.close();
});

const VIEWS = [
  ['light, wide', { ...WIDE, dark: false }],
  ['dark, wide', { ...WIDE, dark: true }],
  ['light, narrow', { ...NARROW, dark: false }],
  ['dark, narrow', { ...NARROW, dark: true }],
] as const;

async function faultsOf(page: Page, path: string): Promise<string[]> {
  await page.goto(`${stand.base}${path}`);
  const overflow = Number(await page.evaluate(OVERFLOW));
  const violations = await axeViolations(page);
  return [
    ...(overflow > 0 ? [`${path}: ${overflow} px too wide`] : []),
    ...violations.map((violation) => `${path}: ${JSON.stringify(violation)}`),
  ];
}
/** Notices that the button of the folders touches; as text, since tests know no DOM. */
const UNDER_FOLDERS = `(() => {
  const button = document.querySelector('.folders-open').getBoundingClientRect();
  const touches = (box) =>
    box.left < button.right && box.right > button.left && box.top < button.bottom && box.bottom > button.top;
  return [...document.querySelectorAll('#main > .banner')]
    .filter((notice) => touches(notice.getBoundingClientRect()))
    .map((notice) => notice.textContent);
})()`;

describe('a notice above the mailbox', () => {
  it.each([true, false])(
    'leaves the folders within reach of a telephone, scripts: %s',
    async (scripts) => {
      const { context, page } = await stand.open({ ...NARROW, scripts });
      await stand.signIn(page, 2);
      const other = await stand.open(WIDE);
      await stand.signIn(other.page, 2);
      // Of the other device, told once its own page is on its way.
      await until('the notice', async () => {
        await page.goto(`${stand.base}/mail/me/INBOX`);
        return (await page.locator('#main > .banner').count()) > 0;
      });
      const under = await page.evaluate(UNDER_FOLDERS);
      await page.click('.folders-open');

      expect(under).toEqual([]);
      await page.locator('#folder-pane a').first().waitFor({ state: 'visible' });
      await context.close();
      await other.context.close();
    },
    60_000,
  );
});

describe('the pages of the security of an account', () => {
  it.each(VIEWS)(
    'hold, %s',
    async (_name, view) => {
      const other = await stand.open(WIDE);
      await stand.signIn(other.page, 0);
      const { context, page } = await stand.openAudited(view);
      await stand.signIn(page, 0);
      await page.goto(`${stand.base}/security`);
      await page.fill('#app-name', `Agenda ${_name}`);
      await page.click('[data-action=add-app]');
      const secret = await page.textContent('[data-app-password]');
      const violations = await axeViolations(page);

      expect(secret).toMatch(/^(?:[2-9A-Z]{4}-){4}[2-9A-Z]{4}$/);
      expect(violations).toEqual([]);
      expect([
        ...(await faultsOf(page, '/security')),
        ...(await faultsOf(page, '/security/history')),
        ...(await faultsOf(page, '/help/hacked')),
      ]).toEqual([]);
      await context.close();
      await other.context.close();
    },
    60_000,
  );

  it('scroll in their frame, and nowhere below it', async () => {
    const other = await stand.open(WIDE);
    await stand.signIn(other.page, 1);
    // A telephone at 200 %.
    const { context, page } = await stand.open({ ...NARROW, height: NARROW.height / 2 });
    await stand.signIn(page, 1);
    const beyond: Record<string, unknown> = {};
    for (const path of ['/security', '/security/history']) {
      await page.goto(`${stand.base}${path}`);
      beyond[path] = await page.evaluate(BEYOND);
    }

    expect(beyond).toEqual({ '/security': 0, '/security/history': 0 });
    await context.close();
    await other.context.close();
  }, 60_000);

  it.each(VIEWS)(
    'of the sign-in page hold, %s',
    async (_name, view) => {
      const { context, page } = await stand.openAudited(view);
      const faults: string[] = [];
      for (const path of ['/login', '/help/lost', '/help/locked', '/help/hacked']) {
        faults.push(...(await faultsOf(page, path)));
      }
      expect(faults).toEqual([]);
      await context.close();
    },
    60_000,
  );

  it.each([
    ['/security', '.security-list'],
    ['/security/history', '.security-list'],
  ])(
    'say what « Ce n’était pas moi » did, on %s with scripts',
    async (path, list) => {
      const other = await stand.open(WIDE);
      await stand.signIn(other.page, 3);
      const { context, page } = await stand.open(WIDE);
      await stand.signIn(page, 3);
      await page.goto(`${stand.base}${path}`);
      await page.locator(`${list} [data-action=not-me]`).first().click();
      await page.waitForURL(`${stand.base}/help/hacked`);
      await page.waitForLoadState('load');

      expect(await page.locator('.banner.ok, .banner.warn').allTextContents()).toEqual([
        expect.stringContaining('session'),
      ]);
      await context.close();
      await other.context.close();
    },
    60_000,
  );

  it('end the other sessions from the keyboard, and without scripts', async () => {
    const other = await stand.open(WIDE);
    await stand.signIn(other.page, 1);
    const { context, page } = await stand.open({ ...NARROW, scripts: false });
    await stand.signIn(page, 1);
    await page.goto(`${stand.base}/security`);
    await page.focus('[data-action=end-others]');
    await page.keyboard.press('Enter');
    // The address is the same before and after.
    await page.locator('[data-action=end-session]').waitFor({ state: 'detached' });

    await other.page.goto(`${stand.base}/mail/me/INBOX`);
    expect(new URL(other.page.url()).pathname).toBe('/login');
    await context.close();
    await other.context.close();
  }, 60_000);
});
