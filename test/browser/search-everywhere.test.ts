import { axeViolations } from '../kit/browser';
import { useDemoBrowser } from '../kit/demo-browser';

const browser = useDemoBrowser();
const TOO_WIDE =
  'document.documentElement.scrollWidth > document.documentElement.clientWidth ? ["too wide"] : []';
const SHOTS = process.env['MAIL_SHOTS'];

it.each([
  ['wide', { width: 1366, height: 768 }, true],
  ['narrow', { width: 360, height: 740, dark: true }, true],
  ['plain', { width: 1366, height: 768 }, false],
] as const)(
  'messages of all mailboxes are found, read and flagged (%s)',
  async (name, size, hasScripts) => {
    const { base } = browser();
    const { page } = await browser().openAudited({ ...size, scripts: hasScripts });
    page.setDefaultTimeout(20_000);
    await browser().signIn(page, 0);
    const wrong: string[] = [];
    const look = async (step: string): Promise<void> => {
      if (hasScripts) wrong.push(...(await axeViolations(page)).map((one) => `${step}: ${one}`));
      wrong.push(...(await page.evaluate<string[]>(TOO_WIDE)).map((one) => `${step}: ${one}`));
      if (SHOTS) await page.screenshot({ path: `${SHOTS}/search-${name}-${step}.png` });
    };
    /** All mailboxes have answered: by the stream, or by the link that goes on. */
    const whole = async (): Promise<void> => {
      const more = page.locator('[data-search-more] a');
      if (!hasScripts && (await more.count()) > 0) await more.click();
      await page.locator('#search-results[data-pending="0"]').waitFor();
    };
    await page.goto(`${base}/search`);
    await look('form');
    await page.fill('#f-words', 'note');
    await page.fill('#f-after', '2020-01-01');
    await page.locator('[data-action=write-search]').click();
    await page.waitForURL(/q=note\+after/);
    await whole();
    const count = await page.locator('.search-row').count();
    expect(count).toBeGreaterThan(3);
    expect(await page.locator('.search-row mark').count()).toBeGreaterThan(0);
    await look('results');

    const star = page.locator('.search-row .star').first();
    const isOn = (await star.getAttribute('aria-pressed')) === 'true';
    await star.click();
    await page
      .locator(`.search-row .star[aria-pressed="${isOn ? 'false' : 'true'}"]`)
      .first()
      .waitFor();
    await page.goto(`${base}/search?q=note&by=mailbox&box=INBOX`);
    await whole();
    expect(await page.locator('.search-group').count()).toBeGreaterThan(1);
    await look('groups');

    await page.locator('.search-row a.subject').first().click();
    await page.locator('#message-subject').waitFor();
    const body = page.frameLocator('iframe.message-body');
    await body.locator('body').waitFor();
    await look('message');

    await page.goto(`${base}/search?q=note+OR+${name}`);
    await whole();
    await page.locator('.search-save > summary').click();
    await page.fill('#save-name', `Notes ${name}`);
    await page.locator('[data-action=save-search]').click();
    await page.locator('.saved-searches a[aria-current=page]').waitFor({ state: 'attached' });
    await look('saved');
    await page.goto(`${base}/searches`);
    await page.locator('[data-search] .saved-name', { hasText: `Notes ${name}` }).waitFor();
    await look('searches');

    // Ticked across mailboxes, moved, and taken back to each.
    const places = (): Promise<readonly string[]> =>
      page.locator('.search-row .search-place').allTextContents();
    await page.goto(`${base}/search?q=note`);
    await whole();
    const before = await places();
    for (const at of [0, 1, 2]) await page.locator('.search-row .pick input').nth(at).check();
    await page.locator('#list-actions [data-action=archive]').waitFor();
    await look('ticked');
    await page.locator('#list-actions .move-menu > summary').click();
    await page.selectOption('#list-to', { index: 2 });
    await look('moving');
    await page.locator('#list-actions [data-action=move]').click();
    await page.locator('form[action="/search/undo"] button').waitFor();
    await whole();
    expect(await places()).not.toEqual(before);
    await page.locator('form[action="/search/undo"] button').click();
    await page.locator('form[action="/search/undo"]').waitFor({ state: 'detached' });
    await whole();
    expect([...(await places())].sort()).toEqual([...before].sort());

    await page.goto(`${base}/search?q=avant%3Abogus`);
    await page.locator('#search-problem').waitFor();
    await look('problem');
    expect(wrong).toEqual([]);
  },
  120_000,
);
