import { writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { type DemoApp, startDemoApp } from '../../src/demo';
import {
  axeViolations,
  type BrowserStand,
  openAudited,
  openWindow,
  startBrowser,
} from '../kit/browser';

const ROOT = path.resolve(__dirname, '..', '..');
let demo: DemoApp;
let stand: BrowserStand;
let base: string;

beforeAll(async () => {
  [demo, stand] = await Promise.all([
    startDemoApp({ root: ROOT, port: 0, app: { log: { level: 'silent' } } }),
    startBrowser(),
  ]);
  base = `http://127.0.0.1:${demo.port}`;
}, 60_000);
afterAll(async () => {
  await stand?.close();
  await demo?.stop();
});

const agent = (index: number) => {
  const found = demo.stack.agents[index];
  if (!found) throw new Error('no such agent');
  return found;
};

async function signIn(page: Page, index: number): Promise<void> {
  await page.goto(`${base}/login`);
  await page.fill('input[name=username]', agent(index).username);
  await page.fill('input[name=password]', agent(index).password);
  await page.click(
    'form[action="/login"] button[type=submit], form[action="/login"] button:not([type])',
  );
  await page.waitForURL(/\/mail\/me\/INBOX/);
}

const VIEWS = [
  { name: 'without scripts at 1366', width: 1366, height: 768, scripts: false },
  { name: 'without scripts at 360', width: 360, height: 740, scripts: false },
  { name: 'with scripts at 1366', width: 1366, height: 768, scripts: true },
  { name: 'with scripts at 360', width: 360, height: 740, scripts: true },
] as const;

describe.each(VIEWS)('the journey $name', (view) => {
  it('signs in, reads, replies with a file, and the other agent opens it', async () => {
    const { context, page, foreign, problems } = await openWindow(stand, base, view);
    const subject = `Parcours ${view.name}`;
    const file = path.join(os.tmpdir(), `note-${view.width}-${String(view.scripts)}.txt`);
    writeFileSync(file, 'une note');
    await signIn(page, 0);
    expect(await page.locator('[data-message-list] [data-uid]').count()).toBe(50);

    await page.locator('[data-message-list] a.subject').first().click();
    await page.waitForSelector('[data-message-subject]');
    const frame = page.frameLocator('iframe[data-message-body]');
    await frame.locator('body').waitFor();
    expect((await frame.locator('body').innerText()).trim()).not.toBe('');

    await page.locator('[data-action=reply]').first().click();
    await page.waitForSelector('[data-action=send]');
    await fillTo(page, agent(1).mail, view.scripts);
    await page.fill('input[name=subject]', subject);
    await page.setInputFiles('input[type=file][name=file]', file);
    if (view.scripts) await page.waitForSelector('text=note-');
    else {
      await page.locator('[data-action=attach]').first().click();
      await page.waitForSelector('text=note-');
    }
    await page.locator('[data-action=send]').first().click();
    await page.waitForURL(/\/mail\/me\/INBOX/);

    const other = await openWindow(stand, base, view);
    await signIn(other.page, 1);
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
  ['inbox', async (page) => void (await page.goto(`${base}/mail/me/INBOX`))],
  [
    'message',
    async (page) => {
      await page.goto(`${base}/mail/me/INBOX`);
      await page.locator('[data-message-list] a.subject').first().click();
      await page.waitForSelector('[data-message-subject]');
    },
  ],
  ['search', async (page) => void (await page.goto(`${base}/mail/me/INBOX?q=note&search=1`))],
  ['empty folder', async (page) => void (await page.goto(`${base}/mail/me/Projets`))],
  ['compose', async (page) => void (await page.goto(`${base}/compose`))],
  ['settings', async (page) => void (await page.goto(`${base}/settings/display`))],
  ['writing settings', async (page) => void (await page.goto(`${base}/settings/writing`))],
  ['error', async (page) => void (await page.goto(`${base}/mail/me/Nowhere`))],
];

describe.each([
  { width: 1366, height: 768, dark: false },
  { width: 1366, height: 768, dark: true },
  { width: 360, height: 740, dark: false },
  { width: 320, height: 640, dark: true },
])('at $width px, dark: $dark', (size) => {
  it('has no accessibility violation and no sideways scrolling on any page', async () => {
    const { context, page } = await openAudited(stand, { ...size, scripts: true });
    const found: string[] = [];
    await page.goto(`${base}/login`);
    found.push(...(await axeViolations(page)).map((violation) => `login: ${violation}`));
    await signIn(page, 0);
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
    const { context, page } = await openWindow(stand, base, VIEWS[2]);
    await signIn(page, 2);
    await page.locator('[data-message-list] [data-uid] input[type=checkbox]').first().check();

    if (!('faults' in demo.stack.imap)) throw new Error('needs the server in memory');
    demo.stack.imap.deliver(
      agent(2).username,
      `From: a@b.example\r\nTo: ${agent(2).mail}\r\nSubject: Tout juste\r\nDate: ${new Date().toUTCString()}\r\nMessage-ID: <tout-juste@b.example>\r\n\r\nBonjour\r\n`,
    );
    await page.waitForSelector('a.subject:has-text("Tout juste")', { timeout: 15_000 });

    expect(await page.locator('[data-message-list] input[type=checkbox]:checked').count()).toBe(1);
    await context.close();
  }, 60_000);

  it('keeps what was written when the tab is closed without a word', async () => {
    const { context, page } = await openWindow(stand, base, VIEWS[2]);
    await signIn(page, 3);
    await page.goto(`${base}/compose`);
    await page.fill('input[name=subject]', 'Brouillon fermé');
    await page
      .locator('[data-draft-status]', { hasText: /\d{2}:\d{2}/ })
      .waitFor({ timeout: 20_000 });
    await page.close();

    const again = await context.newPage();
    await again.goto(`${base}/mail/me/Drafts`);
    expect(await again.locator('a.subject', { hasText: 'Brouillon fermé' }).count()).toBe(1);
    await context.close();
  }, 60_000);
});
