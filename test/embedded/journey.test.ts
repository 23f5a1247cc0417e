import path from 'node:path';
import { type DemoApp, startDemoApp } from '../../src/demo';
import { WebAgent } from '../kit/agent';
import { agentAt } from '../kit/demo-agents';
import { type Page, textOf } from '../kit/html';

const ROOT = path.resolve(__dirname, '..', '..');
let demo: DemoApp;

beforeAll(async () => {
  demo = await startDemoApp({ root: ROOT, port: 0 });
});
afterAll(async () => {
  await demo?.stop();
});

const agentOf = (index: number) => agentAt(demo, index);
const signedIn = async (index: number): Promise<WebAgent> => {
  const { username, password } = agentOf(index);
  const web = new WebAgent(`http://127.0.0.1:${demo.port}`);
  const page = await web.signIn(username, password);
  expect(page.status).toBe(200);
  return web;
};
const rows = (page: Page) => page.all((element) => 'data-uid' in element.attribs);
const composeForm = (page: Page) => {
  const form = page.all(
    (element) =>
      element.name === 'form' && /^\/compose\/[^/]+$/.test(element.attribs['action'] ?? ''),
  )[0];
  if (!form) throw new Error('no compose form');
  return form;
};

describe('a day without scripts', () => {
  it('refuses a wrong password with the form and 401', async () => {
    const web = new WebAgent(`http://127.0.0.1:${demo.port}`);

    const page = await web.signIn(agentOf(0).username, 'wrong');

    expect(page.status).toBe(401);
    expect(page.find('name', 'password')).toBeDefined();
  });

  it('answers 421 to a host that nobody declared', async () => {
    const response = await fetchWithHost(demo.port, 'unknown.example');

    expect(response).toBe(421);
  });

  it('lists fifty messages, newest first, with the contract’s markup', async () => {
    const web = await signedIn(0);

    const page = await web.get('/mail/me/INBOX');

    expect(page.one('data-message-list').attribs['data-mailbox']).toBe('INBOX');
    expect(Number(page.one('data-message-list').attribs['data-total'])).toBeGreaterThan(150);
    expect(rows(page)).toHaveLength(50);
    expect(page.find('name', 'csrf-token')?.attribs['content']).toMatch(/\S{20}/);
  });

  it('opens an HTML message in its own locked document', async () => {
    const web = await signedIn(0);
    const list = await web.get('/mail/me/INBOX');
    const link = list.all(
      (element) =>
        element.name === 'a' && (element.attribs['class'] ?? '').split(' ').includes('subject'),
    )[0];

    const message = await web.get(link?.attribs['href'] ?? '');
    const frame = message.one('data-message-body');
    const body = await web.get(frame.attribs['src'] ?? '');

    expect(textOf(message.one('data-message-subject'))).not.toBe('');
    expect(frame.attribs['sandbox']).toBe('allow-popups allow-popups-to-escape-sandbox');
    expect(body.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(body.headers.get('content-security-policy')).toContain('sandbox');
  });

  it('replies with an attachment, and the other agent reads it', async () => {
    const writer = await signedIn(0);
    const reader = agentOf(1);
    const subject = `Compte rendu ${Date.now()}`;
    const page = await writer.get('/compose');
    const form = composeForm(page);
    const upload = new FormData();
    upload.set('_csrf', page.one('name', '_csrf').attribs['value'] ?? '');
    upload.set('file', new Blob(['bonjour le fichier'], { type: 'text/plain' }), 'notes été.txt');
    const uploaded = await writer.raw(`${form.attribs['action']}/attachments`, {
      method: 'POST',
      body: upload,
      headers: { Accept: 'application/json' },
    });
    expect(uploaded.status).toBe(201);

    const sent = await writer.submit(page, {
      form: composeForm,
      button: 'send',
      fill: {
        to: reader.mail,
        subject,
        text: 'Bonjour,\n\nVoici le compte rendu.\n',
        format: 'plain',
      },
    });
    expect(sent.status).toBe(200);
    const web = await signedIn(1);
    const inbox = await web.get('/mail/me/INBOX');
    const row = rows(inbox).find((element) => textOf(element).includes(subject));
    const link = inbox.all(
      (element) => element.name === 'a' && textOf(element).includes(subject),
    )[0];
    const message = await web.get(link?.attribs['href'] ?? '');
    const file = await web.raw(message.one('data-attachment').attribs['href'] ?? '');

    expect(row).toBeDefined();
    expect(await file.text()).toBe('bonjour le fichier');
    expect(file.headers.get('content-disposition')).toContain(
      "filename*=UTF-8''notes%20%C3%A9t%C3%A9.txt",
    );
    expect(file.headers.get('content-security-policy')).toContain('sandbox');
  });

  it('signs out everywhere at once', async () => {
    const web = await signedIn(2);
    const stolen = web.cookies;
    const page = await web.get('/mail/me/INBOX');

    await web.post('/logout', [['_csrf', page.one('name', 'csrf-token').attribs['content'] ?? '']]);
    const replay = await fetch(`http://127.0.0.1:${demo.port}/mail/me/INBOX`, {
      headers: { Cookie: stolen, Accept: 'application/json' },
    });

    expect(replay.status).toBe(401);
  });
});

/** fetch() does not let a test choose the Host header. */
async function fetchWithHost(port: number, host: string): Promise<number> {
  const { request } = await import('node:http');
  return new Promise((resolve, reject) => {
    request({ host: '127.0.0.1', port, path: '/login', headers: { Host: host } }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    })
      .on('error', reject)
      .end();
  });
}
