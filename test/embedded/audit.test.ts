import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { AuditEntry } from '../../src/audit';
import { type DemoApp, startDemoApp } from '../../src/demo';
import { ADMINS, agentOf, pressed, signedIn, startAdminDemo } from '../kit/admin-stand';
import { WebAgent } from '../kit/agent';

const READER = 3;

/** The demonstration, with somebody who reads the log and administers nothing. */
let demo: DemoApp;
beforeAll(async () => {
  demo = await startAdminDemo([], {}, {}, {}, [
    {
      id: 'dpo',
      title: 'Protection des données',
      match: { logins: [agentOf(READER).username] },
      permissions: ['audit.read'],
    },
    {
      id: 'technique',
      title: 'Équipe technique',
      match: { logins: [agentOf(4).username] },
      permissions: ['admin.access'],
    },
  ]);
}, 60_000);
afterAll(async () => {
  await demo?.stop();
});

const lines = (query: object = {}): Promise<readonly AuditEntry[]> =>
  demo.app.audit.list({ limit: 500, ...query });
const newest = async (event: string): Promise<AuditEntry | undefined> =>
  (await lines({ event }))[0];

describe('what is written down', () => {
  it('of a sign-in, a refused one, and a sign-out: who, when, from where, why', async () => {
    const { username, password } = agentOf(ADMINS.agent);
    const web = new WebAgent(`http://127.0.0.1:${demo.port}`);
    await web.signIn(username, 'not-the-password');
    await web.signIn('Printemps-2024!', 'whatever');
    const page = await web.signIn(username, password);
    await pressed(web, page, 'logout');

    const [unknown, refused] = await lines({ event: 'session:refused' });
    expect(refused).toMatchObject({
      site: 'saisons',
      target: username,
      remote: '127.0.0.1',
      details: { code: 'session/credentials' },
    });
    expect(unknown?.target).toMatch(/^~[0-9a-f]{16}$/);
    const opened = await newest('session:opened');
    expect(opened).toMatchObject({
      actor: username,
      remote: '127.0.0.1',
      details: { via: 'ldap' },
    });
    expect(await newest('session:closed')).toMatchObject({
      actor: username,
      details: { reason: 'signed-out', session: opened?.details['session'] },
    });
    const all = JSON.stringify(await lines());
    expect(all).not.toContain(password);
    expect(all).not.toContain('not-the-password');
    expect(all).not.toContain('Printemps');
  });

  it('of what is exported and erased of a person', async () => {
    const { site, username } = agentOf(ADMINS.agent);
    const user = await demo.app.affairs.find(site as never, username);
    if (!user) throw new Error('nobody');

    await demo.app.affairs.records(user);
    await demo.app.affairs.erase(user);

    expect(await newest('user:exported')).toMatchObject({ target: username });
    expect(await newest('user:erased')).toMatchObject({
      target: username,
      actor: expect.stringMatching(/^cli/),
    });
  });

  it('is one chain a site, which holds', async () => {
    const { fault, lines: count } = await demo.app.audit.verify();

    expect(fault).toBeUndefined();
    expect(count).toBeGreaterThan(5);
  });

  it('leaves one line for a page that is read, after it', async () => {
    const reader = await signedIn(demo, READER);
    await reader.get('/admin/audit?event=session:&from=2020-01-01');
    await reader.get('/admin/audit?person=nobody');

    const [second, first] = await lines({ event: 'audit:read' });
    expect(first).toMatchObject({
      site: 'saisons',
      actor: agentOf(READER).username,
      remote: '127.0.0.1',
      details: { event: 'session:', from: '2020-01-01', lines: expect.any(Number) },
    });
    expect(second?.details).toEqual({ person: 'nobody', lines: 0 });
  });
});

describe('a reader', () => {
  let reader: WebAgent;
  beforeAll(async () => {
    reader = await signedIn(demo, READER);
  });

  it('reads the log of their own site, has it in the menu, and nothing else of the area', async () => {
    const home = await reader.get('/settings/display');
    expect(home.text).toContain('Journal');
    const page = await reader.get('/admin/audit');

    expect(page.status).toBe(200);
    const links = page
      .all(({ attribs }) => attribs['href'] !== undefined)
      .map((link) => link.attribs['href']);
    expect(links.filter((href) => href?.startsWith('/admin'))).toEqual(
      expect.arrayContaining(['/admin/audit']),
    );
    for (const path of ['/admin', '/admin/plugins', '/admin/history', '/admin/health']) {
      expect(links).not.toContain(path);
      expect((await reader.raw(path)).status).toBe(403);
    }
  });

  it('sees nothing of another site, nor what is looked for in all of them', async () => {
    await demo.app.audit.record({ site: 'marees' as never, event: 'test:elsewhere' });
    await demo.app.audit.record({ site: '*', event: 'test:everywhere' });
    const search = { person: 'somebody.searched', remote: '192.0.2.77' };
    await demo.app.audit.record({ site: '*', event: 'audit:read', details: search });
    expect((await reader.raw('/admin/audit?site=marees')).status).toBe(404);
    const page = await reader.get('/admin/audit');
    expect(page.text).not.toContain('marees');
    expect(page.text).not.toContain('test:elsewhere');
    expect(page.text).toContain('test:everywhere');
    expect(page.text).not.toContain('somebody.searched');
    const token = page.one('name', 'csrf-token').attribs['content'] ?? '';
    const file = await reader.post('/admin/audit/export', [['_csrf', token]]);
    expect(file.text).toContain('test:everywhere');
    expect(file.text).not.toContain('somebody.searched');
  });

  it('tells the program’s own doings from those of somebody whom nobody knows', async () => {
    const site = 'saisons' as never;
    await demo.app.audit.record({ site, event: 'test:program' });
    await demo.app.audit.record({ site, event: 'test:stranger', remote: '192.0.2.7' });

    expect((await reader.get('/admin/audit?event=test:program')).text).toContain('le programme');
    const page = await reader.get('/admin/audit?event=test:stranger');
    expect(page.text).toContain('personne de connecté');
    expect(page.text).not.toContain('le programme');
  });

  it('finds lines by event, person, address and days', async () => {
    const found = async (query: string) => {
      const page = await reader.get(`/admin/audit?${query}`);
      return (page.text.match(/>session:opened</g) ?? []).length;
    };
    const day = new Date().toISOString().slice(0, 10);
    const { username } = agentOf(READER);

    expect(await found(`event=session:opened&person=${username}&remote=127.0.0.1`)).toBeGreaterThan(
      0,
    );
    expect(await found('event=session&from=2020-01-01')).toBeGreaterThan(0);
    expect(await found('event=session:opened&to=2020-01-01')).toBe(0);
    expect(await found('event=session:opened&remote=192.0.2.99')).toBe(0);
    expect(await found(`event=session:opened&from=${day}&to=9999-12-31`)).toBeGreaterThan(0);
    expect((await reader.raw('/admin/audit?from=2026-02-31&to=%27%3B')).status).toBe(200);
    // And said: a reader must not take the whole log for one day of it.
    const odd = await reader.get('/admin/audit?from=2026-99-99');
    expect(odd.text).toMatch(/name="from"[^>]*aria-invalid="true"/);
    expect(odd.text).not.toMatch(/name="to"[^>]*aria-invalid/);
    expect((await reader.raw('/admin/audit?event=session:&event=x&before=-1')).status).toBe(200);
  });

  it('takes lines away as CSV without formulas, or as JSON, which is written down first', async () => {
    await demo.app.audit.record({
      site: 'saisons' as never,
      actor: '=cmd|calc',
      event: 'test:hostile',
      target: '@SUM(A1)',
    });
    const page = await reader.get('/admin/audit?event=test:hostile');
    const csv = await pressed(reader, page, 'export');
    const token = page.one('name', 'csrf-token').attribs['content'] ?? '';
    const json = await reader.post('/admin/audit/export', [
      ['_csrf', token],
      ['event', 'test:hostile'],
      ['format', 'jsonl'],
    ]);

    expect(csv.text.split('\r\n').filter(Boolean)).toHaveLength(2);
    expect(csv.text).toContain(`"'=cmd|calc"`);
    expect(csv.text).toContain(`"'@SUM(A1)"`);
    expect(json.headers.get('content-type')).toContain('application/x-ndjson');
    expect(json.headers.get('content-disposition')).toMatch(/audit-[\d-]+\.jsonl/);
    const chain = { seq: expect.any(Number), hash: expect.stringMatching(/^[0-9a-f]{64}$/) };
    const line: unknown = JSON.parse(json.text.trim());
    expect(line).toMatchObject({ actor: '=cmd|calc', chain });
    // What a later verification is held against leaves with the lines.
    expect(csv.text).toContain((line as { chain: { hash: string } }).chain.hash);
    expect((await lines({ event: 'audit:exported' })).slice(0, 2)).toMatchObject([
      {
        actor: agentOf(READER).username,
        details: { event: 'test:hostile', lines: 1, format: 'jsonl' },
      },
      { details: { lines: 1, format: 'csv' } },
    ]);
  });

  it('takes away more than one page, each line once, in order', async () => {
    for (let n = 0; n < 1_100; n += 1) {
      await demo.app.audit.record({
        site: 'saisons' as never,
        event: 'test:many',
        target: `n${n}`,
      });
    }
    const page = await reader.get('/admin/audit?event=test:many');
    const token = page.one('name', 'csrf-token').attribs['content'] ?? '';
    const json = await reader.post('/admin/audit/export', [
      ['_csrf', token],
      ['event', 'test:many'],
      ['format', 'jsonl'],
    ]);

    const targets = json.text
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { target: string }).target);
    expect(targets).toEqual(Array.from({ length: 1_100 }, (_, n) => `n${1_099 - n}`));
  }, 60_000);
});

it('is closed to agents and to administrators who are not its readers', async () => {
  for (const index of [ADMINS.agent, 4]) {
    const web = await signedIn(demo, index);
    const token = (await web.get('/settings/display')).one('name', 'csrf-token').attribs['content'];
    expect((await web.raw('/admin/audit')).status).toBe(403);
    const sent = await web.post('/admin/audit/export', [['_csrf', token ?? '']]);
    expect(sent.status).toBe(403);
    expect(sent.text).toContain('réservé aux personnes chargées de le lire');
  }
  const refused = await lines({ event: 'security:refused', actor: agentOf(ADMINS.agent).username });
  expect(refused).toMatchObject([
    { remote: '127.0.0.1', details: { code: 'request/forbidden', reason: 'audit' } },
  ]);
  const technical = await signedIn(demo, 4);
  const overview = await technical.get('/admin');
  expect(overview.status).toBe(200);
  expect(
    overview
      .all(({ attribs }) => attribs['href'] !== undefined)
      .map((link) => link.attribs['href']),
  ).not.toContain('/admin/audit');
});

it('is named among what the platform depends on', async () => {
  const platform = await signedIn(demo, ADMINS.platform);
  const page = await platform.get('/admin/health');

  expect(page.text).toContain('Journal des actions');
});

it('is sent on while the program runs, up to its last line', async () => {
  const dir = mkdtempSync(path.join(tmpdir(), 'audit-'));
  const file = path.join(dir, 'soc.jsonl');
  const other = await startDemoApp({
    root: path.resolve(__dirname, '..', '..'),
    port: 0,
    app: { log: { level: 'silent' }, audit: { stream: { kind: 'file', path: file } } },
  });
  try {
    const web = await signedIn(other, ADMINS.agent);
    await web.get('/settings/display');
  } finally {
    await other.stop();
  }

  const sent = readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as AuditEntry & { chain: { seq: number } });
  expect(sent).toContainEqual(
    expect.objectContaining({ event: 'session:opened', actor: agentOf(ADMINS.agent).username }),
  );
  expect(sent.map(({ id }) => id)).toEqual(sent.map((_, n) => n + 1));
  rmSync(dir, { recursive: true });
}, 60_000);
