import type { Page } from 'playwright-core';
import { fillContacts } from '../kit/contact-samples';
import { useDemoBrowser } from '../kit/demo-browser';

const browser = useDemoBrowser();

/** What a sheet of paper would have of the controls of a page. */
const controls = (page: Page): Promise<readonly string[]> =>
  page
    .locator(
      'button:visible, input:visible, select:visible, summary:visible, nav:visible, .banner:visible',
    )
    .evaluateAll((all) => all.map((one) => one.outerHTML.slice(0, 90)));

it('prints contacts and entries of the directory, nothing of the page around them', async () => {
  const { page, context } = await browser().open({ width: 1366, height: 768, scripts: false });
  await browser().signIn(page, 0);
  const card = await fillContacts(page, browser().base);
  const other = browser().agent(1);
  await page.goto(`${browser().base}/contacts?view=groups`);
  const group = await page.locator('.contacts-rows a').first().getAttribute('href');
  await page.emulateMedia({ media: 'print' });
  const found: Record<string, readonly string[]> = {};
  const pages = {
    [card]: '.contacts-card-title',
    [`${browser().base}${group}`]: '.contacts-members',
    [`${browser().base}/contacts`]: '.contacts-rows',
    [`${browser().base}/annuaire?q=direction`]: '.annuaire-rows',
    [`${browser().base}/annuaire/entry?dn=${encodeURIComponent(other.dn)}`]: '.annuaire-facts',
  };

  for (const [at, what] of Object.entries(pages)) {
    await page.goto(at);
    await page.locator(what).first().waitFor();
    const path = at.replace(/.*:\d+/, '').replace(/=.*/, '');
    const shown = await controls(page);
    if (shown.length > 0) found[path] = shown;
  }
  await context.close();

  expect(found).toEqual({});
}, 60_000);
