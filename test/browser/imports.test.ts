import { axeViolations } from '../kit/browser';
import { useDemoBrowser } from '../kit/demo-browser';

const browser = useDemoBrowser();
const TOO_WIDE =
  'document.documentElement.scrollWidth > document.documentElement.clientWidth ? ["too wide"] : []';
const SHOTS = process.env['MAIL_SHOTS'];

const mbox = (name: string, count: number): Buffer =>
  Buffer.from(
    Array.from({ length: count }, (_, index) =>
      [
        `From a@b.example Mon Jan ${String((index % 28) + 1).padStart(2)} 05:05:05 2026`,
        'Status: RO',
        'From: Archives <a@b.example>',
        `Subject: Ancien ${name} ${index + 1}`,
        `Message-ID: <${name}-${index}@b.example>`,
        '',
        'Texte',
        '',
        '',
      ].join('\n'),
    ).join(''),
  );

it.each([
  ['wide', { width: 1366, height: 768 }, true],
  ['narrow', { width: 360, height: 740, dark: true }, true],
  ['plain', { width: 1366, height: 768 }, false],
] as const)(
  'a file is brought into a mailbox, and what is none is refused (%s)',
  async (name, size, hasScripts) => {
    const { base } = browser();
    const { page } = await browser().openAudited({ ...size, scripts: hasScripts });
    page.setDefaultTimeout(20_000);
    await browser().signIn(page, 0);
    const wrong: string[] = [];
    const look = async (step: string): Promise<void> => {
      if (hasScripts) wrong.push(...(await axeViolations(page)).map((one) => `${step}: ${one}`));
      wrong.push(...(await page.evaluate<string[]>(TOO_WIDE)).map((one) => `${step}: ${one}`));
      if (SHOTS) await page.screenshot({ path: `${SHOTS}/imports-${name}-${step}.png` });
    };

    await page.goto(`${base}/mailboxes`);
    await page.locator('.boxes-import a').click();
    await page.waitForURL(/\/imports/);
    await page.locator('[data-action=import]').click();
    await page.locator('#import-error').waitFor();
    await look('1-no-file');
    const pdf = { name: 'a.pdf', mimeType: 'application/pdf', buffer: Buffer.from('%PDF-1.7') };
    await page.setInputFiles('#import-file', pdf);
    await page.locator('[data-action=import]').click();
    await page.locator('#import-error', { hasText: 'ni un fichier mbox' }).waitFor();
    const file = { name: `${name}.mbox`, mimeType: 'application/mbox', buffer: mbox(name, 300) };
    await page.setInputFiles('#import-file', file);
    await page.selectOption('#import-to', { label: 'Archives' });
    await page.locator('[data-action=import]').click();
    const row = page.locator('[data-import]', { hasText: `${name}.mbox` });
    await row.waitFor();
    await look('2-under-way');
    while (!hasScripts && (await row.locator('progress').count()) > 0) await page.reload();
    await row.locator('strong', { hasText: 'Terminé' }).waitFor();
    await look('3-done');
    expect(await row.textContent()).toContain('300 messages importés');
    await row.locator('a').click();
    await page
      .locator('.row a.subject', { hasText: `Ancien ${name}` })
      .first()
      .waitFor();
    await page.goto(`${base}/imports`);
    await row.locator('[data-action=forget]').click();
    await row.waitFor({ state: 'detached' });
    expect(wrong).toEqual([]);
  },
  120_000,
);
