import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { axeViolations } from '../kit/browser';
import { useDemoBrowser } from '../kit/demo-browser';

const running = useDemoBrowser();
let files: string;
beforeAll(() => {
  files = mkdtempSync(path.join(os.tmpdir(), 'estafette-journey-'));
});
afterAll(() => rmSync(files, { recursive: true, force: true }));

const VIEWS = [
  { name: 'without scripts at 1366', width: 1366, height: 768, scripts: false },
  { name: 'without scripts at 360', width: 360, height: 740, scripts: false },
  { name: 'with scripts at 1366', width: 1366, height: 768, scripts: true },
  { name: 'with scripts at 360', width: 360, height: 740, scripts: true },
] as const;

describe.each(VIEWS)('the journey $name', (view) => {
  it('signs in, reads, replies with a file, and the other agent opens it', async () => {
    const { context, page, foreign, problems } = await running().open(view);
    const subject = `Parcours ${view.name}`;
    const file = path.join(files, `note-${view.width}-${String(view.scripts)}.txt`);
    writeFileSync(file, 'une note');
    await running().signIn(page, 0);
    expect(await page.locator('[data-message-list] [data-uid]').count()).toBe(50);

    await page.locator('[data-message-list] a.subject').first().click();
    await page.waitForSelector('[data-message-subject]');
    const frame = page.frameLocator('iframe[data-message-body]');
    await frame.locator('body').waitFor();
    expect((await frame.locator('body').innerText()).trim()).not.toBe('');

    await page.locator('[data-action=reply]').first().click();
    await page.waitForSelector('[data-action=send]');
    await fillTo(page, running().agent(1).mail, view.scripts);
    await page.fill('input[name=subject]', subject);
    await page.setInputFiles('input[type=file][name=file]', file);
    if (view.scripts) await page.waitForSelector('text=note-');
    else {
      await page.locator('[data-action=attach]').first().click();
      await page.waitForSelector('text=note-');
    }
    await page.locator('[data-action=send]').first().click();
    await page.waitForURL(/\/mail\/me\/INBOX/);

    const other = await running().open(view);
    await running().signIn(other.page, 1);
    await other.page.locator('a.subject', { hasText: subject }).first().click();
    await other.page.waitForSelector('[data-message-subject]');
    const attachment = other.page.locator('a[data-attachment]').first();
    expect(await attachment.innerText()).toContain('note-');

    expect([...foreign, ...other.foreign]).toEqual([]);
    expect([...problems, ...other.problems]).toEqual([]);
    await other.context.close();
    await context.close();
  }, 90_000);
});

/** The address field is a text input without scripts and a row of chips with them. */
async function fillTo(page: Page, mail: string, scripts: boolean): Promise<void> {
  if (!scripts) {
    await page.fill('[name=to]', mail);
    return;
  }
  const remove = page.locator(
    'est-chips[name=to] [data-chip-remove], [data-field=to] .chip button',
  );
  while ((await remove.count()) > 0) await remove.first().click();
  const input = page.locator('[data-field=to] input:visible, input[name=to]:visible').first();
  await input.fill(mail);
  await input.press('Enter');
}

const PAGES: readonly (readonly [name: string, open: (page: Page) => Promise<void>])[] = [
  ['inbox', async (page) => void (await page.goto('/mail/me/INBOX'))],
  [
    'message',
    async (page) => {
      await page.goto('/mail/me/INBOX');
      await page.locator('[data-message-list] a.subject').first().click();
      await page.waitForSelector('[data-message-subject]');
    },
  ],
  ['search', async (page) => void (await page.goto('/mail/me/INBOX?q=note&search=1'))],
  ['empty folder', async (page) => void (await page.goto('/mail/me/Projets'))],
  ['compose', async (page) => void (await page.goto('/compose'))],
  ['settings', async (page) => void (await page.goto('/settings/display'))],
  ['writing settings', async (page) => void (await page.goto('/settings/writing'))],
  ['error', async (page) => void (await page.goto('/mail/me/Nowhere'))],
];

describe.each([
  { width: 1366, height: 768, dark: false },
  { width: 1366, height: 768, dark: true },
  { width: 360, height: 740, dark: false },
  { width: 320, height: 640, dark: true },
  { width: 683, height: 400, dark: false },
])('at $width px, dark: $dark', (size) => {
  it('has no accessibility violation and no sideways scrolling on any page', async () => {
    const { context, page } = await running().openAudited({ ...size, scripts: true });
    const found: string[] = [];
    await page.goto('/login');
    found.push(...(await axeViolations(page)).map((violation) => `login: ${violation}`));
    await running().signIn(page, 0);
    for (const [name, open] of PAGES) {
      await open(page);
      found.push(...(await axeViolations(page)).map((violation) => `${name}: ${violation}`));
      const overflow = await page.evaluate(() => {
        const { scrollWidth, clientWidth } = (
          globalThis as unknown as {
            document: { documentElement: { scrollWidth: number; clientWidth: number } };
          }
        ).document.documentElement;
        return scrollWidth - clientWidth;
      });
      if (overflow > 0) found.push(`${name}: ${overflow} px too wide`);
    }
    await context.close();
    expect(found).toEqual([]);
  }, 120_000);
});

describe('with scripts', () => {
  it('shows new mail by itself, and keeps the rows that were ticked', async () => {
    const { context, page } = await running().open(VIEWS[2]);
    await running().signIn(page, 2);
    await page.locator('[data-message-list] [data-uid] input[type=checkbox]').first().check();

    running().deliver(2, 'Tout juste');
    await page.waitForSelector('a.subject:has-text("Tout juste")', { timeout: 15_000 });

    expect(await page.locator('[data-message-list] input[type=checkbox]:checked').count()).toBe(1);
    await context.close();
  }, 60_000);

  it('keeps what was written when the tab is closed without a word', async () => {
    const { context, page } = await running().open(VIEWS[2]);
    await running().signIn(page, 3);
    await page.goto('/compose');
    await page.fill('input[name=subject]', 'Brouillon fermé');
    await page
      .locator('[data-draft-status]', { hasText: /\d{2}:\d{2}/ })
      .waitFor({ timeout: 20_000 });
    await page.close();

    const again = await context.newPage();
    await again.goto('/mail/me/Drafts');
    expect(await again.locator('a.subject', { hasText: 'Brouillon fermé' }).count()).toBe(1);
    await context.close();
  }, 60_000);
});
