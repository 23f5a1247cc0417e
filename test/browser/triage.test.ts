import type { Page } from 'playwright-core';
import { axeViolations } from '../kit/browser';
import { useDemoBrowser } from '../kit/demo-browser';
import { row, uidsOf } from '../kit/list-page';
import { until } from '../kit/until';

const running = useDemoBrowser();
const SHOTS = process.env['MAIL_SHOTS'];
const shoot = async (page: Page, name: string): Promise<void> => {
  if (SHOTS) await page.screenshot({ path: `${SHOTS}/triage-${name}.png` });
};
const total = async (page: Page): Promise<number> =>
  Number(await page.getAttribute('[data-message-list]', 'data-total'));
const totalIs = (page: Page, count: number) =>
  page.waitForSelector(`[data-message-list][data-total="${count}"]`, {
    state: 'attached',
    timeout: 30_000,
  });

it('goes through 200 messages by keyboard alone', async () => {
  const page = await running().inbox({ width: 1366, height: 768, scripts: true }, 0);
  const all = await total(page);
  expect(all).toBeGreaterThanOrEqual(200);
  await shoot(page, 'keys-1-inbox');
  await page.keyboard.press('j');
  // Read three, star one, leave one unread.
  await page.keyboard.press('Enter');
  await page.waitForSelector('#reading [data-message-subject]');
  await shoot(page, 'keys-2-read');
  const starred = page.waitForResponse((one) => one.url().includes('/actions/flag'));
  await page.keyboard.press('s');
  await starred;
  let left = all;
  for (let done = 0; done < 8; done++) {
    // Whoever sees the next one presses the next key.
    await until('the next message has the focus', () =>
      page.evaluate<boolean>("Boolean(document.activeElement?.closest('.row, #reading'))"),
    );
    await page.keyboard.press(done % 2 === 0 ? 'e' : '#');
    await totalIs(page, --left);
  }
  await shoot(page, 'keys-3-archived');
  await page.keyboard.press('z');
  await totalIs(page, ++left);
  await shoot(page, 'keys-4-undone');
  // The rest page by page: first and last of it, what is between, filed at once.
  for (let page_ = 0; left > 0; page_++) {
    const uids = await uidsOf(page);
    await page.keyboard.press('*');
    await page.waitForSelector(`.pick input:checked >> nth=${uids.length - 1}`, {
      state: 'attached',
    });
    if (page_ === 0) await shoot(page, 'keys-5-page');
    await page.keyboard.press('e');
    left -= uids.length;
    await totalIs(page, left);
  }
  await shoot(page, 'keys-6-empty');
  expect(await page.locator('.row').count()).toBe(0);
  await page.context().close();
}, 240_000);

/** A finger on a row, as the browser hears it. */
async function swipe(
  page: Page,
  uid: string,
  by: number,
  held: () => Promise<void> = () => Promise.resolve(),
): Promise<void> {
  const box = await page.locator(row(uid)).boundingBox();
  if (!box) throw new Error('no row');
  const session = await page.context().newCDPSession(page);
  const y = box.y + box.height / 2;
  const from = box.x + box.width / 2;
  const touch = (type: string, x: number) =>
    session.send('Input.dispatchTouchEvent', {
      type: type as 'touchStart',
      touchPoints: type === 'touchEnd' ? [] : [{ x, y }],
    });
  await touch('touchStart', from);
  for (let at = 1; at <= 8; at++) await touch('touchMove', from + (by * at) / 8);
  await held();
  // The finger rests before it leaves: a swipe that is let go at speed is a fling, and Chromium takes
  // the next tap as what stops it.
  for (let rest = 0; rest < 5; rest++) {
    await page.waitForTimeout(30);
    await touch('touchMove', from + by);
  }
  await touch('touchEnd', 0);
}

/** A tap that brings something, done again as a person would when nothing comes of it. */
async function tap(page: Page, selector: string, brings: string): Promise<void> {
  for (let tries = 1; ; tries++) {
    await page.locator(selector).tap();
    const came = await page
      .waitForSelector(brings, { state: 'attached', timeout: tries < 3 ? 3_000 : 20_000 })
      .then(() => true)
      .catch((error: unknown) => {
        if (tries === 3) throw error;
        return false;
      });
    if (came) return;
  }
}

it('is sorted by touch on a telephone: right archives, left deletes, and both are taken back', async () => {
  const page = await running().inbox({ width: 360, height: 740, scripts: true, dark: true }, 1);
  const all = await total(page);
  const [first = '', second = '', third = ''] = await uidsOf(page);
  await swipe(page, first, 60);
  expect(await total(page)).toBe(all); // too short: nothing
  await swipe(page, first, 140, async () => {
    expect(await page.getAttribute(row(first), 'data-swipe')).toBe('archive');
    await shoot(page, 'touch-1-swipe');
  });
  await totalIs(page, all - 1);
  await shoot(page, 'touch-2-archived');
  await page.locator('#toasts [data-action=undo]').click();
  await totalIs(page, all);
  await swipe(page, second, -140);
  await totalIs(page, all - 1);
  expect(await page.locator(row(second)).count()).toBe(0);
  await shoot(page, 'touch-3-deleted');
  await tap(page, `${row(third)} .subject`, '#reading [data-message-subject]');
  await shoot(page, 'touch-4-read');
  await tap(page, '#reading [data-action=archive]', `[data-message-list][data-total="${all - 2}"]`);
  for (let left = all - 2; left > all - 14; left--) {
    const [uid = ''] = await uidsOf(page);
    await swipe(page, uid, left % 2 === 0 ? 140 : -140);
    await totalIs(page, left - 1);
  }
  await shoot(page, 'touch-5-done');
  await page.context().close();
}, 180_000);

it('drags rows to folders, and offers their actions in a menu', async () => {
  const page = await running().inbox({ width: 1366, height: 768, scripts: true }, 2);
  const all = await total(page);
  const [first = '', second = '', third = '', fourth = ''] = await uidsOf(page);
  const archive = page.locator('.folder[data-mailbox="Archives"], .folder[data-mailbox="Archive"]');
  await page.locator(row(first)).dragTo(archive.first());
  await totalIs(page, all - 1);
  // All that is checked goes along.
  await page.check(`${row(second)} .pick input`);
  await page.check(`${row(third)} .pick input`);
  await page.locator(row(second)).dragTo(archive.first());
  await totalIs(page, all - 3);
  await page.locator(row(fourth)).click({ button: 'right', position: { x: 120, y: 20 } });
  await page.locator('.row-menu [role=menuitem]').first().waitFor();
  await shoot(page, 'menu');
  expect(await page.locator('.row-menu [role=menuitem]:focus').count()).toBe(1);
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Escape');
  expect(await page.locator('.row-menu').count()).toBe(0);
  await page.locator(row(fourth)).click({ button: 'right', position: { x: 120, y: 20 } });
  await page.locator('.row-menu [role=menuitem]').first().click();
  await totalIs(page, all - 4);
  await page.context().close();
}, 120_000);

it.each([true, false])(
  'acts on all results, not only those of the page (scripts: %s)',
  async (hasScripts) => {
    const view = { width: 1366, height: 768, scripts: hasScripts };
    const { page } = await (hasScripts ? running().openAudited(view) : running().open(view));
    page.setDefaultTimeout(20_000);
    await running().signIn(page, hasScripts ? 3 : 4);
    const { base } = running();
    await page.goto(`${base}/mail/me/INBOX?tome=1`);
    const mine = await total(page);
    await page.goto(`${base}/mail/me/INBOX`);
    const all = await total(page);
    expect(mine).toBeLessThan(all);
    const uids = await uidsOf(page);
    expect(all).toBeGreaterThan(uids.length);
    if (hasScripts) {
      expect(await page.locator('.select-all').isHidden()).toBe(true);
      await page.check(`${row(uids[0])} .pick input`);
      await page.locator('[data-action=select-page]').click();
    } else await page.check(`${row(uids[0])} .pick input`);
    await page.check('[data-action=select-all]');
    await shoot(page, `all-${hasScripts ? 'scripts' : 'plain'}`);
    if (hasScripts) expect(await axeViolations(page)).toEqual([]);
    await page.locator('#list-actions [data-action=archive]').click();
    await totalIs(page, 0);
    await page.locator('[data-action=undo]').click();
    await totalIs(page, all);
    await page.context().close();
  },
  120_000,
);
