import { axeViolations } from '../kit/browser';
import { useDemoBrowser } from '../kit/demo-browser';

const browser = useDemoBrowser();
const TOO_WIDE =
  'document.documentElement.scrollWidth > document.documentElement.clientWidth ? ["too wide"] : []';

it.each([
  ['wide', { width: 1366, height: 768, scripts: true }, 0],
  ['narrow and dark', { width: 360, height: 740, dark: true, scripts: true }, 1],
] as const)(
  'settings are found, saved one by one as they change, and said (%s)',
  async (_name, size, agent) => {
    const { base } = browser();
    const { page } = await browser().openAudited(size);
    page.setDefaultTimeout(20_000);
    await browser().signIn(page, agent);
    const wrong: string[] = [];
    const look = async (): Promise<void> => {
      wrong.push(...(await axeViolations(page)), ...(await page.evaluate<string[]>(TOO_WIDE)));
    };

    await page.goto(`${base}/settings/display`);
    await page.fill('#settings-q', 'densite');
    await page.keyboard.press('Enter');
    const setting = page.locator('.setting[data-field=density]');
    await page.locator('main h1:focus', { hasText: '1 réglage trouvé' }).waitFor();
    await setting.locator('[value=compact]').focus();
    await page.keyboard.press('Space');
    await setting.locator('.saved', { hasText: 'Enregistré' }).waitFor();
    await page.locator('#live', { hasText: 'Enregistré' }).waitFor({ state: 'attached' });
    expect(await page.locator('html').getAttribute('data-density')).toBe('compact');
    await look();

    await page.reload();
    expect(await setting.locator('[value=compact]').isChecked()).toBe(true);
    await setting.locator('button[name=_reset]').click();
    await page.waitForURL('**/settings/display');
    expect(await setting.locator('[value=normal]').isChecked()).toBe(true);

    await page.goto(`${base}/settings/writing`);
    await page.route('**/settings/writing', (route) => route.abort());
    await page.fill('#field-signature', 'Une phrase à garder');
    await page.locator('h1').click();
    await page.locator('.setting[data-field=signature] .field-error').waitFor();
    expect(await page.inputValue('#field-signature')).toBe('Une phrase à garder');
    await look();
    expect(wrong).toEqual([]);
  },
  120_000,
);
