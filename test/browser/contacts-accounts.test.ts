import { axeViolations } from '../kit/browser';
import { useDemoBrowser } from '../kit/demo-browser';

const browser = useDemoBrowser();

it.each([
  ['a desktop', { width: 1366, height: 768 }, false],
  ['a telephone, dark', { width: 360, height: 740 }, true],
] as const)(
  'asks for a server, and says that it may not be asked: %s, without scripts',
  async (_name, size, dark) => {
    const { page, context } = await browser().openAudited({ ...size, dark, scripts: false });
    await browser().signIn(page, 0);
    await page.goto(`${browser().base}/contacts/accounts`);
    const found = [...(await axeViolations(page))];
    await page.fill('#account-url', 'https://127.0.0.1/');
    await page.fill('#account-login', 'ada');
    await page.fill('#account-password', 'x');
    await page.locator('.contacts-form .btn-primary').click();
    await page.waitForSelector('#account-problem');

    expect([...found, ...(await axeViolations(page))]).toEqual([]);
    expect(await page.locator('#account-problem').textContent()).toMatch(/ne peut pas être/);
    expect(await page.inputValue('#account-login')).toBe('ada');
    expect(await page.inputValue('#account-password')).toBe('');
    await context.close();
  },
  60_000,
);
