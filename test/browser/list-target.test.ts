import type { Page } from 'playwright-core';
import { parseUids } from '../../src/mail';
import { useDemoBrowser } from '../kit/demo-browser';
import { focused, row, uidsOf } from '../kit/list-page';

const WIDE = { width: 1366, height: 768, scripts: true } as const;
const running = useDemoBrowser();

const inbox = (index: number): Promise<Page> => running().inbox(WIDE, index);
const heard = (page: Page, text: RegExp): Promise<void> =>
  page.locator('#live', { hasText: text }).waitFor({ state: 'attached' });

/** Notes from now on what is said aloud, and each action that is sent. */
async function witness(page: Page): Promise<{ said(): Promise<string[]>; sent: string[] }> {
  const sent: string[] = [];
  page.on('request', (request) => {
    if (request.method() === 'POST') sent.push(new URL(request.url()).pathname);
  });
  // At each change, not now and then: who waits for a word asks at once for all that was said.
  await page.evaluate(`window.said = []; new MutationObserver(() => {
    const text = document.getElementById('live')?.textContent ?? '';
    if (text !== '' && window.said.at(-1) !== text) window.said.push(text);
  }).observe(document, { subtree: true, childList: true, characterData: true })`);
  return { sent, said: () => page.evaluate('window.said') };
}

describe('a key that changes a message', () => {
  it('does nothing while no message was chosen, and says so', async () => {
    const page = await inbox(0);
    const { sent } = await witness(page);

    for (const key of ['#', 'e', '!', 'u', 's', 'x', 'm', 'o', 'Delete']) {
      await page.evaluate("document.getElementById('live').textContent = ''");
      await page.keyboard.press(key);
      await heard(page, /Choisissez un message/);
    }

    expect(sent).toEqual([]);
    expect(await page.locator('.pick input:checked').count()).toBe(0);
    expect(await page.locator('#reading [data-message-subject]').count()).toBe(0);
    await page.context().close();
  });

  it('is about the message just left, after it was marked as unread', async () => {
    const page = await inbox(1);
    const uids = await uidsOf(page);
    await page.click(`${row(uids[4])} a.subject`);
    await page.waitForSelector('#reading [data-message-subject]:focus');

    await page.keyboard.press('u');
    await page.waitForSelector(focused(uids[4]));
    expect(await page.locator(`${row(uids[4])}.is-unread`).count()).toBe(1);
    await page.keyboard.press('e');

    await page.waitForSelector(focused(uids[5]));
    expect(await page.locator(row(uids[4])).count()).toBe(0);
    expect(await page.locator(row(uids[0])).count()).toBe(1);
    await page.context().close();
  });

  it('keeps its message when another one arrives above', async () => {
    const page = await inbox(2);
    const uids = await uidsOf(page);
    await page.focus(`${row(uids[0])} a.subject`);

    running().deliver(2, 'Au dessus');
    await page.waitForSelector('a.subject:has-text("Au dessus")', { timeout: 15_000 });
    await page.waitForSelector(focused(uids[0]));
    await page.keyboard.press('#');

    await page.locator(row(uids[0])).waitFor({ state: 'detached' });
    expect(await page.locator('a.subject', { hasText: 'Au dessus' }).count()).toBe(1);
    await page.context().close();
  });

  it('takes a message out of Junk where it would put it there', async () => {
    const page = await inbox(3);
    const subject = `Courrier ${Date.now()}`;
    running().deliver(3, subject);
    const link = page.locator('a.subject', { hasText: subject });
    await link.waitFor({ timeout: 15_000 });
    await link.focus();
    await page.keyboard.press('!');
    await link.waitFor({ state: 'detached' });
    await page.click('#folder-pane a[data-mailbox="Junk"]');
    await page.waitForSelector('[data-message-list][data-mailbox="Junk"]');
    await link.focus();

    await page.keyboard.press('!');

    await link.waitFor({ state: 'detached' });
    await page.click('#folder-pane a[data-mailbox="INBOX"]');
    await page.waitForSelector('[data-message-list][data-mailbox="INBOX"]');
    await link.waitFor();
    await page.context().close();
  });
});

describe('the focus and the spoken word', () => {
  it('go to the list after a folder was chosen and after a search', async () => {
    const page = await inbox(4);
    await page.click('#folder-pane a[data-mailbox="Sent"]');
    await page.waitForSelector('[data-mailbox="Sent"] #list-title:focus');
    await heard(page, /\d message/);

    await page.click('#folder-pane a[data-mailbox="INBOX"]');
    await page.waitForSelector('[data-mailbox="INBOX"] #list-title:focus');
    await page.fill('#top-q', 'note');
    await page.keyboard.press('Enter');

    await page.waitForURL(/q=note/);
    await page.waitForSelector('#list-title:focus');
    await heard(page, /trouvé/);
    await page.context().close();
  });

  it('stay with the message that was copied, and nothing offers to move the copy', async () => {
    const page = await inbox(0);
    const uids = await uidsOf(page);
    await page.focus(`${row(uids[2])} a.subject`);
    await page.keyboard.press('m');
    await page.waitForSelector('#list-to:focus');
    await page.selectOption('#list-to', 'Archive');
    await page.focus('#list-actions [data-action=copy]');

    await page.keyboard.press('Enter');

    await heard(page, /copié/);
    await page.waitForSelector(focused(uids[2]));
    expect(await page.locator('#toasts [data-action=undo]').count()).toBe(0);
    await page.context().close();
  });

  it('stay on the button that saves the settings', async () => {
    const page = await inbox(0);
    await page.goto('/settings/writing');
    await page.focus('[data-action=save-settings]');

    await page.keyboard.press('Enter');

    await page.waitForSelector('#toasts .toast');
    await heard(page, /./);
    await page.waitForSelector('[data-action=save-settings]:focus');
    await page.context().close();
  });

  it('are at the head of the list once a whole folder was deleted', async () => {
    const page = await inbox(1);
    await page.goto('/mail/me/Sent');
    await page.waitForSelector('.row a.subject[tabindex="0"]');

    await page.keyboard.press('*');
    await page.keyboard.press('#');

    await page.waitForSelector('#list-title:focus');
    await heard(page, /corbeille/);
    await page.context().close();
  });

  it('tell no new mail of a message that was put back', async () => {
    const page = await inbox(2);
    const uid = await page.locator('.row.is-unread').first().getAttribute('data-uid');
    const total = Number(await page.getAttribute('[data-message-list]', 'data-total'));
    const { said } = await witness(page);
    await page.focus(`${row(uid ?? '')} a.subject`);
    await page.keyboard.press('e');
    await page.waitForSelector(`[data-message-list][data-total="${total - 1}"]`);

    await page.keyboard.press('z');
    await page.waitForSelector(`[data-message-list][data-total="${total}"]`);
    running().deliver(2, 'Vraie nouvelle');
    await heard(page, /Nouveau message/);

    expect((await said()).filter((text) => text.includes('Nouveau message'))).toEqual([
      'Nouveau message de a@b.example',
    ]);
    await page.context().close();
  });
});

describe("the undo of a notice that takes another one's place", () => {
  const undoUids = (page: Page): Promise<string[]> =>
    page
      .locator('#toasts input[name=uids]')
      .evaluateAll((fields) => fields.map((each) => each.getAttribute('value') ?? ''))
      .then((sets) => sets.flatMap(parseUids).map(String));
  const act = async (page: Page, uids: readonly (string | undefined)[], verb: string) => {
    for (const uid of uids) await page.check(`${row(uid)} .pick input`);
    await page.click(`#list-actions [data-action=${verb}]`);
    for (const uid of uids) await page.locator(row(uid)).waitFor({ state: 'detached' });
  };
  const said = (page: Page, text: RegExp): Promise<void> =>
    page.locator('#toasts .toast-text', { hasText: text }).waitFor();
  const total = async (page: Page): Promise<number> =>
    Number(await page.getAttribute('[data-message-list]', 'data-total'));

  it('puts back only what that notice tells of', async () => {
    const page = await inbox(3);
    const uids = await uidsOf(page);
    await act(page, uids.slice(3, 5), 'junk');
    await said(page, /^2 messages/);
    expect(await undoUids(page)).toHaveLength(2);

    await act(page, uids.slice(1, 2), 'delete');
    await said(page, /^1 message /);
    expect(await undoUids(page)).toHaveLength(1);
    const left = await total(page);
    await page.click('#toasts [data-action=undo]');

    await page.waitForSelector(`[data-message-list][data-total="${left + 1}"]`);
    await said(page, /remis/);
    await page.context().close();
  });

  it('leaves one notice, with one cross', async () => {
    const page = await inbox(4);
    const uids = await uidsOf(page);
    await act(page, uids.slice(2, 4), 'archive');
    const left = await total(page);
    await page.click('#toasts [data-action=undo]');
    await page.waitForSelector(`[data-message-list][data-total="${left + 2}"]`);

    await act(page, uids.slice(0, 1), 'delete');

    await said(page, /corbeille/);
    expect(await page.locator('#toasts est-toast').count()).toBe(1);
    expect(await page.locator('#toasts [data-action=close-toast]').count()).toBe(1);
    await page.context().close();
  });
});

it('shows the way out of a search whole on a narrow screen', async () => {
  const page = await running().inbox({ width: 360, height: 740, scripts: true }, 0);
  await page.goto('/mail/me/INBOX?q=note');
  const title = await page.locator('.list-title').boundingBox();
  const link = await page.locator('.list-count a').boundingBox();

  expect((link?.x ?? 0) + (link?.width ?? 0)).toBeLessThanOrEqual(
    (title?.x ?? 0) + (title?.width ?? 0),
  );
  await page.context().close();
});

describe.each([
  { width: 768, height: 1024 },
  { width: 1366, height: 768 },
])('the advanced search at $width px', (size) => {
  it.each([true, false])('opens by the mouse, scripts: %s', async (scripts) => {
    const { context, page } = await running().open({ ...size, scripts });
    await running().signIn(page, 0);
    const box = await page.locator('.list-search > summary').boundingBox();
    if (!box) throw new Error('the button is not on the page');

    await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2);

    await page.locator('#s-since').waitFor({ state: 'visible' });
    await context.close();
  });
});
