import path from 'node:path';
import { type DemoApp, startDemoApp } from '../../src/demo';
import type { DemoStack } from '../../src/demo/stack';
import { WebAgent } from '../kit/agent';
import { composerOf, type Fields } from '../kit/compose-page';
import type { Page } from '../kit/html';
import { memoryOf } from '../kit/memory-stack';
import { type MovingClock, movingClock } from '../kit/moving-clock';

const ROOT = path.resolve(__dirname, '..', '..');
const SUBJECT = 'au propre';
const OTHER = 'Ce brouillon a été modifié dans un autre onglet';

let demo: DemoApp;
let web: WebAgent;
let username: string;
let clock: MovingClock;

const memory = (): DemoStack => memoryOf(demo);

const deliver = (subject: string): number =>
  memory().imap.deliver(
    username,
    `From: a@b.example\r\nTo: x@y.example\r\nSubject: ${subject}\r\nMessage-ID: <${subject.length}@b.example>\r\n\r\nmots\r\n`,
  );

beforeAll(async () => {
  clock = movingClock();
  demo = await startDemoApp({
    root: ROOT,
    port: 0,
    seed: false,
    app: { log: { level: 'silent' } },
    options: { clock },
  });
  web = new WebAgent(`http://127.0.0.1:${demo.port}`);
  const agent = demo.stack.agents[0];
  username = agent?.username ?? '';
  await web.signIn(username, agent?.password ?? '');
  deliver(SUBJECT);
}, 60_000);
afterAll(async () => {
  await demo?.stop();
});

const withText = (fields: Fields, text: string): Fields =>
  fields.map(([name, value]) => [name, name === 'text' ? text : value]);

function multipart(fields: Fields, filename: string): FormData {
  const body = new FormData();
  for (const [name, value] of fields) if (name !== 'file') body.append(name, value);
  body.append('file', new Blob(['octets']), filename);
  return body;
}

/** One draft open in two tabs: the first saved since, twice; the second still has what it read. */
async function twoTabs(): Promise<{ readonly action: string; readonly second: Fields }> {
  const { action, fields } = composerOf(await web.get('/compose'));
  await web.post(action, withText(fields, 'départ'));
  const second = composerOf(await web.get(action));
  await web.post(action, withText(second.fields, 'du premier onglet'));
  return { action, second: withText(second.fields, 'du second onglet') };
}

const textOfDraft = (page: Page): string =>
  composerOf(page).fields.find(([name]) => name === 'text')?.[1] ?? '';

describe('a form without script that meets another tab’s text', () => {
  it('is told when it saves', async () => {
    const { action, second } = await twoTabs();
    const page = await web.post(action, second);
    expect(page.status).toBe(409);
    expect(page.text).toContain(OTHER);
    expect(textOfDraft(page)).toBe('du second onglet');
  });

  it('is told when it joins a file', async () => {
    const { action, second } = await twoTabs();
    const response = await web.raw(`${action}/attachments`, {
      method: 'POST',
      body: multipart(second, 'note.txt'),
    });
    const page = await response.text();
    expect(response.status).toBe(409);
    expect(page).toContain(OTHER);
    expect(page).toContain('note.txt');
  });

  it('has its file in the draft that took its text', async () => {
    const { action, second } = await twoTabs();
    await web.post(action, second);
    // The first tab again: its revision moved to the other draft, and so does all it does.
    const first: Fields = second.map(([name, value]) => [
      name,
      name === 'text'
        ? 'encore le premier'
        : name === 'revision'
          ? String(Number(value) + 1)
          : value,
    ]);
    const response = await web.raw(`${action}/attachments`, {
      method: 'POST',
      body: multipart(first, 'premier.txt'),
    });
    const page = await response.text();
    const moved = /action="(\/compose\/[A-Za-z0-9_-]+)"/.exec(page)?.[1] ?? '';

    expect(moved).not.toBe(action);
    expect((await web.get(moved)).text).toContain('premier.txt');
    expect(textOfDraft(await web.get(moved))).toBe('encore le premier');
    expect((await web.get(action)).text).not.toContain('premier.txt');
  });

  it('removes a file that it shows, and the other tab keeps its own', async () => {
    const { action, fields } = composerOf(await web.get('/compose'));
    const joined = await web.raw(`${action}/attachments`, {
      method: 'POST',
      body: multipart(withText(fields, 'départ'), 'joint.txt'),
    });
    await joined.text();
    const page = await web.get(action);
    const first = composerOf(page).fields;
    const remove = new RegExp(`${action}/attachments/[^/"]+/remove`).exec(page.text)?.[0] ?? '';
    await web.post(action, withText(first, 'du second onglet'));
    await web.post(action, withText(first, 'du premier onglet'));
    // Its revision moved to the draft that the conflict made, and the files are copies there.
    const second = withText(first, 'encore le second').map(([name, value]): [string, string] => [
      name,
      name === 'revision' ? String(Number(value) + 1) : value,
    ]);

    const answer = await web.post(remove, second);
    const moved = /action="(\/compose\/[A-Za-z0-9_-]+)"/.exec(answer.text)?.[1] ?? '';

    expect(moved).not.toBe(action);
    expect(textOfDraft(await web.get(moved))).toBe('encore le second');
    expect((await web.get(moved)).text).not.toContain('joint.txt');
    expect((await web.get(action)).text).toContain('joint.txt');
  });

  it('makes no draft anew to remove a file of one that is gone', async () => {
    const { action, fields } = composerOf(await web.get('/compose'));

    const answer = await web.post(`${action}/attachments/none/remove`, fields);

    expect(answer.status).toBe(404);
    expect((await web.get(action)).status).toBe(404);
  });

  it('keeps words that come after the file', async () => {
    const { action, fields } = composerOf(await web.get('/compose'));
    const body = multipart(
      fields.filter(([name]) => name !== 'text'),
      'avant.txt',
    );
    body.append('text', 'après le fichier');
    await (await web.raw(`${action}/attachments`, { method: 'POST', body })).text();
    const page = await web.get(action);
    expect(page.text).toContain('avant.txt');
    expect(textOfDraft(page)).toBe('après le fichier');
  });
});

describe('the result of an action', () => {
  const CLEARED = /flash=;/;
  it('waits for a page that shows it', async () => {
    const { action, fields } = composerOf(await web.get('/compose'));
    const body = new URLSearchParams(withText(fields, 'à dire'));
    await (await web.raw(action, { method: 'POST', body })).text();

    const fragment = await web.raw('/mail/me/INBOX/1', { headers: { 'Turbo-Frame': 'reading' } });
    expect(await fragment.text()).toContain(SUBJECT);
    expect(fragment.headers.getSetCookie().join()).not.toMatch(CLEARED);
    const bare = await web.raw('/mail/me/INBOX/1/headers');
    await bare.text();
    expect(bare.headers.getSetCookie().join()).not.toMatch(CLEARED);

    const page = await web.raw('/mail/me/INBOX');
    expect(await page.text()).toContain('<est-toast');
    expect(page.headers.getSetCookie().join()).toMatch(CLEARED);
  });
});

describe('a page to print', () => {
  it('has the header and the body', async () => {
    const page = await web.get('/mail/me/INBOX/1/print');
    expect(page.status).toBe(200);
    expect(page.text).toContain(SUBJECT);
    expect(page.text).toContain('a@b.example');
    expect(page.text).toContain('mots');
  });

  it('of another account is not found', async () => {
    expect((await web.get('/mail/anyone/INBOX/1/print')).status).toBe(404);
  });
});

describe('pages without folders', () => {
  it.each(['/settings/display', '/home'])('%s ask the mail server nothing', async (page) => {
    deliver(`pour ${page}`);
    clock.forward(60_000);
    await web.get('/mail/me/INBOX');
    clock.forward(2 * 60_000);
    memory().imap.faults.down(true);
    const { status, text } = await web.get(page);
    memory().imap.faults.clear();
    expect(status).toBe(200);
    // The badge of the last folders read; their own would be gone with the server.
    expect(text).toMatch(/[12] non lus?</);
  });
});
