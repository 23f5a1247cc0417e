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
  'labels are made, put on messages and filter them (%s)',
  async (name, size, hasScripts) => {
    const { base } = browser();
    const { page } = await browser().openAudited({ ...size, scripts: hasScripts });
    page.setDefaultTimeout(20_000);
    await browser().signIn(page, 0);
    const wrong: string[] = [];
    const look = async (step: string): Promise<void> => {
      if (hasScripts) wrong.push(...(await axeViolations(page)).map((one) => `${step}: ${one}`));
      wrong.push(...(await page.evaluate<string[]>(TOO_WIDE)).map((one) => `${step}: ${one}`));
      if (SHOTS) await page.screenshot({ path: `${SHOTS}/labels-${name}-${step}.png` });
    };

    await page.goto(`${base}/labels`);
    await page.fill('#label-new', `Budget ${name}`);
    await page.selectOption('#label-new-colour', 'teal');
    await page.locator('[data-action=create-label]').click();
    await page.locator(`li[data-keyword="budget_${name}"]`).waitFor();
    await look('page');

    await page.goto(`${base}/mail/me/INBOX`);
    const subject = page.locator('.row a.subject').nth(2);
    await subject.click();
    await page.locator('.message .label-menu > summary').click();
    await look('menu');
    await page.locator(`.message button[data-keyword="budget_${name}"]`).click();
    await page.locator(`.message-tags .tag-teal`, { hasText: `Budget ${name}` }).waitFor();
    await look('message');
    await page.goto(`${base}/mail/me/INBOX?label=budget_${name}`);
    expect(await page.locator('.row').count()).toBe(1);
    await look('filtered');
    expect(wrong).toEqual([]);
  },
  120_000,
);
