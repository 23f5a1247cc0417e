import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { type App, createApp } from '../../src/app';
import { demoAgents, demoSites } from '../../src/demo/data';
import { type DemoSmtp, startDemoSmtp } from '../../src/demo/smtp';
import { parseAppConfig } from '../../src/sites';
import { WebAgent } from '../kit/agent';
import { useDovecot } from '../kit/dovecot';
import { openEventStream } from '../kit/event-stream';
import { type Page, textOf } from '../kit/html';
import { RawImap } from '../kit/raw-imap';
import { useSlapd } from '../kit/slapd';

const ROOT = path.resolve(__dirname, '..', '..');
const [saisons] = demoSites;
const agents = demoAgents.filter(({ site }) => site === 'saisons');
const [writer, reader] = agents;
if (!saisons || !writer || !reader) throw new Error('the sample ministry has changed');

const html = [
  'From: Institut <institut@quatre-vents.example>',
  `To: ${writer.mail}`,
  'Subject: =?utf-8?Q?Programme_d=C3=A9taill=C3=A9?=',
  'Date: Thu, 19 Nov 2026 09:42:00 +0100',
  'Message-ID: <programme@quatre-vents.example>',
  'MIME-Version: 1.0',
  'Content-Type: text/html; charset=utf-8',
  '',
  '<p>Bonjour <b>Madame</b></p><script>alert(1)</script><img src="https://tracker.example/p.gif">',
  '',
].join('\r\n');

const dovecot = useDovecot(() => ({
  users: agents.map(({ username, password, mail }) => ({
    username,
    password,
    aliases: [mail],
    mailboxes: [{ path: 'INBOX' }],
  })),
}));
const slapd = useSlapd();
let smtp: DemoSmtp;
let app: App;
let port: number;
let dataDir: string;

beforeAll(async () => {
  dataDir = mkdtempSync(path.join(os.tmpdir(), 'estafette-real-'));
  smtp = await startDemoSmtp({
    users: agents.map(({ username, password, mail }) => ({
      username,
      password,
      addresses: [mail],
    })),
    deliver: (username, raw) => dovecot().deliver(username, raw),
  });
  const { host, tlsPort, caFile } = dovecot();
  const config = parseAppConfig(
    {
      root: ROOT,
      app: {
        mode: 'development',
        listen: { host: '127.0.0.1', port: 0 },
        publicUrl: { scheme: 'http' },
        dataDir,
        log: { level: 'silent' },
      },
      sites: [
        {
          file: 'config/sites/saisons.json',
          value: {
            hosts: ['127.0.0.1'],
            title: saisons.title,
            mailDomains: [saisons.mailDomain],
            skin: 'saisons',
            imap: { host, port: tlsPort, security: 'tls', caFile, servername: 'localhost' },
            smtp: { host: smtp.host, port: smtp.port, security: 'none' },
            signIn: {
              kind: 'ldap',
              ldap: {
                // The first server is dead: the second one signs in.
                urls: ['ldap://127.0.0.1:1', slapd().url],
                startTls: true,
                caFile: slapd().caFile,
                bindDn: saisons.serviceDn,
                searchBase: saisons.baseDn,
              },
            },
            support: { name: 'Assistance' },
            plugins: { 'attachment-reminder': true },
          },
        },
      ],
    },
    { ESTAFETTE_SAISONS_LDAP_BIND_PASSWORD: saisons.servicePassword },
  );
  app = await createApp(config);
  port = (await app.start()).port;
  dovecot().deliver(writer.username, Buffer.from(html));
});
afterAll(async () => {
  await app?.stop();
  await smtp?.close();
  rmSync(dataDir, { recursive: true, force: true });
});

const signedIn = async (agent: typeof writer): Promise<WebAgent> => {
  const web = new WebAgent(`http://127.0.0.1:${port}`);
  const page = await web.signIn(agent.username, agent.password);
  expect(page.status).toBe(200);
  return web;
};
const linkTo = (page: Page, subject: string): string => {
  const link = page.all((element) => element.name === 'a' && textOf(element).includes(subject))[0];
  if (!link) throw new Error(`no link to ${subject}`);
  return link.attribs['href'] ?? '';
};
const composeForm = (page: Page) => {
  const form = page.all(
    (e) => e.name === 'form' && /^\/compose\/[^/]+$/.test(e.attribs['action'] ?? ''),
  )[0];
  if (!form) throw new Error('no compose form');
  return form;
};

describe('Dovecot, OpenLDAP and SMTP', () => {
  it('sign in by the directory with mail or uid, the first server being dead', async () => {
    const byMail = new WebAgent(`http://127.0.0.1:${port}`);
    const wrong = new WebAgent(`http://127.0.0.1:${port}`);

    expect((await byMail.signIn(writer.mail, writer.password)).status).toBe(200);
    expect((await wrong.signIn(writer.username, 'nope')).status).toBe(401);
  });

  it('create the mailboxes that a new account lacks', async () => {
    const web = await signedIn(writer);

    const page = await web.get('/mail/me/INBOX');
    const folders = page.all(
      (element) => element.name === 'a' && 'data-mailbox' in element.attribs,
    );

    expect(folders.length).toBeGreaterThanOrEqual(6);
  });

  it('show an HTML message without its script and without asking anybody for its image', async () => {
    const web = await signedIn(writer);
    const list = await web.get('/mail/me/INBOX');

    const message = await web.get(linkTo(list, 'Programme détaillé'));
    const body = await web.get(message.one('data-message-body').attribs['src'] ?? '');

    expect(body.text).toContain('<b>Madame</b>');
    expect(body.text).not.toMatch(/alert|tracker\.example/);
  });

  it('carry a reply with an attachment to the other agent, filed and marked', async () => {
    const web = await signedIn(writer);
    const list = await web.get('/mail/me/INBOX');
    const message = await web.get(linkTo(list, 'Programme détaillé'));
    const page = await web.get(message.one('data-action', 'reply').attribs['href'] ?? '');
    const upload = new FormData();
    for (const name of ['_csrf', 'mode', 'original', 'original_uidvalidity']) {
      upload.set(name, page.one('name', name).attribs['value'] ?? '');
    }
    upload.set('file', new Blob([Buffer.alloc(200_000, 7)]), 'données.bin');
    const action = composeForm(page).attribs['action'] ?? '';
    const uploaded = await web.raw(`${action}/attachments`, {
      method: 'POST',
      body: upload,
      headers: { Accept: 'application/json' },
    });
    expect(uploaded.status).toBe(201);

    const sent = await web.submit(page, {
      form: composeForm,
      button: 'send',
      fill: { to: reader.mail, subject: 'Re: Programme détaillé', text: 'Vu.', format: 'plain' },
    });
    const other = await signedIn(reader);
    const inbox = await other.get('/mail/me/INBOX');
    const received = await other.get(linkTo(inbox, 'Programme détaillé'));
    const file = await other.raw(received.one('data-attachment').attribs['href'] ?? '');
    const imap = await RawImap.login(dovecot(), writer.username, writer.password);
    await imap.ok('SELECT Sent');
    const filed = await imap.ok('FETCH 1 (BODY.PEEK[HEADER.FIELDS (SUBJECT MESSAGE-ID)])');
    await imap.ok('SELECT INBOX');
    const flags = await imap.ok('FETCH 1 (FLAGS)');
    imap.close();

    expect(sent.status).toBe(200);
    expect((await file.arrayBuffer()).byteLength).toBe(200_000);
    expect(JSON.stringify(filed)).toContain('Programme');
    expect(JSON.stringify(flags)).toContain('Answered');
  });

  it('push what another client does into the open list', async () => {
    const web = await signedIn(writer);
    await web.get('/mail/me/INBOX');
    const stream = await openEventStream(
      `http://127.0.0.1:${port}/events?mailbox=INBOX`,
      web.cookies,
    );
    const imap = await RawImap.login(dovecot(), writer.username, writer.password);

    await imap.append(
      'INBOX',
      Buffer.from(html.replace('Programme_d=C3=A9taill=C3=A9', 'Venu_d=27ailleurs')),
    );
    await stream.waitFor(/Venu d(&#39;|’|')ailleurs/, 15_000);
    await imap.ok('SELECT INBOX');
    await imap.ok('STORE 1 +FLAGS (\\Deleted)');
    await imap.ok('EXPUNGE');
    const list = await pollUntil(async () => {
      const page = await web.get('/mail/me/INBOX');
      return page.text.includes('Programme détaillé') ? undefined : page;
    });

    expect(stream.status).toBe(200);
    expect(list.status).toBe(200);
    stream.close();
    imap.close();
  }, 60_000);

  it('end the session everywhere at sign-out', async () => {
    const web = await signedIn(writer);
    const page = await web.get('/mail/me/INBOX');
    const old = web.cookies;

    await web.post('/logout', [['_csrf', page.one('name', 'csrf-token').attribs['content'] ?? '']]);
    const replay = await fetch(`http://127.0.0.1:${port}/mail/me/INBOX`, {
      headers: { Cookie: old, Accept: 'application/json' },
    });

    expect(replay.status).toBe(401);
  });
});

/** What another client did is shown by the next page at the latest; the loop only bounds the wait. */
async function pollUntil<T>(ask: () => Promise<T | undefined>): Promise<T> {
  for (let tries = 0; tries < 50; tries += 1) {
    const found = await ask();
    if (found !== undefined) return found;
  }
  throw new Error('never seen');
}
