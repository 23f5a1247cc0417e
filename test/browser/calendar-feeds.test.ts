import { axeViolations } from '../kit/browser';
import { useDemoBrowser } from '../kit/demo-browser';

const browser = useDemoBrowser();

const TOO_WIDE =
  'document.documentElement.scrollWidth > document.documentElement.clientWidth ? ["too wide"] : []';
const SHOTS = process.env['CALENDAR_SHOTS'];

it.each([
  ['wide', { width: 1366, height: 768 }, true],
  ['narrow', { width: 360, height: 740, dark: true }, true],
  ['plain', { width: 360, height: 740 }, false],
] as const)(
  'follows public holidays, and says what is wrong with an address (%s)',
  async (name, size, hasScripts) => {
    const { base } = browser();
    const { page, context } = await browser().openAudited({ ...size, scripts: hasScripts });
    page.setDefaultTimeout(20_000);
    await browser().signIn(page, 0);
    const wrong: string[] = [];
    const look = async (step: string): Promise<void> => {
      if (hasScripts) wrong.push(...(await axeViolations(page)).map((one) => `${step}: ${one}`));
      wrong.push(...(await page.evaluate<string[]>(TOO_WIDE)).map((one) => `${step}: ${one}`));
      if (SHOTS) await page.screenshot({ path: `${SHOTS}/feeds-${name}-${step}.png` });
    };

    await page.goto(`${base}/calendar/calendars`);
    await page.locator('a', { hasText: 'Abonnements' }).first().click();
    await page.waitForSelector('#feed-url');
    await page.selectOption('#feed-region', 'metropole');
    await page.locator('form[action$="/feeds/holidays"] button').click();
    await page.waitForURL(/done=added/);
    await page.waitForSelector('.cal-card:has-text("Jours fériés")');
    await page.fill('#feed-url', 'https://inconnu.example/fil.ics');
    await page.locator('form[action$="/feeds"] button.btn-primary').click();
    await page.waitForSelector('#feed-problem');
    expect(await page.inputValue('#feed-url')).toBe('https://inconnu.example/fil.ics');
    await look('refused');
    await page.goto(`${base}/calendar?view=list&on=2026-12-20`);
    await page.locator('text=Noël').first().waitFor();
    await look('list');

    expect(wrong).toEqual([]);
    await context.close();
  },
  120_000,
);
