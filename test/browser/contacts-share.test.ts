import type { Page } from 'playwright-core';
import { axeViolations } from '../kit/browser';
import { useDemoBrowser } from '../kit/demo-browser';

const browser = useDemoBrowser();

const TOO_WIDE =
  'document.documentElement.scrollWidth > document.documentElement.clientWidth ? ["too wide"] : []';
const FIELD = '.contacts-book [name=mail]';
const MAIL = '[name=mail]';
const ONCE_RENDERED =
  'void (window.rendered = new Promise((done) => addEventListener("turbo:render", () => done(true), { once: true })))';
const VIEWS = [
  ['a desktop', { width: 1366, height: 768 }, false, 1],
  ['a telephone, dark', { width: 360, height: 740 }, true, 2],
] as const;

async function openShares(page: Page): Promise<void> {
  await page.goto(`${browser().base}/contacts/books`);
  const form = page.locator('.contacts-book details', { has: page.locator(MAIL) }).first();
  if ((await form.getAttribute('open')) === null) await form.locator('> summary').click();
}

describe.each(VIEWS)('sharing a book on %s', (_name, size, dark, other) => {
  it('finds by the keyboard who it is shared with, and asks for an address', async () => {
    const { page, context } = await browser().openAudited({ ...size, dark, scripts: true });
    page.setDefaultTimeout(10_000);
    await browser().signIn(page, 0);
    await openShares(page);
    const { name, mail } = browser().agent(other);
    const field = page.locator(FIELD).first();

    await field.pressSequentially(name.slice(0, -1));
    const option = page.locator('[role=option]', { hasText: mail });
    await option.waitFor();
    const found = [...(await axeViolations(page)), ...(await page.evaluate<string[]>(TOO_WIDE))];
    expect(await field.getAttribute('aria-expanded')).toBe('true');
    await page.keyboard.press('Escape');
    await page.keyboard.press('Enter');
    expect(page.url()).not.toContain('done=');
    expect(await page.evaluate('document.activeElement.validationMessage')).toBe(
      'adresse à corriger',
    );

    await page.keyboard.press('Backspace');
    await option.waitFor();
    await page.keyboard.press('Enter');
    expect(await field.inputValue()).toBe(mail);
    expect(page.url()).not.toContain('done=');
    await page.keyboard.press('Enter');
    await page.waitForURL(/done=shared/);

    // The same page once more, brought into this one: the field offers people as before.
    const again = page.locator(FIELD).first();
    await again.fill(mail);
    await page.evaluate(ONCE_RENDERED);
    await again.press('Enter');
    await page.evaluate('window.rendered');
    await again.fill('');
    await again.pressSequentially(name.slice(0, -1));
    await option.waitFor();
    expect(found).toEqual([]);
    await context.close();
  }, 60_000);
});

it('is a plain field for an address without scripts', async () => {
  const { page, context } = await browser().open({ width: 360, height: 740, scripts: false });
  await browser().signIn(page, 3);
  await openShares(page);
  const field = page.locator(FIELD).first();
  expect(await field.getAttribute('type')).toBe('email');

  await field.fill(browser().agent(1).mail);
  await page
    .locator('.contacts-book form', { has: page.locator(MAIL) })
    .first()
    .getByRole('button')
    .click();

  expect(await page.locator('.contacts-members').textContent()).toContain(browser().agent(1).mail);
  await context.close();
}, 60_000);
