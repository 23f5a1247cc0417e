import { axeViolations } from '../kit/browser';
import { useDemoBrowser } from '../kit/demo-browser';

const browser = useDemoBrowser();
const TOO_WIDE =
  'document.documentElement.scrollWidth > document.documentElement.clientWidth ? ["too wide"] : []';
const SHOTS = process.env['MAIL_SHOTS'];

it.each([
  ['wide', { width: 1366, height: 768 }, true],
  ['narrow', { width: 360, height: 740, dark: true }, true],
  ['plain', { width: 360, height: 740 }, false],
] as const)(
  'mailboxes are made, filed, hidden and thrown away (%s)',
  async (name, size, hasScripts) => {
    const { base } = browser();
    const { page } = await browser().openAudited({ ...size, scripts: hasScripts });
    page.setDefaultTimeout(20_000);
    await browser().signIn(page, 0);
    const wrong: string[] = [];
    const look = async (step: string): Promise<void> => {
      if (hasScripts) wrong.push(...(await axeViolations(page)).map((one) => `${step}: ${one}`));
      wrong.push(...(await page.evaluate<string[]>(TOO_WIDE)).map((one) => `${step}: ${one}`));
      if (SHOTS)
        await page.screenshot({ path: `${SHOTS}/mailboxes-${name}-${step}.png`, fullPage: true });
    };
    const box = (path: string) => page.locator(`.box[data-path="${path}"]`);

    await page.goto(`${base}/mailboxes`);
    await look('page');
    const title = `Concours ${name}`;
    await page.fill('#box-new', title);
    await page.locator('[data-action=create-mailbox]').click();
    await box(title).waitFor();
    await page.fill('#box-new', 'a/b');
    await page.locator('[data-action=create-mailbox]').click();
    await page.locator('#box-new-error').waitFor();
    expect(await page.inputValue('#box-new')).toBe('a/b');
    await look('refused');

    await box(title).locator('summary').click();
    await look('change');
    await box(title).locator('input[name=name]').fill(`${title} interne`);
    await box(title).locator('.box-place button').click();
    await box(`${title} interne`).waitFor();
    const marked = box(`${title} interne`);
    const open = async (): Promise<void> => {
      const isOpen = (await marked.locator('.box-more').getAttribute('open')) !== null;
      if (!isOpen) await marked.locator('summary').click();
    };
    await open();
    await marked.locator('[data-action=favourite]').click();
    await marked.locator('.chip').first().waitFor();
    await open();
    await marked.locator('select[name=colour]').selectOption('green');
    await marked.locator('.box-colour button').click();
    await marked.locator('.box-name.tag-green').waitFor();
    await open();
    await look('marked');
    await page.goto(`${base}/mail/me/INBOX`);
    expect(await page.locator('.favourites .folder.tag-green').count()).toBe(1);
    await look('favourites');
    await page.goto(`${base}/mailboxes`);
    // Browsers may keep open what was open at this address.
    const more = box(`${title} interne`).locator('.box-more');
    if ((await more.getAttribute('open')) === null) await more.locator('summary').click();
    await box(`${title} interne`).locator('form[action="/mailboxes/discard"] button').click();
    await page.locator(`.box[data-path$="/${title} interne"]`).waitFor();
    await page.goto(`${base}/mailboxes?by=size`);
    await look('sizes');
    expect(wrong).toEqual([]);
  },
  120_000,
);
