import { axeViolations } from '../kit/browser';
import { useDemoBrowser } from '../kit/demo-browser';

const browser = useDemoBrowser({
  site: (_id, file) => ({ ...file, plugins: { calendar: true } }),
});

const TOO_WIDE =
  'document.documentElement.scrollWidth > document.documentElement.clientWidth ? ["too wide"] : []';
const SHOTS = process.env['CALENDAR_SHOTS'];

it.each([
  ['wide', { width: 1366, height: 768 }, true],
  ['narrow', { width: 360, height: 740, dark: true }, true],
  ['plain', { width: 360, height: 740 }, false],
] as const)(
  'files are attached to an event, read and removed (%s)',
  async (name, size, hasScripts) => {
    const { base } = browser();
    const { page } = await browser().openAudited({ ...size, scripts: hasScripts });
    page.setDefaultTimeout(20_000);
    await browser().signIn(page, 0);
    const title = `Atelier ${name}`;
    await page.goto(`${base}/calendar/edit?start=2027-05-04T10:00`);
    await page.fill('#e-summary', title);
    await page.locator('.cal-form .btn-primary[name=save]').click();
    await page.waitForURL((url) => !url.pathname.endsWith('edit'));
    await page.goto(`${base}/calendar?q=${encodeURIComponent(title)}`);
    const href = await page.locator('a[href*="/calendar/event?"]').first().getAttribute('href');
    await page.goto(`${base}${href}`);
    await page.setInputFiles('#cal-files-file', [
      {
        name: 'Ordre du jour du comité de pilotage des dossiers de 2027.pdf',
        mimeType: 'application/pdf',
        buffer: Buffer.alloc(40_000, 'a'),
      },
      { name: 'notes.txt', mimeType: 'text/plain', buffer: Buffer.from('Bonjour') },
    ]);
    await page.locator('.cal-files-add button').click();
    await page.waitForURL(/done=attached/);
    const wrong = [
      ...(hasScripts ? await axeViolations(page) : []),
      ...(await page.evaluate<string[]>(TOO_WIDE)),
    ];
    if (SHOTS) await page.screenshot({ path: `${SHOTS}/files-${name}.png`, fullPage: true });

    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.locator('.cal-files li a').last().click(),
    ]);
    expect(download.suggestedFilename()).toBe('notes.txt');
    await page.locator('.cal-files li button').first().click();
    await page.waitForURL(/done=detached/);
    expect(await page.locator('.cal-files li').allInnerTexts()).toEqual([
      expect.stringContaining('notes.txt'),
    ]);
    expect(wrong).toEqual([]);
  },
  120_000,
);
