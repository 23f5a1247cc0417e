import { axeViolations } from '../kit/browser';
import { useDemoBrowser } from '../kit/demo-browser';

const SHOTS = process.env['MAIL_SHOTS'];
const TOO_WIDE =
  'document.documentElement.scrollWidth > document.documentElement.clientWidth ? ["too wide"] : []';
const running = useDemoBrowser();

it.each([
  ['wide', { width: 1366, height: 768, scripts: true }],
  ['narrow', { width: 360, height: 740, scripts: true, dark: true }],
] as const)(
  'old messages are looked at, then archived, from the page of mailboxes (%s)',
  async (name, view) => {
    const { page, context } = await running().openAudited(view);
    page.setDefaultTimeout(10_000);
    await running().signIn(page, name === 'wide' ? 0 : 1);
    await page.goto(`${running().base}/mailboxes`);
    const inbox = page.locator('.box[data-path=INBOX]');
    await inbox.locator('summary').click();
    await inbox.locator('[data-action=older]').click();
    await page.locator('.older-form').waitFor();
    // What the sample mail has is of the last days.
    const today = new Date().toISOString().slice(0, 10);
    await page.locator('input[name=age][value=""]').check();
    await page.locator('#older-before').fill(today);
    await page.locator('[data-action=preview-older]').click();
    await page.locator('[data-action=archive-older]').waitFor();
    if (SHOTS) await page.screenshot({ path: `${SHOTS}/older-${name}.png`, fullPage: true });
    expect(await axeViolations(page)).toEqual([]);
    expect(await page.evaluate(TOO_WIDE)).toEqual([]);
    await page.locator('[data-action=archive-older]').click();
    await page.locator('.toast-text', { hasText: 'archivé' }).waitFor();
    await context.close();
  },
);
