import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { silentLog } from '../../src/base/log';
import type { DemoStack } from '../../src/demo/stack';
import { openDatabase } from '../../src/kernel/db';
import type { Database } from '../../src/kernel/db-types';
import {
  axeViolations,
  type BrowserStand,
  openAudited,
  signIn,
  startBrowser,
} from '../kit/browser';
import { type Served, serve, writeConfig } from '../kit/served';
import { startTestServers } from '../kit/servers';
import { until } from '../kit/until';

const SHOTS = process.env['MAIL_SHOTS'];
const TOO_WIDE =
  'document.documentElement.scrollWidth > document.documentElement.clientWidth ? ["too wide"] : []';
const TO = 'quelqu.un@dehors.example';

let dir: string;
let env: NodeJS.ProcessEnv;
let stack: DemoStack;
let served: Served;
let stand: BrowserStand;

beforeAll(async () => {
  dir = mkdtempSync(path.join(tmpdir(), 'outbox-'));
  stack = await startTestServers();
  env = writeConfig(dir, stack);
  const file = path.join(dir, 'config', 'sites', 'saisons.json');
  const site = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
  // Nobody works: tomorrow morning is always offered.
  const hours = { days: [1, 2, 3, 4, 5, 6, 7], from: '08:00', to: '08:01', exempt: [] };
  writeFileSync(file, JSON.stringify({ ...site, sending: { undoSeconds: 20, hours } }));
  served = await serve(env);
  stand = await startBrowser();
}, 60_000);
afterAll(async () => {
  await stand?.close();
  await served?.kill();
  await stack?.close();
  rmSync(dir, { recursive: true, force: true });
});

function agent() {
  const [first] = stack.agents;
  if (!first) throw new Error('no agents');
  return first;
}
const delivered = (subject: string): number =>
  stack.smtp.transactions.filter(({ raw }) => raw.toString().includes(`Subject: ${subject}`))
    .length;

async function write(page: Page, subject: string, hasScripts: boolean): Promise<void> {
  await page.goto(`${served.url}/compose?to=${encodeURIComponent(TO)}`);
  await page.fill('#compose-subject', subject);
  const editor = hasScripts ? 'est-editor [contenteditable=true]' : '[name=text]';
  await page.locator(editor).fill('Bonjour, à plus tard.');
}

const inDatabase = async (change: (knex: Database['knex']) => Promise<unknown>): Promise<void> => {
  const filename = path.join(dir, 'data', 'estafette.db');
  const db = await openDatabase({ client: 'sqlite', filename, log: silentLog() });
  await change(db.knex);
  await db.close();
};
/** As if so much time had passed while nothing ran. */
const makeDue = (): Promise<void> =>
  inDatabase(async (knex) => {
    await knex('outbox')
      .where({ state: 'held' })
      .update({ send_at: Date.now() - 1_000 });
    await knex('snoozes').update({ until: Date.now() - 1_000 });
  });

it.each([
  ['wide', { width: 1366, height: 768 }, true],
  ['narrow', { width: 360, height: 740, dark: true }, true],
  ['plain', { width: 1366, height: 768 }, false],
] as const)(
  'a message is called back, another leaves later, across a restart, once (%s)',
  async (name, size, hasScripts) => {
    const { page, context } = await openAudited(stand, served.url, {
      ...size,
      scripts: hasScripts,
    });
    page.setDefaultTimeout(20_000);
    await signIn(page, served.url, agent());
    const wrong: string[] = [];
    const look = async (step: string): Promise<void> => {
      if (hasScripts) wrong.push(...(await axeViolations(page)).map((one) => `${step}: ${one}`));
      wrong.push(...(await page.evaluate<string[]>(TOO_WIDE)).map((one) => `${step}: ${one}`));
      if (SHOTS) await page.screenshot({ path: `${SHOTS}/outbox-${name}-${step}.png` });
    };

    await write(page, `Rappel ${name}`, hasScripts);
    await look('1-written');
    await page.locator('[data-action=send]').click();
    await page.locator('.toast button[data-action=undo]').waitFor();
    await look('2-leaving');
    await page.locator('.toast button[data-action=undo]').click();
    await page.waitForURL(/\/compose\//);
    expect(await page.inputValue('[name=subject]')).toBe(`Rappel ${name}`);
    expect(await page.locator('[name=text]').first().inputValue()).toContain('à plus tard');
    await look('3-called-back');

    await write(page, `Demain ${name}`, hasScripts);
    await page.locator('.send-later > summary').click();
    await look('4-later');
    await page.locator('.send-later button[formaction$="later=tomorrow"]').click();
    await page.locator('.toast', { hasText: 'Votre message partira' }).waitFor();
    await page.goto(`${served.url}/outbox`);
    const row = page.locator('.outbox-list > li', { hasText: `Demain ${name}` });
    await row.waitFor();
    await look('5-outbox');
    await row.locator('[name=laterDay]').fill('2020-01-01');
    await row.locator('[data-action=time]').click();
    await row.locator('.field-error', { hasText: 'passé' }).waitFor();
    await look('6-refused');

    const { username, mail } = agent();
    const subject = `Au calme ${name}`;
    stack.imap.deliver(
      username,
      `From: a@b.example\r\nTo: ${mail}\r\nSubject: ${subject}\r\nMessage-ID: <${name}@b.example>\r\nDate: ${new Date().toUTCString()}\r\n\r\nBonjour\r\n`,
    );
    await page.goto(`${served.url}/mail/me/INBOX`);
    await page.locator('.row a.subject', { hasText: subject }).click();
    const menu = name === 'narrow' ? '.message-more' : '.message .snooze-menu';
    await page.locator(`${menu} > summary`).click();
    await look('7-snooze');
    await page.locator(`${menu} [formaction$="when=tomorrow"]`).click();
    await page.locator('.toast', { hasText: 'reviendra' }).waitFor();
    expect(await page.locator('.row a.subject', { hasText: subject }).count()).toBe(0);
    await page.goto(`${served.url}/snoozed`);
    await page.locator('.outbox-list > li', { hasText: subject }).waitFor();
    await look('8-snoozed');

    // Signed out, and the program ends as it can: at its time, the message leaves all the same.
    await context.clearCookies();
    await served.kill();
    await makeDue();
    expect(delivered(`Demain ${name}`)).toBe(0);
    served = await serve(env);
    await until('it leaves', () => delivered(`Demain ${name}`) > 0);
    const box = (mailbox: string) => stack.imap.mailbox(agent().username, mailbox);
    await until('it is filed', () =>
      box('Sent').some(({ raw }) => raw.toString().includes(`Demain ${name}`)),
    );
    await until('it is back', () =>
      box('INBOX').some(({ raw }) => raw.toString().includes(subject)),
    );
    await signIn(page, served.url, agent());
    await page.goto(`${served.url}/outbox`);
    expect(await page.locator('.outbox-list > li', { hasText: `Demain ${name}` }).count()).toBe(0);
    await look('9-sent');
    await page.goto(`${served.url}/mail/me/INBOX`);
    await page.locator('.row.is-unread a.subject', { hasText: subject }).waitFor();
    await look('10-back');
    expect(delivered(`Demain ${name}`)).toBe(1);
    expect(delivered(`Rappel ${name}`)).toBe(0);
    // Nobody was there when the server refused one: it is told above the list.
    await write(page, `Refus ${name}`, hasScripts);
    await page.locator('.send-later > summary').click();
    await page.locator('.send-later button[formaction$="later=monday"]').click();
    await page.locator('.toast', { hasText: 'Votre message partira' }).waitFor();
    await inDatabase((knex) => knex('outbox').where({ state: 'held' }).update({ state: 'failed' }));
    await page.goto(`${served.url}/mail/me/INBOX`);
    await page.locator('.banner.danger', { hasText: `Refus ${name}` }).waitFor();
    await look('11-refused');
    await page.locator('.banner.danger a').first().click();
    await page.locator('[data-state=failed] [data-action=edit]').click();
    await page.waitForURL(/\/compose\//);
    expect(await page.inputValue('[name=subject]')).toBe(`Refus ${name}`);
    expect(wrong).toEqual([]);
    await context.close();
  },
  180_000,
);
