import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { jpeg } from '../../src/demo/data/jpeg';
import { axeViolations } from '../kit/browser';
import { useDemoBrowser } from '../kit/demo-browser';

const browser = useDemoBrowser();

const TOO_WIDE =
  'document.documentElement.scrollWidth > document.documentElement.clientWidth ? ["too wide"] : []';
const VIEWS = [
  ['a desktop', { width: 1366, height: 768 }],
  ['a telephone', { width: 360, height: 740 }],
] as const;
const problemsOf = async (page: Page): Promise<readonly string[]> => [
  ...(await axeViolations(page)),
  ...(await page.evaluate<string[]>(TOO_WIDE)),
];

describe.each(VIEWS)('one’s own entry on %s', (_name, size) => {
  it('is opened from one’s card, changed, and shown so, without scripts', async () => {
    const { page, context } = await browser().open({ ...size, scripts: false });
    const me = browser().agent(0);
    await browser().signIn(page, 0);
    await page.goto(`${browser().base}/annuaire/entry?dn=${encodeURIComponent(me.dn)}`);

    await page.getByRole('link', { name: 'Modifier ma fiche' }).click();
    await page.getByLabel('Bureau').fill(`Q${size.width}`);
    await page.getByRole('button', { name: 'Enregistrer', exact: true }).click();
    await page.getByText('Votre fiche est enregistrée').waitFor();
    await page.getByLabel('Nouvelle photo').setInputFiles({
      name: 'moi.jpg',
      mimeType: 'image/jpeg',
      buffer: jpeg(64, 64, 3),
    });
    await page.getByRole('button', { name: 'Enregistrer la photo' }).click();
    await page.getByText('Votre photo est enregistrée').waitFor();
    await page.getByRole('link', { name: 'Voir ma fiche' }).click();

    const card = page.locator('.annuaire-card');
    expect(await card.textContent()).toContain(`Q${size.width}`);
    expect(await card.locator('header img').count()).toBe(1);
    await context.close();
  }, 60_000);

  it.each([true, false])(
    'is exported from a list, scripts: %s',
    async (scripts) => {
      const { page, context } = await browser().open({ ...size, scripts });
      const other = browser().agent(1);
      await browser().signIn(page, 0);
      await page.goto(`${browser().base}/annuaire?q=${encodeURIComponent(other.mail)}`);

      await page.getByLabel(`Choisir ${other.name}`).check();
      await page.getByLabel('Format').selectOption('csv');
      const [file] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('button', { name: 'Exporter la sélection' }).click(),
      ]);

      expect(file.suggestedFilename()).toBe('annuaire.csv');
      const text = await readFile(await file.path(), 'utf8');
      expect(text).toContain(`${other.name};`);
      expect(text).toContain(other.mail);
      await context.close();
    },
    60_000,
  );

  it.each([false, true])(
    'passes the accessibility rules, dark: %s',
    async (dark) => {
      const { page, context } = await browser().openAudited({ ...size, dark, scripts: true });
      await browser().signIn(page, 0);
      await page.goto(`${browser().base}/annuaire/own`);
      const found = [...(await problemsOf(page))];
      await page.getByLabel('Téléphone').fill('poste de Linh');
      await page.getByRole('button', { name: 'Enregistrer', exact: true }).click();
      await page.locator('[aria-invalid=true]').waitFor();
      expect(await page.getByLabel('Téléphone').inputValue()).toBe('poste de Linh');
      found.push(...(await problemsOf(page)));
      // Somebody who is on leave, and who answers.
      await page.goto(`${browser().base}/annuaire?q=fontanes`);
      await page.locator('.annuaire-rows a', { hasText: 'Fontanes' }).click();
      await page.getByRole('link', { name: 'Écrire au remplaçant' }).waitFor();
      found.push(...(await problemsOf(page)));
      await context.close();

      expect(found).toEqual([]);
    },
    60_000,
  );
});
