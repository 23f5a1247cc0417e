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
  'a mailbox is read by conversation (%s)',
  async (name, size, hasScripts) => {
    const { base } = browser();
    const { page } = await browser().openAudited({ ...size, scripts: hasScripts });
    page.setDefaultTimeout(20_000);
    await browser().signIn(page, 0);
    const wrong: string[] = [];
    const look = async (step: string): Promise<void> => {
      if (hasScripts) wrong.push(...(await axeViolations(page)).map((one) => `${step}: ${one}`));
      wrong.push(...(await page.evaluate<string[]>(TOO_WIDE)).map((one) => `${step}: ${one}`));
      if (SHOTS) await page.screenshot({ path: `${SHOTS}/conversations-${name}-${step}.png` });
    };

    await page.goto(`${base}/mail/me/INBOX`);
    await page.locator('.list-sort > summary').click();
    await page.locator('[data-action=threads]').click();
    const line = page.locator('.row[data-uids]').first();
    await line.waitFor();
    await look('list');
    const count = ((await line.getAttribute('data-uids')) ?? '').split(' ').length;
    await line.locator('a.subject').click();
    await page.locator('.talk-item').first().waitFor();
    expect(await page.locator('.talk-item').count()).toBeGreaterThanOrEqual(count - 1);
    if (hasScripts) expect(await page.locator('.row.is-open').count()).toBe(1);
    await look('message');
    const folded = page.locator('.talk-item:not([open])').first();
    if ((await folded.count()) > 0) await folded.locator('summary').click();
    const frame = page.frameLocator('.talk-item[open] iframe').first();
    await frame.locator('body').waitFor();
    expect((await frame.locator('body').innerText()).trim()).not.toBe('');
    await look('unfolded');
    await page.locator('.talk-item[open] .talk-links a').first().click();
    await page.locator('.message-card').waitFor();
    await look('older');

    await page.goto(`${base}/mail/me/INBOX`);
    await page.locator('.list-sort > summary').click();
    await page.locator('[data-action=threads]').click();
    await page.locator('[data-action=threads][aria-pressed=false]').waitFor({ state: 'attached' });
    expect(await page.locator('.row[data-uids]').count()).toBe(0);
    expect(wrong).toEqual([]);
  },
  120_000,
);
