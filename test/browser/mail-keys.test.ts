import type { Page } from 'playwright-core';
import { useDemoBrowser } from '../kit/demo-browser';
import { focused, row, uidsOf } from '../kit/list-page';

const WIDE = { width: 1366, height: 768, scripts: true } as const;
const PHONE = { width: 360, height: 740, scripts: true } as const;
const running = useDemoBrowser();

const inbox = (view: typeof WIDE | typeof PHONE, index: number): Promise<Page> =>
  running().inbox(view, index);
const message = '#reading [data-message-subject]';

describe('the list by keyboard', () => {
  it('goes through the rows, selects some and counts them aloud', async () => {
    const page = await inbox(WIDE, 0);
    const uids = await uidsOf(page);

    await page.keyboard.press('j');
    await page.waitForSelector(focused(uids[0]));
    await page.keyboard.press('ArrowDown');
    await page.waitForSelector(focused(uids[1]));
    await page.keyboard.press('x');
    await page.keyboard.press('j');
    await page.keyboard.press('j');
    await page.keyboard.press('Shift+X');

    expect(await page.locator('.pick input:checked').count()).toBe(3);
    await page.locator('#live', { hasText: /3/ }).waitFor({ state: 'attached' });
    await page.keyboard.press('Escape');
    expect(await page.locator('.pick input:checked').count()).toBe(0);
    await page.context().close();
  });

  it('archives the row in focus, goes to the next one, and takes it back', async () => {
    const page = await inbox(WIDE, 1);
    const uids = await uidsOf(page);
    await page.focus(`${row(uids[6])} a.subject`);

    await page.keyboard.press('e');

    await page.waitForSelector(focused(uids[7]));
    expect(await page.locator(row(uids[6])).count()).toBe(0);
    await page.waitForSelector('#toasts [data-action=undo]');
    const total = Number(await page.getAttribute('[data-message-list]', 'data-total'));
    await page.keyboard.press('z');
    await page.waitForSelector(`[data-message-list][data-total="${total + 1}"]`);
    await page.context().close();
  });

  it('puts a label on the row in focus by its number, and takes it off again', async () => {
    const page = await inbox(WIDE, 2);
    const uid = (await uidsOf(page))[4];
    const tags = page.locator(`${row(uid)} .tags .tag`);
    const before = await tags.count();
    await page.focus(`${row(uid)} a.subject`);

    await page.keyboard.press('5');
    await tags.nth(before).waitFor({ state: 'attached' });
    await page.focus(`${row(uid)} a.subject`);
    await page.keyboard.press('5');
    await tags.nth(before).waitFor({ state: 'detached' });

    expect(await tags.count()).toBe(before);
    for (const [at, digit] of ['1', '5'].entries()) {
      await page.focus(`${row(uid)} a.subject`);
      await page.keyboard.press(digit);
      await tags.nth(before + at).waitFor({ state: 'attached' });
    }
    await page.focus(`${row(uid)} a.subject`);
    await page.keyboard.press('0');
    await tags.first().waitFor({ state: 'detached' });
    expect(await tags.count()).toBe(0);
    await page.context().close();
  });

  it('sets a star without leaving the page, and it is still there afterwards', async () => {
    const page = await inbox(WIDE, 2);
    const [uid] = await uidsOf(page);
    const before = await page.getAttribute(`${row(uid)} .star`, 'aria-pressed');
    const answered = page.waitForResponse((response) => response.url().includes('/actions/flag'));

    await page.click(`${row(uid)} .star`);

    expect((await answered).status()).toBe(200);
    await page.reload();
    expect(await page.getAttribute(`${row(uid)} .star`, 'aria-pressed')).not.toBe(before);
    await page.context().close();
  });

  it('does nothing on single keys once they are turned off', async () => {
    const page = await inbox(WIDE, 3);
    const [uid] = await uidsOf(page);
    await page.keyboard.press('?');
    await page.uncheck('#shortcuts [data-shortcuts-switch]');
    await page.keyboard.press('Escape');
    await page.focus(`${row(uid)} a.subject`);

    await page.keyboard.press('x');

    expect(await page.locator('.pick input:checked').count()).toBe(0);
    await page.keyboard.press('?');
    await page.waitForSelector('#shortcuts[open]');
    await page.context().close();
  });
});

describe('an open message', () => {
  it('takes the focus and the title; the next one opens with the focus left in the list', async () => {
    const page = await inbox(WIDE, 0);
    const uids = await uidsOf(page);

    await page.click(`${row(uids[2])} a.subject`);
    await page.waitForSelector(`${message}:focus`);
    const subject = ((await page.textContent(message)) ?? '').trim();
    expect(await page.title()).toContain(subject);
    expect(page.url()).toContain(`/INBOX/${uids[2]}`);
    expect(await page.locator(`${row(uids[2])}.is-open:not(.is-unread)`).count()).toBe(1);

    await page.keyboard.press('j');
    await page.waitForURL(new RegExp(`/INBOX/${uids[3]}`));
    await page.waitForSelector(focused(uids[3]));
    await page.context().close();
  });

  it('closes on a phone to the list where it was, also with the back button', async () => {
    const page = await inbox(PHONE, 1);
    const uids = await uidsOf(page);
    const link = page.locator(`${row(uids[15])} a.subject`);
    await link.scrollIntoViewIfNeeded();
    const isInView = () => link.evaluate((element) => element.getBoundingClientRect().top > 0);

    await link.click();
    await page.waitForSelector(message);
    expect(await page.locator('.rows').isVisible()).toBe(false);
    await page.click('#reading [data-action=back]');
    await page.locator(message).waitFor({ state: 'detached' });
    expect(await isInView()).toBe(true);

    await link.click();
    await page.waitForSelector(message);
    await page.goBack();
    await page.locator(message).waitFor({ state: 'detached' });
    await link.waitFor();
    await expect(link.boundingBox()).resolves.toMatchObject({ y: expect.any(Number) });
    const box = await link.boundingBox();
    expect(box?.y).toBeLessThan(PHONE.height);
    await page.context().close();
  });

  it('that is gone is said on a page of its own', async () => {
    const page = await inbox(WIDE, 2);
    await page
      .locator('.row a.subject')
      .first()
      .evaluate((link) => {
        link.setAttribute('href', '/mail/me/INBOX/999999');
      });

    await page.locator('.row a.subject').first().click();

    await page.locator('.rows').waitFor({ state: 'detached' });
    expect(await page.locator('h1').count()).toBe(1);
    await page.context().close();
  });
});
