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
    await page.goto(`${base}/search`);
    await look('form');
    await page.fill('#f-words', 'note');
    await page.fill('#f-after', '2020-01-01');
    await page.locator('[data-action=write-search]').click();
    await page.waitForURL(/q=note\+after/);
    await page.locator('#search-results[data-pending="0"]').waitFor();
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
    await page.locator('#search-results[data-pending="0"]').waitFor();
    expect(await page.locator('.search-group').count()).toBeGreaterThan(1);
    await look('groups');

    await page.locator('.search-row a.subject').first().click();
    await page.locator('#message-subject').waitFor();
    const body = page.frameLocator('iframe.message-body');
    await body.locator('body').waitFor();
    await look('message');

    await page.goto(`${base}/search?q=avant%3Abogus`);
    await page.locator('#search-problem').waitFor();
    await look('problem');
    expect(wrong).toEqual([]);
  },
  120_000,
);
