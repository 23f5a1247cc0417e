import type { Page } from 'playwright-core';

/** People of an address book, typed into the form as somebody does. */
const SAMPLES = [
  {
    given: 'Solène',
    family: 'Aubépine',
    organization: 'Mairie de Valcendre',
    title: 'Secrétaire générale',
    mail: 'solene.aubepine@valcendre.example',
    phone: '01 99 00 10 11',
    birthday: '14/07/1979',
    note: 'À joindre plutôt le matin.',
    categories: 'Mairies, Comité',
  },
  {
    given: 'Marius',
    family: 'Fenouil',
    organization: 'Coopérative des Sources',
    title: 'Directeur',
    mail: 'marius@sources.example',
    phone: '+33 6 99 88 77 66',
  },
  {
    given: 'Marius',
    family: 'Fenouil',
    mail: 'm.fenouil@ailleurs.example',
    phone: '01 99 00 10 12',
  },
  {
    given: 'Ondine',
    family: 'Rivoire',
    organization: 'Agence de l’eau',
    title: 'Ingénieure',
    mail: 'ondine.rivoire@eau.example',
    phone: '02 99 00 10 13',
  },
  { given: 'Basile', family: 'Tilleul', mail: 'basile.tilleul@ailleurs.example', phone: '' },
] as const;

/** Makes them, and a group with two of them; answers the page of the first. */
export async function fillContacts(page: Page, base: string): Promise<string> {
  const pages: string[] = [];
  for (const sample of SAMPLES) {
    await page.goto(`${base}/contacts/edit`);
    for (const [field, value] of Object.entries(sample))
      await page.fill(
        field === 'mail' || field === 'phone' ? `#c-${field}-0` : `#c-${field}`,
        value,
      );
    await page.click('button[name=save]');
    await page.waitForURL(/done=saved/);
    pages.push(page.url().replace(/[?&]done=saved/, ''));
  }
  await page.goto(`${base}/contacts/edit?kind=group`);
  await page.fill('#c-name', 'Comité des sources');
  await page.click('button[name=save]');
  await page.waitForURL(/done=saved/);
  for (const { mail } of SAMPLES.slice(0, 2)) {
    await page.fill('#contacts-who', mail);
    await page.press('#contacts-who', 'Enter');
    await page.waitForURL(/done=member/);
    await page.goto(page.url().replace('&done=member', ''));
  }
  const [first = ''] = pages;
  await page.goto(first);
  await page.click('.star');
  await page.waitForURL(/contacts\?id=/);
  return first;
}
