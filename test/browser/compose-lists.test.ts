import type { Page } from 'playwright-core';
import { axeViolations } from '../kit/browser';
import { useDemoBrowser } from '../kit/demo-browser';

const browser = useDemoBrowser();

const TOO_WIDE =
  'document.documentElement.scrollWidth > document.documentElement.clientWidth ? ["too wide"] : []';
const TO = '[data-field=to] input:not([type=hidden])';
const CHIPS = '[data-field=to] .chip';
/** A list of each demonstration's directory, by the words that its lists have in common. */
const LISTS = 'tous les agents';
const VIEWS = [
  ['a desktop', { width: 1366, height: 768 }, false],
  ['a telephone, dark', { width: 360, height: 740 }, true],
] as const;

const faults = async (page: Page): Promise<readonly string[]> => [
  ...(await axeViolations(page)),
  ...(await page.evaluate<string[]>(TOO_WIDE)),
];
/** « Développer (12) » → 12. */
const numberIn = (text: string | null): number => Number(/\d+/.exec(text ?? '')?.[0]);

/** A group of contacts by the forms of the plugin; its members are addresses. */
async function makeGroup(page: Page, name: string, members: readonly string[]): Promise<void> {
  await page.goto(`${browser().base}/contacts/edit?kind=group`);
  await page.fill('[name=name]', name);
  await page.locator('.contacts-form .btn-primary').click();
  for (const member of members) {
    await page.fill('#contacts-who', member);
    await page.press('#contacts-who', 'Enter');
    await page.locator('.contacts-members li', { hasText: member }).waitFor();
  }
}

describe.each(VIEWS)('lists in the composer on %s', (_name, size, dark) => {
  it('takes a list by its address, opens it by keyboard, and takes that back', async () => {
    const { page, context } = await browser().openAudited({ ...size, dark, scripts: true });
    await browser().signIn(page, 0);
    await page.goto(`${browser().base}/compose`);
    await page.locator('.editor-body').waitFor();

    page.setDefaultTimeout(10_000);
    await page.locator(TO).pressSequentially(LISTS);
    const option = page.locator('[role=option]', { hasText: /Liste, \d+ membres/ }).first();
    await option.waitFor();
    const found = [...(await faults(page))];
    expect(await option.textContent()).toContain('Annuaire');
    const mail = /[\w.-]+@[\w.-]+/.exec((await option.locator('small').textContent()) ?? '')?.[0];
    await page.keyboard.press('Enter');
    expect(await page.locator('input[name=to]').inputValue()).toContain(`<${mail}>`);
    const count = numberIn(await page.locator('[data-chip-expand]').textContent());
    expect(count).toBeGreaterThan(2);
    found.push(...(await faults(page)));

    for (const key of ['Shift+Tab', 'Shift+Tab', 'Enter']) await page.keyboard.press(key);
    await page.locator('.chips-note', { hasText: `${count} destinataires ajoutés` }).waitFor();

    expect(await page.locator(CHIPS).count()).toBe(count);
    expect(await page.locator('input[name=to]').inputValue()).not.toContain(`<${mail}>`);
    await page
      .locator('#live', { hasText: 'destinataires ajoutés' })
      .waitFor({ state: 'attached' });
    found.push(...(await faults(page)));

    await page.locator('[data-chips-undo]').click();
    expect(await page.locator(CHIPS).count()).toBe(1);
    expect(await page.locator('input[name=to]').inputValue()).toContain(`<${mail}>`);
    expect(found).toEqual([]);
    await context.close();
  }, 90_000);

  it('offers to open a list of a draft that comes back, and of a link', async () => {
    const { page, context } = await browser().openAudited({ ...size, dark, scripts: true });
    await browser().signIn(page, 0);
    await page.goto(`${browser().base}/compose`);
    await page.locator('.editor-body').waitFor();
    page.setDefaultTimeout(10_000);
    await page.locator(TO).pressSequentially(LISTS);
    const option = page.locator('[role=option]', { hasText: /Liste, \d+ membres/ }).first();
    await option.waitFor();
    await page.keyboard.press('Enter');
    const text = await page.locator('[data-chip-expand]').textContent();
    const mail = /<(.+)>/.exec(await page.locator('input[name=to]').inputValue())?.[1] ?? '';

    for (const address of [`"Liste" <${mail}>`, mail.toUpperCase()]) {
      await page.goto(`${browser().base}/compose?to=${encodeURIComponent(address)}`);
      await page.locator('[data-chip-expand]').waitFor();
      expect(await page.locator('[data-chip-expand]').textContent()).toBe(text);
    }
    expect(await faults(page)).toEqual([]);
    await page.fill('[name=subject]', 'Reprise');
    await page.waitForURL(/\/compose\/[\w-]+$/);
    await page.reload();
    await page.locator('[data-chip-expand]').waitFor();
    expect(await page.locator('[data-chip-expand]').count()).toBe(1);
    await context.close();
  }, 90_000);

  it('puts the members of a group of contacts, each once', async () => {
    const { page, context } = await browser().openAudited({ ...size, dark, scripts: true });
    await browser().signIn(page, 1);
    const name = `Cordée ${size.width}`;
    await makeGroup(page, name, ['un@valcendre.example', 'deux@valcendre.example']);
    await page.goto(`${browser().base}/compose?cc=deux@valcendre.example`);
    await page.locator('.editor-body').waitFor();

    await page.locator(TO).pressSequentially(name);
    await page.locator('[role=option]', { hasText: 'Groupe, 2 membres' }).waitFor();
    await page.keyboard.press('Enter');
    await page.locator('.chips-note', { hasText: '1 destinataire ajouté' }).waitFor();

    expect(await page.locator('input[name=to]').inputValue()).toBe('un@valcendre.example');
    expect(await faults(page)).toEqual([]);
    await context.close();
  }, 90_000);

  it('does both without scripts', async () => {
    const { page, context } = await browser().open({ ...size, dark, scripts: false });
    await browser().signIn(page, 2);
    await page.goto(`${browser().base}/compose`);
    const to = page.locator('#compose-to');
    await to.fill('quelqu.un@valcendre.example,');

    await page.locator('.compose-lists summary').click();
    await page.fill('#compose-list-q', LISTS);
    await page.locator('.compose-lists-search button').click();
    const list = page.locator('.compose-lists-found li').first();
    const add = list.locator('[name=list]');
    const count = numberIn(await add.textContent());
    await add.click();
    await page.waitForURL(/\/compose\/[\w-]+$/);

    const people = (await to.inputValue()).split('@').length - 1;
    expect(people).toBe(count + 1);
    expect(await to.inputValue()).toContain('quelqu.un@valcendre.example, ');
    expect(await page.locator('body').textContent()).toContain(`${count} destinataires ajoutés`);
    await context.close();
  }, 90_000);
});

/** The audit needs scripts: the page is then as it came, its own scripts held back. */
it.each(VIEWS)(
  'passes the accessibility rules on %s, lists looked for',
  async (_n, size, dark) => {
    const { page, context } = await browser().openAudited({ ...size, dark, scripts: true });
    await browser().signIn(page, 0);
    await context.route('**/*.js', (route) => route.abort());
    await page.goto(`${browser().base}/compose`);
    await page.locator('.compose-lists summary').click();
    await page.fill('#compose-list-q', LISTS);
    await page.locator('.compose-lists-search button').click();
    await page.locator('.compose-lists-found li').first().waitFor();

    expect(await faults(page)).toEqual([]);
    await context.close();
  },
  60_000,
);
