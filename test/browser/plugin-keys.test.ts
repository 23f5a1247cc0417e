import type { Page } from 'playwright-core';
import { axeViolations } from '../kit/browser';
import { fillContacts } from '../kit/contact-samples';
import { useDemoBrowser } from '../kit/demo-browser';

const browser = useDemoBrowser();
const WIDE = { width: 1366, height: 768, scripts: true };

const focusOn = (page: Page, selector: string): Promise<unknown> =>
  page.waitForFunction(`document.activeElement.matches(${JSON.stringify(selector)})`);
const visible = (page: Page): Promise<readonly string[]> =>
  page.locator('#shortcuts dd:visible').allTextContents();

it.each([
  ['/contacts', '#contacts-q', '.contacts-rows'],
  ['/annuaire?q=direction', '#annuaire-q', '.annuaire-rows'],
])(
  'goes to the search, through the rows and to the help by keys: %s',
  async (path, field, rows) => {
    const { page, context } = await browser().open(WIDE);
    await browser().signIn(page, 0);
    if (path === '/contacts') await fillContacts(page, browser().base);
    await page.goto(`${browser().base}${path}`);
    const row = (at: number): string => `${rows} > li:nth-child(${at}) a`;

    await page.keyboard.press('/');
    await focusOn(page, field);
    // What is typed into the field is text.
    await page.keyboard.press('j');
    expect(await page.inputValue(field)).toMatch(/j$/);
    await page.evaluate('document.activeElement.blur()');
    await page.keyboard.press('j');
    await focusOn(page, row(1));
    await page.keyboard.press('ArrowDown');
    await focusOn(page, row(2));
    await page.keyboard.press('k');
    await focusOn(page, row(1));
    await page.keyboard.press('x');
    expect(await page.locator(`${rows} input:checked`).count()).toBe(1);
    await page.keyboard.press('?');
    await page.waitForSelector('#shortcuts[open]');
    expect(await visible(page)).toEqual([
      'Ligne suivante',
      'Ligne précédente',
      'Ouvrir',
      'Sélectionner',
      'Rechercher',
      'Aller à la boîte de réception',
      'Aller aux brouillons',
      'Aller aux éléments envoyés',
      'Aller à, ou faire',
      'Afficher cette aide',
    ]);
    await page.keyboard.press('Escape');
    const href = await page.getAttribute(row(1), 'href');
    await focusOn(page, row(1));
    await page.keyboard.press('o');
    await page.waitForURL(`${browser().base}${href}`);
    await context.close();
  },
  60_000,
);

it('takes back the last action, and is silent once single keys are off', async () => {
  const { page, context } = await browser().open(WIDE);
  await browser().signIn(page, 0);
  await page.goto(`${browser().base}/contacts`);
  const name = await page.locator('.contacts-rows .contacts-name').first().textContent();
  await page.locator('.contacts-rows a').first().click();
  await page.locator('.contacts-card .icon-btn[title="Supprimer"]').click();
  await page.waitForURL(/done=deleted/);

  await page.keyboard.press('z');
  await page.waitForURL(/done=restored/);
  expect(await page.locator('.contacts-card-title').textContent()).toBe(name);
  await page.keyboard.press('?');
  await page.uncheck('#shortcuts [data-shortcuts-switch]');
  await page.keyboard.press('Escape');
  await page.keyboard.press('/');
  await page.keyboard.press('j');

  expect(await page.evaluate('document.activeElement.id')).not.toBe('contacts-q');
  expect(await page.locator('.contacts-rows a:focus').count()).toBe(0);
  await context.close();
}, 60_000);

it('has a list of keys that fits a telephone, and passes the accessibility rules', async () => {
  const { page, context } = await browser().openAudited({
    width: 360,
    height: 740,
    scripts: true,
    dark: true,
  });
  await browser().signIn(page, 0);
  await page.goto(`${browser().base}/contacts`);
  await page.locator('.top-help summary').click();
  await page.locator('[data-action="shortcuts"]').click();
  await page.waitForSelector('#shortcuts[open]');

  expect(await axeViolations(page)).toEqual([]);
  await context.close();
}, 60_000);
