import { halfPhoneOf } from '../kit/annuaire-phone';
import { axeViolations } from '../kit/browser';
import { useDemoBrowser } from '../kit/demo-browser';

const browser = useDemoBrowser();

const TOO_WIDE =
  'document.documentElement.scrollWidth > document.documentElement.clientWidth ? ["too wide"] : []';
const VIEWS = [
  ['a desktop', { width: 1366, height: 768 }],
  ['a telephone', { width: 360, height: 740 }],
] as const;

describe.each(VIEWS)('the directory on %s', (_name, size) => {
  it('leads from a half of a telephone number to a message', async () => {
    const { page, context } = await browser().open({ ...size, scripts: true });
    const other = browser().agent(1);
    await browser().signIn(page, 0);

    await page.goto(`${browser().base}/mail/me/INBOX`);
    // The bar of a telephone has room for three; the others are in the menu.
    const inRail = page.locator('.rail a', { hasText: 'Annuaire' });
    if (!(await inRail.isVisible())) await page.locator('.top-user > summary').click();
    await page.locator('a[href="/annuaire"]:visible').click();
    await page.fill('#annuaire-q', halfPhoneOf(other));
    await page.press('#annuaire-q', 'Enter');
    await page.locator('.annuaire-rows a', { hasText: other.name }).click();
    await page.locator('.annuaire-card a.btn-primary').click();
    await page.waitForURL(/\/compose/);

    await page.locator('[data-field=to]', { hasText: other.name }).waitFor();
    await context.close();
  }, 60_000);

  it('goes down the organisation, and up to where somebody stands', async () => {
    const { page, context } = await browser().open({ ...size, scripts: false });
    const other = browser().agent(1);
    await browser().signIn(page, 0);
    await page.goto(`${browser().base}/annuaire?q=${encodeURIComponent(other.mail)}`);
    await page.locator('.annuaire-rows a', { hasText: other.name }).click();

    await page.locator('.annuaire-actions a', { hasText: 'Atteindre' }).click();

    const current = page.locator('.annuaire-tree [aria-current]');
    expect(await current.textContent()).toContain(other.service);
    expect(await page.locator('.annuaire-rows [aria-current]').textContent()).toContain(other.name);
    await context.close();
  }, 60_000);

  it.each([false, true])(
    'passes the accessibility rules and fits the window, dark: %s',
    async (dark) => {
      const { page, context } = await browser().openAudited({ ...size, dark, scripts: true });
      const other = browser().agent(1);
      await browser().signIn(page, 0);
      const found: string[] = [];
      for (const path of [
        '/annuaire',
        '/annuaire?q=direction',
        '/annuaire?q=introuvable',
        `/annuaire/entry?dn=${encodeURIComponent(other.dn)}`,
        `/annuaire/tree?base=${encodeURIComponent(other.dn.replace(/^[^,]+,/, ''))}`,
      ]) {
        await page.goto(`${browser().base}${path}`);
        const problems = [
          ...(await axeViolations(page)),
          ...(await page.evaluate<string[]>(TOO_WIDE)),
        ];
        found.push(...problems.map((problem) => `${path}: ${problem}`));
      }
      const mail = encodeURIComponent(other.mail);
      await page.goto(`${browser().base}/mail/me/INBOX?search=1&in=from&q=${mail}`);
      await page.locator('.row a.subject').first().click();
      await page.locator('.annuaire-sender').first().waitFor();
      found.push(...(await axeViolations(page)), ...(await page.evaluate<string[]>(TOO_WIDE)));
      await context.close();

      expect(found).toEqual([]);
    },
    90_000,
  );
});
