import { axeViolations } from '../kit/browser';
import { fillContacts } from '../kit/contact-samples';
import { useDemoBrowser } from '../kit/demo-browser';

const browser = useDemoBrowser();

const TOO_WIDE =
  'document.documentElement.scrollWidth > document.documentElement.clientWidth ? ["too wide"] : []';
const WIDE = { width: 1366, height: 768 };
const NARROW = { width: 360, height: 740 };
let card = '';

/** All without a script: what works so works with them. */
it('keeps people, groups and books without scripts', async () => {
  const { page, context } = await browser().open({ ...WIDE, scripts: false });
  await browser().signIn(page, 0);
  card = await fillContacts(page, browser().base);

  await page.goto(`${browser().base}/contacts?q=01+99+00+10+11`);
  await page.locator('.contacts-rows a', { hasText: 'Aubépine' }).click();
  expect(await page.locator('.contacts-facts a[href^="tel:"]').getAttribute('href')).toBe(
    'tel:0199001011',
  );
  await page.locator('.contacts-card a', { hasText: 'Modifier' }).click();
  await page.click('button[name=add][value=mail]');
  await page.fill('#c-mail-1', 'autre@valcendre.example');
  await page.click('button[name=save]');
  expect(await page.locator('.contacts-card').textContent()).toContain('autre@valcendre.example');
  await page.locator('.contacts-card .icon-btn[title="Supprimer"]').click();
  await page.locator('.banner.ok button', { hasText: 'Annuler' }).click();
  expect(await page.locator('.contacts-card h1').textContent()).toContain('Aubépine');
  await context.close();
}, 90_000);

it('joins duplicates after a look, and takes it back', async () => {
  const { page, context } = await browser().open({ ...NARROW, scripts: true });
  await browser().signIn(page, 0);
  await page.goto(`${browser().base}/contacts/duplicates`);
  await page.locator('.contacts-entries a.btn').click();
  await page.locator('button', { hasText: 'Fusionner' }).click();
  await page.waitForURL(/done=merged/);
  expect(await page.locator('.contacts-facts').textContent()).toContain(
    'm.fenouil@ailleurs.example',
  );

  await page.locator('.banner.ok button', { hasText: 'Annuler' }).click();
  await page.waitForURL(/done=undone/);
  await page.goto(`${browser().base}/contacts/duplicates`);

  expect(await page.locator('.contacts-entries li').count()).toBe(1);
  await context.close();
}, 60_000);

it('asks for one more address with scripts as well, and keeps what was typed', async () => {
  const { page, context } = await browser().open({ ...NARROW, scripts: true });
  await browser().signIn(page, 0);
  await page.goto(`${browser().base}/contacts/edit`);
  await page.fill('#c-given', 'Maud');
  await page.locator('button[name="add"][value="mail"]').click();
  await page.waitForSelector('#c-mail-1');

  expect(await page.locator('#c-given').inputValue()).toBe('Maud');
  expect(await page.evaluate('document.activeElement.id')).toBe('c-mail-1');
  await context.close();
}, 60_000);

it.each([
  ['a desktop', WIDE, false],
  ['a desktop, dark', WIDE, true],
  ['a telephone', NARROW, false],
  ['a telephone, dark', NARROW, true],
] as const)(
  'passes the accessibility rules and fits the window: %s',
  async (_name, size, dark) => {
    const { page, context } = await browser().openAudited({ ...size, dark, scripts: true });
    await browser().signIn(page, 0);
    await page.goto(card);
    const id = new URL(card).searchParams.get('id') ?? '';
    const found: string[] = [];
    for (const path of [
      '/contacts',
      '/contacts?q=introuvable',
      '/contacts?view=groups',
      `/contacts?id=${id}`,
      `/contacts/edit?id=${id}`,
      '/contacts/edit?kind=group',
      '/contacts/books',
      '/contacts/trash',
      '/contacts/duplicates',
      '/contacts/collected',
      '/contacts/import',
      '/contacts/accounts',
    ]) {
      await page.goto(`${browser().base}${path}`);
      // What may be done to many is below a button.
      for (const more of await page.locator('.contacts-bulk-more:not([open]) > summary').all())
        if (await more.isVisible()) await more.click();
      const problems = [
        ...(await axeViolations(page)),
        ...(await page.evaluate<string[]>(TOO_WIDE)),
      ];
      found.push(...problems.map((problem) => `${path}: ${problem}`));
    }
    await context.close();

    expect(found).toEqual([]);
  },
  90_000,
);
