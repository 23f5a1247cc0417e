import { axeViolations } from '../kit/browser';
import { useDemoBrowser } from '../kit/demo-browser';
import { until } from '../kit/until';

const browser = useDemoBrowser();

const TOO_WIDE =
  'document.documentElement.scrollWidth > document.documentElement.clientWidth ? ["too wide"] : []';
/** As Outlook writes it, with an address that is none, nobody at all, and a value too many. */
const LIST = [
  'Prénom;Nom;Adresse de messagerie;Préféré',
  'Ada;Byron;ada@valcendre.example;oui',
  'Bad;Mail;not an address;',
  ';;;seul',
  'Too;Many;x@valcendre.example;a;b',
  'Zoé;Alizé;zoe@valcendre.example;',
].join('\r\n');

it.each([
  ['a desktop, without scripts', { width: 1366, height: 768 }, false, false, 2],
  ['a telephone, dark, with scripts', { width: 360, height: 740 }, true, true, 0],
] as const)(
  'brings in a list and tells its three bad lines: %s',
  async (_name, size, dark, scripts, added) => {
    const { page, context } = await browser().openAudited({ ...size, dark, scripts });
    const faults = async (): Promise<readonly string[]> => [
      ...(await axeViolations(page)),
      ...(await page.evaluate<string[]>(TOO_WIDE)),
    ];
    await browser().signIn(page, 0);
    await page.goto(`${browser().base}/contacts/import`);
    const found = [...(await faults())];
    const file = { name: 'liste.csv', mimeType: 'text/csv', buffer: Buffer.from(LIST, 'latin1') };
    await page.setInputFiles('[name=file]', file);
    await page.locator('form[enctype] button').click();
    await page.waitForURL(/\/import\/./);
    found.push(...(await faults()));
    expect(await page.locator('#contacts-column-2').inputValue()).toBe('mail');

    await page.locator('.btn-primary', { hasText: 'Importer' }).click();
    await until('the import is done', async () => {
      const isDone = await page.locator('#contacts-import [role=status]').count();
      if (isDone === 0 && !scripts) await page.reload();
      return isDone === 1;
    });

    found.push(...(await faults()));
    expect(await page.locator('.contacts-figures dd').allTextContents()).toEqual([
      String(added),
      String(2 - added),
      '3',
    ]);
    expect(await page.locator('.contacts-faults li').allTextContents()).toEqual([
      expect.stringMatching(/^Ligne 3\s: l’adresse/),
      expect.stringMatching(/^Ligne 4\s: il n’y a ni nom/),
      expect.stringMatching(/^Ligne 5\s: il y a plus de valeurs/),
    ]);
    expect(found).toEqual([]);
    await page.locator('.btn-primary', { hasText: 'Mes contacts' }).click();
    expect(await page.locator('.contacts-rows').textContent()).toContain('Ada Byron');
    await context.close();
  },
  90_000,
);
