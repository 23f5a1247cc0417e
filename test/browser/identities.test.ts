import type { Page } from 'playwright-core';
import { axeViolations } from '../kit/browser';
import { useDemoBrowser } from '../kit/demo-browser';

const SHOTS = process.env['MAIL_SHOTS'];
const TOO_WIDE =
  'document.documentElement.scrollWidth > document.documentElement.clientWidth ? ["too wide"] : []';
const running = useDemoBrowser();

const editor = (page: Page) => page.locator('est-editor [contenteditable=true]');

it.each([
  ['wide', { width: 1366, height: 900, scripts: true }],
  ['narrow', { width: 360, height: 740, scripts: true, dark: true }],
] as const)(
  'identities and templates are made, and written with (%s)',
  async (name, view) => {
    const { page } = await running().openAudited(view);
    page.setDefaultTimeout(15_000);
    await running().signIn(page, name === 'wide' ? 0 : 1);
    const wrong: string[] = [];
    const look = async (step: string): Promise<void> => {
      wrong.push(...(await axeViolations(page)).map((one) => `${step}: ${one}`));
      wrong.push(...(await page.evaluate<string[]>(TOO_WIDE)).map((one) => `${step}: ${one}`));
      if (SHOTS) await page.screenshot({ path: `${SHOTS}/identities-${name}-${step}.png` });
    };
    const { base } = running();
    const make = async (label: string, signature: string, strong: boolean): Promise<void> => {
      await page.goto(`${base}/identities`);
      await page.locator('[data-action=new-identity]').click();
      await page.fill('#own-label', label);
      await editor(page).click();
      if (strong) await page.locator('[data-editor=bold]').click();
      await page.keyboard.type(signature);
      if (strong) await look('1-form');
      await page.locator('[data-action=save-identity]').click();
      await page.locator('[data-identity] h2', { hasText: label }).waitFor();
    };
    await make('Astreinte', 'Service d’astreinte', true);
    await make('Service', 'Bien à vous', false);
    await look('2-list');

    // The signature follows, but one that was written into stays.
    await page.goto(`${base}/compose`);
    await editor(page).getByText('Service d’astreinte').waitFor();
    expect(await editor(page).locator('b', { hasText: 'Service d’astreinte' }).count()).toBe(1);
    await editor(page).click();
    await page.keyboard.press('Control+Home');
    await page.keyboard.type('Bonjour à toutes');
    const choose = (label: string): Promise<unknown> =>
      page.locator('#compose-identity').evaluate((select, wanted) => {
        const field = select as unknown as {
          options: Iterable<{ value: string; textContent: string }>;
          value: string;
          dispatchEvent(event: unknown): boolean;
        };
        field.value =
          [...field.options].find((one) => one.textContent.startsWith(wanted))?.value ?? '';
        field.dispatchEvent(new Event('change', { bubbles: true }));
      }, label);
    await choose('Service');
    await editor(page).getByText('Bien à vous').waitFor();
    expect(await editor(page).getByText('Service d’astreinte').count()).toBe(0);
    expect(await editor(page).textContent()).toContain('Bonjour à toutes');
    await look('3-composer');
    await editor(page).getByText('Bien à vous').click();
    await page.keyboard.press('End');
    await page.keyboard.type(', et bon courage');
    await choose('Astreinte');
    await page
      .locator('#live', { hasText: 'que vous avez modifiée' })
      .waitFor({ state: 'attached' });
    expect(await editor(page).textContent()).toContain('Bien à vous, et bon courage');

    // What is written becomes a template, whose fields are filled when it is used.
    await page.goto(`${base}/templates?new=1`);
    await page.fill('#own-name', 'Relance');
    await editor(page).fill('Bonjour {{prénom}},');
    await look('4-template');
    await page.locator('[data-action=save-template]').click();
    await page.locator('[data-template] h2', { hasText: 'Relance' }).waitFor();
    await look('5-templates');
    await page.goto(`${base}/compose?to=${encodeURIComponent('Odile Vent <o@dehors.example>')}`);
    await page.locator('button[name=template]', { hasText: 'Relance' }).click();
    await editor(page).getByText('Bonjour Odile,').waitFor();
    await look('6-filled');
    expect(wrong).toEqual([]);
    await page.context().close();
  },
  90_000,
);
