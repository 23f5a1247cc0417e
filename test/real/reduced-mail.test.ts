import path from 'node:path';
import type { Element } from 'domhandler';
import { type DemoApp, startDemoApp } from '../../src/demo';
import { DEMO_MAILBOXES, demoAgents } from '../../src/demo/data';
import { type PrivateDovecot, startDovecot } from '../../src/demo/real/dovecot';
import { WebAgent } from '../kit/agent';
import { composerOf } from '../kit/compose-page';
import { type Page, textOf } from '../kit/html';

const ROOT = path.resolve(__dirname, '..', '..');
const agent = demoAgents.find(({ site }) => site === 'saisons');
if (!agent) throw new Error('no agents');
const { username, password } = agent;

const REST = 'IMAP4rev1 LITERAL+ ENABLE NAMESPACE UNSELECT CHILDREN';
const PARTS = {
  'MOVE and UIDPLUS': ['MOVE', 'UIDPLUS'],
  'SORT, THREAD and ESEARCH': ['SORT', 'THREAD=REFERENCES', 'ESEARCH'],
  'CONDSTORE and IDLE': ['CONDSTORE', 'IDLE'],
  'LIST-EXTENDED, SPECIAL-USE and QUOTA': ['LIST-EXTENDED', 'LIST-STATUS', 'SPECIAL-USE', 'QUOTA'],
} as const;
const SETS: readonly (readonly [string, string])[] = [
  ['all of these', 'IMAP4rev1'],
  ...Object.entries(PARTS).map(([name, left]): [string, string] => [
    name,
    [REST, ...Object.values(PARTS).filter((one) => one !== left)].flat().join(' '),
  ]),
];

interface Stand {
  readonly dovecot: PrivateDovecot;
  readonly web: WebAgent;
  /** Answers of the product that say that it failed. */
  readonly failed: readonly string[];
  close(): Promise<void>;
}

/** The whole product before a server that says no more of itself than this. */
async function aStand(options: {
  readonly capabilities?: string;
  readonly quotaMegabytes?: number;
}): Promise<Stand> {
  const mailboxes = DEMO_MAILBOXES;
  const dovecot = await startDovecot({ users: [{ username, password, mailboxes }], ...options });
  const imap = { host: dovecot.host, port: dovecot.port, security: 'none' };
  const demo: DemoApp = await startDemoApp({
    root: ROOT,
    port: 0,
    seed: false,
    site: (id, file) => (id === 'saisons' ? { ...file, imap } : file),
    app: { log: { level: 'silent' } },
  });
  const failed: string[] = [];
  const web = new (class extends WebAgent {
    override async raw(to: string, init: RequestInit = {}): Promise<Response> {
      const answer = await super.raw(to, init);
      // 507 is the answer to what a full mailbox cannot hold (RFC 4918 11.5).
      if (answer.status >= 500 && answer.status !== 507)
        failed.push(`${init.method ?? 'GET'} ${to}: ${answer.status}`);
      return answer;
    }
  })(`http://127.0.0.1:${demo.port}`);
  await web.signIn(username, password);
  const close = async (): Promise<void> => {
    await demo.stop();
    await dovecot.close();
  };
  return { dovecot, web, failed, close };
}

const message = (number: number): string =>
  [
    `Message-ID: <m${number}@reduced.example>`,
    ...(number === 3 ? ['References: <m1@reduced.example>'] : []),
    `From: ${number % 2 === 0 ? 'Odile <odile@saisons.example>' : 'Bo <bo@vents.example>'}`,
    `To: ${agent.mail}`,
    `Subject: ${number === 3 ? 'Re: sujet 1' : `sujet ${number}`}`,
    `Date: ${new Date(Date.UTC(2026, 0, number)).toUTCString()}`,
    '',
    `mot${number} ${'x'.repeat(number * 200)}`,
    '',
  ].join('\r\n');

const INBOX = '/mail/me/INBOX';
const subjects = (page: Page): readonly string[] =>
  page
    .all((e) => e.name === 'a' && (e.attribs['class'] ?? '').split(' ').includes('subject'))
    .map((e) => textOf(e).trim());
const token = (page: Page): string => page.one('name', 'csrf-token').attribs['content'] ?? '';
const hrefTo = (page: Page, subject: string): string => {
  const link = page.all((e) => e.name === 'a' && textOf(e).trim() === subject)[0];
  if (!link) throw new Error(`no link to ${subject}: ${subjects(page).join(', ')}`);
  return link.attribs['href'] ?? '';
};
const uidOf = (page: Page, subject: string): string =>
  /INBOX\/(\d+)/.exec(hrefTo(page, subject))?.[1] ?? '';

/** One action on messages of the inbox, as a form makes it. */
async function act(
  web: WebAgent,
  verb: string,
  names: readonly string[],
  fields: Readonly<Record<string, string>> = {},
): Promise<Page> {
  const page = await web.get(`${INBOX}?sort=arrival&order=asc`);
  const validity = page.all((e) => e.attribs['name'] === 'uidvalidity')[0]?.attribs['value'] ?? '';
  return web.post(`${INBOX}/actions/${verb}`, [
    ['_csrf', token(page)],
    ['uidvalidity', validity],
    ...names.map((name): [string, string] => ['uid', uidOf(page, name)]),
    ...Object.entries(fields),
  ]);
}

/** Takes back what the page offers to take back. */
const undo = (web: WebAgent, page: Page): Promise<Page> =>
  web.submit(page, { form: (found) => found.one('data-action', 'undo').parent as Element });

/** A message written in the composer; where its button leads, and the page that answers. */
async function write(web: WebAgent, fill: Readonly<Record<string, string>>, to: '' | '/send') {
  const { action, fields } = composerOf(await web.get('/compose'));
  const filled = fields.map(([name, value]): [string, string] => [name, fill[name] ?? value]);
  const page = await web.post(`${action}${to}`, filled);
  return { action, page };
}

/** Messages of a mailbox as the server itself counts them. */
async function count({ dovecot }: Stand, mailbox: string): Promise<number> {
  const said = await dovecot.doveadm('mailbox', 'status', '-u', username, 'messages', mailbox);
  return Number(/messages=(\d+)/.exec(said)?.[1]);
}

describe.each(SETS)('a server without %s', (_name, capabilities) => {
  let stand: Stand;
  beforeAll(async () => {
    stand = await aStand({ capabilities });
    for (let number = 1; number <= 12; number++) stand.dovecot.deliver(username, message(number));
  }, 60_000);
  afterAll(async () => {
    await stand?.close();
  });
  afterEach(() => {
    expect(stand.failed).toEqual([]);
  });

  it('is listed in every order and by filters, by conversation too', async () => {
    const { web } = stand;
    const first = async (query: string) => subjects(await web.get(`${INBOX}?${query}`))[0];
    expect(await first('sort=date&order=asc')).toBe('sujet 1');
    expect(await first('sort=date&order=desc')).toBe('sujet 12');
    expect(await first('sort=size&order=desc')).toBe('sujet 12');
    expect(await first('sort=from&order=asc')).toBe('sujet 11');
    expect(await first('sort=subject&order=desc')).toBe('sujet 9');
    await act(web, 'flag', ['sujet 5'], { flag: 'flagged', on: '1' });
    await act(web, 'label', ['sujet 6'], { keyword: '$label1', on: '1' });
    await act(web, 'flag', ['sujet 7'], { flag: 'seen', on: '1' });
    expect(subjects(await web.get(`${INBOX}?flagged=1`))).toEqual(['sujet 5']);
    expect(subjects(await web.get(`${INBOX}?label=%24label1`))).toEqual(['sujet 6']);
    expect(subjects(await web.get(`${INBOX}?unread=1`))).toHaveLength(11);
    expect(subjects(await web.get(`${INBOX}?from=odile`))).toHaveLength(6);
    expect(subjects(await web.get(`${INBOX}?threads=1`))).toHaveLength(11);
  });

  it('opens a message and its conversation', async () => {
    const { web } = stand;
    const message = await web.get(hrefTo(await web.get(INBOX), 'sujet 4'));
    const body = await web.get(`${INBOX}/${uidOf(message, 'sujet 4')}/body`);
    const talk = await web.get(hrefTo(await web.get(`${INBOX}?threads=1`), 'Re: sujet 1'));

    expect(message.status).toBe(200);
    expect(body.text).toContain('mot4');
    expect(talk.text).toContain('Re: sujet 1');
    expect(talk.status).toBe(200);
  });

  it('moves, archives, files as junk, deletes and takes back, and loses nothing', async () => {
    const { web } = stand;
    const home = await count(stand, 'INBOX');
    for (const [verb, fields, to] of [
      ['move', { to: 'Projets' }, 'Projets'],
      ['archive', {}, 'Archive'],
      ['junk', {}, 'Junk'],
      ['delete', {}, 'Trash'],
    ] as const) {
      const away = await count(stand, to);
      const done = await act(web, verb, ['sujet 8', 'sujet 9'], fields);
      expect([verb, done.status]).toEqual([verb, 200]);
      expect(subjects(await web.get(INBOX))).not.toContain('sujet 8');
      expect([await count(stand, 'INBOX'), await count(stand, to)]).toEqual([home - 2, away + 2]);
      await undo(web, done);
      expect([await count(stand, 'INBOX'), await count(stand, to)]).toEqual([home, away]);
      expect(subjects(await web.get(`${INBOX}?sort=arrival`))).toContain('sujet 8');
    }
    const copied = await act(web, 'copy', ['sujet 2'], { to: 'Archive' });
    expect(copied.status).toBe(200);
    expect(subjects(await web.get('/mail/me/Archive'))).toContain('sujet 2');
    expect(subjects(await web.get(INBOX))).toContain('sujet 2');
  });

  it('makes and renames mailboxes, and is searched everywhere', async () => {
    const { web } = stand;
    const page = await web.get('/mailboxes');
    const post = (to: string, fields: readonly [string, string][]) =>
      web.post(to, [['_csrf', token(page)], ...fields]);
    const made = await post('/mailboxes/create', [
      ['name', 'Été'],
      ['parent', ''],
    ]);
    const named = await post('/mailboxes/place', [
      ['path', 'Été'],
      ['name', 'Automne'],
      ['parent', ''],
    ]);
    const found = await web.get('/search?q=subject%3A%22sujet%2010%22&wait=1');

    expect([made.status, named.status]).toEqual([200, 200]);
    expect(named.text).toContain('Automne');
    expect(found.text).toContain('sujet 10');
  });

  it('keeps what is written, and a copy of what is sent', async () => {
    const { web } = stand;
    const fill = { to: agent.mail, subject: 'Brouillon', text: 'Des mots' };
    const saved = await write(web, fill, '');
    const sent = await write(web, { ...fill, subject: 'Envoi' }, '/send');

    expect([saved.page.status, sent.page.status]).toEqual([200, 200]);
    expect(composerOf(saved.page).fields).toContainEqual(['subject', 'Brouillon']);
    expect(subjects(await web.get('/mail/me/Drafts'))).toContain('Brouillon');
    expect(subjects(await web.get('/mail/me/Sent'))).toContain('Envoi');
  });
});

describe('a mailbox that is full', () => {
  let stand: Stand;
  beforeAll(async () => {
    stand = await aStand({ quotaMegabytes: 1 });
    stand.dovecot.deliver(username, `${message(1)}${'y'.repeat(76)}\r\n`);
    const heavy = `${message(2)}${`${'y'.repeat(76)}\r\n`.repeat(15_000)}`;
    stand.dovecot.deliver(username, heavy);
  }, 60_000);
  afterAll(async () => {
    await stand?.close();
  });

  it('refuses a copy in words, and keeps the message', async () => {
    const copied = await act(stand.web, 'copy', ['sujet 2'], { to: 'Archive' });

    expect(copied.status).toBe(507);
    expect(copied.text).toContain('Votre boîte est pleine');
    expect([await count(stand, 'INBOX'), await count(stand, 'Archive')]).toEqual([2, 0]);
  });

  it('keeps a draft here and says so; the message leaves, and its copy is offered again', async () => {
    const { web } = stand;
    const fill = { to: agent.mail, subject: 'Pleine', text: `Des mots ${'z'.repeat(20_000)}` };
    const saved = await write(web, fill, '');
    expect(saved.page.status).toBe(200);
    expect(saved.page.text).toContain('pas pu être écrit dans le dossier Brouillons');
    const kept = new Map(composerOf(await web.get(saved.action)).fields);
    expect(kept.get('text')).toContain('Des mots');
    expect(await count(stand, 'Drafts')).toBe(0);
    const sent = await write(web, { ...fill, subject: 'Partie' }, '/send');
    expect(sent.page.status).toBe(200);
    expect(sent.page.text).toContain('Sa copie dans Éléments envoyés sera ajoutée');
    expect(await count(stand, 'Sent')).toBe(0);

    // Room again: the copy is put where it belongs, once.
    await stand.dovecot.doveadm('expunge', '-u', username, 'mailbox', 'INBOX', 'all');
    const page = await web.get(INBOX);
    await web.post(`${sent.action}/copy`, [
      ['_csrf', token(page)],
      ['place', 'sent'],
    ]);
    expect(await count(stand, 'Sent')).toBe(1);
    expect(subjects(await web.get('/mail/me/Sent'))).toContain('Partie');
    expect(stand.failed).toEqual([]);
  });
});
