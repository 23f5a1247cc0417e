import type { Page } from 'playwright-core';
import { axeViolations } from '../kit/browser';
import { useDemoBrowser } from '../kit/demo-browser';
import { focused, uidsOf } from '../kit/list-page';

const SHOTS = process.env['MAIL_SHOTS'];
const WIDE = { width: 1366, height: 768, scripts: true } as const;
const running = useDemoBrowser();

const field = (page: Page) => page.getByRole('combobox', { name: 'Un dossier' });
const options = (page: Page) => page.locator('#palette').getByRole('option');
const message = '#reading [data-message-subject]';

it.each([
  ['wide', WIDE],
  ['narrow', { width: 360, height: 740, scripts: true, dark: true }],
] as const)('goes anywhere by a few letters (%s)', async (name, view) => {
  const { page } = await running().openAudited(view);
  page.setDefaultTimeout(10_000);
  await running().signIn(page, 0);
  const look = async (step: string): Promise<void> => {
    expect(await axeViolations(page)).toEqual([]);
    if (SHOTS) await page.screenshot({ path: `${SHOTS}/palette-${name}-${step}.png` });
  };
  await page.locator('.row a.subject').first().focus();
  await page.keyboard.press('Control+k');
  await options(page).filter({ hasText: 'Brouillons' }).waitFor();
  await look('1-open');
  await page.keyboard.type('archiv');
  // The action of the page, with its key, and the mailbox.
  await options(page).filter({ hasText: 'Archives' }).waitFor();
  expect(
    await options(page)
      .filter({ hasText: /^Archivere$/ })
      .count(),
  ).toBe(1);
  await look('2-typed');
  await page.keyboard.press('Escape');
  expect(await page.evaluate(`document.activeElement.matches('.row a.subject')`)).toBe(true);

  await page.keyboard.press('Control+k');
  await field(page).fill('recru');
  await options(page).first().waitFor();
  expect(await options(page).first().textContent()).toContain('Recrutement');
  expect(await options(page).first().getAttribute('aria-selected')).toBe('true');
  await page.keyboard.press('Enter');
  await page.waitForURL('**/mail/me/Projets%2FRecrutement%202027');

  await page.keyboard.press('Control+k');
  await field(page).fill('odile');
  await options(page).filter({ hasText: 'Écrire à' }).first().click();
  await page.waitForURL('**/compose?to=**');
  await page.context().close();
});

it('is a page without scripts', async () => {
  const { page } = await running().openAudited({ ...WIDE, scripts: false });
  await running().signIn(page, 1);
  await page.locator('a.top-palette').click();
  await page.waitForURL('**/commands');
  await page.fill('#commands-q', 'Réglages');
  await page.locator('form[action="/commands"] button').click();
  await page.locator('.commands-list a', { hasText: 'Apparence' }).click();
  await page.waitForURL('**/settings/display');
  await page.context().close();
});

it('does what the agent’s set of keys says, and lists it', async () => {
  const page = await running().inbox(WIDE, 2);
  page.setDefaultTimeout(10_000);
  const choose = async (set: string): Promise<void> => {
    await page.goto(`${running().base}/settings/display`);
    await page.locator('[name="keys"]').first().waitFor({ state: 'attached' });
    await page.locator(`[name="keys"][value="${set}"]`).check({ force: true });
    await page
      .locator('.settings-saved, [data-saved], [role=status]', { hasText: 'nregistr' })
      .first()
      .waitFor();
    await page.goto(`${running().base}/mail/me/INBOX`);
    await page.waitForSelector('.row a.subject[tabindex="0"]');
  };
  await choose('thunderbird');
  const uids = await uidsOf(page);
  await page.keyboard.press('f');
  await page.waitForSelector(focused(uids[0]));
  await page.keyboard.press('f');
  await page.waitForSelector(focused(uids[1]));
  await page.keyboard.press('b');
  await page.waitForSelector(focused(uids[0]));
  await page.keyboard.press('o');
  await page.waitForSelector(message);
  await page.keyboard.press('?');
  const dialog = page.locator('#shortcuts');
  await dialog.waitFor();
  const down = dialog.locator('div', { hasText: /Message suivant$/ }).last();
  expect(await down.locator('kbd').first().textContent()).toBe('f');
  await page.keyboard.press('Escape');

  await choose('gmail');
  await page.keyboard.press('j');
  await page.keyboard.press('o');
  await page.waitForSelector(message);
  // Two keys, one after the other; the first alone does nothing.
  await page.keyboard.press('g');
  await page.keyboard.press('d');
  await page.waitForURL('**/mail/me/Drafts');
  await page.keyboard.press('g');
  await page.keyboard.press('i');
  await page.waitForURL('**/mail/me/INBOX');
  await page.waitForSelector('.row a.subject[tabindex="0"]');
  await page.keyboard.press('n');
  const isUnread = `document.activeElement.closest('.row')?.classList.contains('is-unread')`;
  expect(await page.evaluate<boolean>(isUnread)).toBe(true);
  await page.context().close();
});
