import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { freePorts } from '../../src/base/ports';
import type { DemoStack } from '../../src/demo/stack';
import {
  axeViolations,
  type BrowserStand,
  openAudited,
  openWindow,
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
  dir = mkdtempSync(path.join(tmpdir(), 'offline-'));
  stack = await startTestServers();
  env = writeConfig(dir, stack);
  // The same address after a restart: a browser knows its worker by it.
  const file = path.join(dir, 'config', 'app.json');
  const app = JSON.parse(readFileSync(file, 'utf8')) as { listen: { port: number } };
  const [port = 0] = await freePorts(1);
  writeFileSync(file, JSON.stringify({ ...app, listen: { ...app.listen, port } }));
  served = await serve(env);
  stand = await startBrowser();
}, 60_000);
afterAll(async () => {
  await stand?.close();
  await served?.kill();
  await stack?.close();
  rmSync(dir, { recursive: true, force: true });
});

function agent(index = 0) {
  const found = stack.agents[index];
  if (!found) throw new Error('no agents');
  return found;
}
const sent = (subject: string) =>
  stack.smtp.transactions.filter(({ raw }) => raw.toString().includes(`Subject: ${subject}`));
const inDrafts = (words: string) =>
  stack.imap.mailbox(agent().username, 'Drafts').filter(({ raw }) => raw.toString().includes(words))
    .length;

function deliver(subject: string, text: string): void {
  const { username, mail } = agent();
  stack.imap.deliver(
    username,
    `From: Aline Exemple <aline@dehors.example>\r\nTo: ${mail}\r\nSubject: ${subject}\r\nMessage-ID: <${subject.replaceAll(' ', '-')}@dehors.example>\r\nDate: ${new Date().toUTCString()}\r\n\r\n${text}\r\n`,
  );
}

const kept = (page: Page, kind: string): Promise<number> =>
  page.evaluate<number>(`new Promise((resolve, reject) => {
    const open = indexedDB.open('estafette-offline', 1);
    open.onerror = () => reject(open.error);
    open.onsuccess = () => {
      const all = open.result.transaction('kept').objectStore('kept').getAll();
      all.onsuccess = () => {
        open.result.close();
        resolve(all.result.filter((one) => one.kind === ${JSON.stringify(kind)}).length);
      };
    };
  })`);

async function turnOn(page: Page): Promise<void> {
  await page.goto(`${served.url}/offline`);
  await page.locator('[data-action=keep-here]').click();
  await page.locator('[data-offline=on]').waitFor();
  await until('pages are answered for', () =>
    page.evaluate<boolean>('navigator.serviceWorker.controller !== null'),
  );
}

/** The composer is made anew with what the device has of it. */
const filled = (page: Page, field: string, value: string): Promise<void> =>
  until(`${field} is filled`, async () =>
    page
      .inputValue(`[name=${field}]`, { timeout: 1_000 })
      .then((found) => found === value)
      .catch(() => false),
  );

const editor = (page: Page) => page.locator('est-editor [contenteditable=true]');

it.each([
  ['wide', { width: 1366, height: 768, scripts: true }, false],
  ['narrow', { width: 360, height: 740, scripts: true, dark: true }, true],
] as const)(
  'mail is read and written without a network, and leaves once with it (%s)',
  async (name, view, isAudited) => {
    const open = isAudited ? openAudited : openWindow;
    const { page, context } = await open(stand, served.url, view);
    page.setDefaultTimeout(20_000);
    const wrong: string[] = [];
    const look = async (step: string): Promise<void> => {
      if (isAudited) wrong.push(...(await axeViolations(page)).map((one) => `${step}: ${one}`));
      wrong.push(...(await page.evaluate<string[]>(TOO_WIDE)).map((one) => `${step}: ${one}`));
      if (SHOTS) await page.screenshot({ path: `${SHOTS}/offline-${name}-${step}.png` });
    };
    deliver(`Ordre ${name}`, `Le train part de la voie ${name}.`);
    deliver(`Fermé ${name}`, 'Jamais ouvert.');
    await signIn(page, served.url, agent());
    await page.goto(`${served.url}/offline`);
    await look('1-off');
    await turnOn(page);
    await look('2-on');
    await page.goto(`${served.url}/mail/me/INBOX`);
    await page.locator('.row a.subject', { hasText: `Ordre ${name}` }).click();
    const body = page.frameLocator('iframe[data-message-body]');
    await body.getByText(`voie ${name}`).waitFor();
    await until('the message is kept', async () => (await kept(page, 'message')) > 0);

    // The network goes: the server is gone, and the browser says so.
    await served.kill();
    await context.setOffline(true);
    await page.locator('.offline-notice', { hasText: 'Hors ligne' }).waitFor();
    await page.goto(`${served.url}/mail/me/INBOX`);
    await page.locator('.offline-notice', { hasText: 'page telle que vue le' }).waitFor();
    await look('3-list');
    await page.locator('.row a.subject', { hasText: `Ordre ${name}` }).click();
    await page.locator('[data-message-subject]', { hasText: `Ordre ${name}` }).waitFor();
    await body.getByText(`voie ${name}`).waitFor();
    await look('4-message');
    await page.reload();
    await body.getByText(`voie ${name}`).waitFor();

    // What was never opened is not there, and an action is not done: both are said.
    await page.goto(`${served.url}/mail/me/INBOX`);
    await page.locator('.row a.subject', { hasText: `Fermé ${name}` }).click();
    await page.locator('.offline-notice', { hasText: 'n’est pas sur cet appareil' }).waitFor();
    await page.locator('[data-offline=messages] a', { hasText: `Ordre ${name}` }).waitFor();
    await look('5-missing');

    // An answer, across a reload.
    await page.locator('[data-offline=messages] a', { hasText: `Ordre ${name}` }).click();
    await body.getByText(`voie ${name}`).waitFor();
    await page.locator('[data-action=reply]').first().click();
    await page.locator('[name=subject]').waitFor();
    await filled(page, 'subject', `Re: Ordre ${name}`);
    expect(await page.inputValue('[name=to]')).toContain('aline@dehors.example');
    await editor(page).focus();
    await page.keyboard.type(`Bien noté ${name}. `);
    await page.locator('[data-draft-status]', { hasText: 'gardé sur cet appareil' }).waitFor();
    await look('6-answer');
    await page.locator('[data-action=send]').click();
    await page.waitForURL('**/offline');
    await page.locator('[data-offline=sending] li', { hasText: `Re: Ordre ${name}` }).waitFor();
    await look('7-waiting');

    // A new message stays a draft.
    await page.goto(`${served.url}/compose?to=${encodeURIComponent(TO)}`);
    await filled(page, 'to', TO);
    await page.fill('#compose-subject', `Brouillon ${name}`);
    await editor(page).fill(`Commencé dans le train ${name}.`);
    await page.locator('[data-draft-status]', { hasText: 'gardé sur cet appareil' }).waitFor();
    await page.goto(`${served.url}/offline`);
    await page.locator('[data-offline=drafts] a', { hasText: `Brouillon ${name}` }).click();
    await filled(page, 'subject', `Brouillon ${name}`);
    expect(await editor(page).textContent()).toContain(`train ${name}`);
    await page.goto(`${served.url}/offline`);
    expect(sent(`Re: Ordre ${name}`)).toHaveLength(0);

    // The network is back.
    served = await serve(env);
    await context.setOffline(false);
    await until('the answer leaves', () => sent(`Re: Ordre ${name}`).length > 0);
    await until('the draft is saved', () => inDrafts(`Brouillon ${name}`) > 0);
    await page.goto(`${served.url}/offline`);
    await page.locator('[data-offline=on]').waitFor();
    await until('nothing waits', async () => (await page.locator('li[data-draft]').count()) === 0);
    await look('8-back');
    const [answer] = sent(`Re: Ordre ${name}`);
    expect(answer?.raw.toString()).toContain(`In-Reply-To: <Ordre-${name}@dehors.example>`);
    expect(answer?.raw.toString()).toContain(`Bien not`);
    await page.goto(`${served.url}/mail/me/Drafts`);
    await page.locator('.row a.subject', { hasText: `Brouillon ${name}` }).waitFor();
    expect(sent(`Re: Ordre ${name}`)).toHaveLength(1);
    expect(inDrafts(`Brouillon ${name}`)).toBe(1);

    expect(wrong).toEqual([]);
    await context.close();
  },
  180_000,
);

it('forgets everything at sign-out and when somebody else is there, but words that have not left', async () => {
  const view = { width: 1366, height: 768, scripts: true };
  const { page, context } = await openWindow(stand, served.url, view);
  page.setDefaultTimeout(20_000);
  deliver('Secret', 'Personne d’autre ne lit ceci.');
  const body = page.frameLocator('iframe[data-message-body]');
  const read = async (): Promise<void> => {
    await page.goto(`${served.url}/mail/me/INBOX`);
    await page.locator('.row a.subject', { hasText: 'Secret' }).click();
    await body.getByText('Personne').waitFor();
    await until('the message is kept', async () => (await kept(page, 'message')) > 0);
  };
  const nothingIsKept = async (): Promise<void> => {
    expect(await kept(page, 'message')).toBe(0);
    expect(await page.evaluate<boolean>(`caches.has('estafette-kept')`)).toBe(false);
  };
  const signOut = async (): Promise<void> => {
    await page.click('.top-user > summary');
    await page.click('[data-action=logout]');
  };
  await signIn(page, served.url, agent());
  await turnOn(page);
  await read();
  await signOut();
  await page.waitForURL('**/login');
  await nothingIsKept();

  // It goes on by itself for the one who asked; a cookie that is gone is the end of a session too.
  await signIn(page, served.url, agent());
  await until('it is kept again', async () => (await kept(page, 'page')) > 0);
  await read();
  await context.setOffline(true);
  await page.goto(`${served.url}/compose?to=${encodeURIComponent(TO)}`);
  await filled(page, 'to', TO);
  await page.fill('#compose-subject', 'En attente');
  await page.locator('[data-draft-status]', { hasText: 'gardé sur cet appareil' }).waitFor();
  await page.locator('[data-action=send]').click();
  await page.waitForURL('**/offline');
  await context.clearCookies();
  await context.setOffline(false);
  await page.goto(`${served.url}/mail/me/INBOX`);
  await page.waitForURL('**/login**');
  await until('nothing is kept', async () => (await kept(page, 'message')) === 0);
  await nothingIsKept();

  // Somebody else is offered nothing of it, and does not send it.
  await signIn(page, served.url, agent(1));
  await page.goto(`${served.url}/offline`);
  await page.locator('[data-offline=off]').waitFor();
  expect(await page.locator('li[data-draft]').count()).toBe(0);
  expect(await page.content()).not.toContain('En attente');
  await page.click('.top-user > summary');
  await page.click('[data-action=logout]');
  await page.waitForURL('**/login');
  expect(sent('En attente')).toHaveLength(0);

  // Its author is back.
  await signIn(page, served.url, agent());
  await page.locator('.toast', { hasText: 'est parti' }).waitFor();
  await context.setOffline(true);
  await page.goto(`${served.url}/mail/me/INBOX`);
  await page.locator('.offline-notice').waitFor();
  await signOut();
  await page.getByText('la session reste ouverte sur le serveur').waitFor();
  await nothingIsKept();
  expect(sent('En attente')).toHaveLength(1);
  await context.close();
}, 120_000);
