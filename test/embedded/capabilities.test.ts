import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { type DemoApp, startDemoApp } from '../../src/demo';
import type { PluginContext } from '../../src/host';
import type { PersonRef } from '../../src/kernel/hook-types';
import type { WebAgent } from '../kit/agent';
import { agentAt } from '../kit/demo-agents';
import { FORBIDDEN_NAMES, type Given, HOARDER, hoarder } from '../kit/hoarding-plugin';
import { walk } from '../kit/hook-journey';
import { textOf } from '../kit/html';
import { movingClock } from '../kit/moving-clock';
import { type Forbidden, findForbidden, isOwnConnection } from '../kit/payload-walk';
import { signedInDemo } from '../kit/signed-in-demo';
import { tempTree } from '../unit/host/kit';

const ROOT = path.resolve(__dirname, '..', '..');
const ID = HOARDER;
const CANARY = 'canary-of-the-environment-7f3a91';

describe('what a plugin is handed', () => {
  const given: Given[] = [];
  const clock = movingClock();
  const plugin = hoarder(given);
  let demo: DemoApp;
  let forbidden: Forbidden;
  let web: WebAgent;

  beforeAll(async () => {
    process.env['ESTAFETTE_CANARY'] = CANARY;
    const signedIn = await signedInDemo({ options: { clock } }, [plugin]);
    ({ demo, web } = signedIn);
    const { page } = signedIn;
    await web.get('/recorder/use');
    const token = page.all((e) => e.attribs['name'] === '_csrf')[0]?.attribs['value'] ?? '';
    await web.post(
      '/recorder/use',
      [
        ['_csrf', token],
        ['note', 'x'],
      ],
      { Origin: web.base },
    );
    await walk(demo, clock);
    // The walk takes the account back, which ends the other sessions of its person.
    const { username, password } = agentAt(demo, 0);
    await web.signIn(username, password);
    await web.get('/recorder/use');
    for (const { id } of demo.app.jobs.list())
      if (id.startsWith(ID)) await demo.app.jobs.runNow(id);
    const cookies = web.cookies.split('; ').map((one) => one.slice(one.indexOf('=') + 1));
    forbidden = {
      names: FORBIDDEN_NAMES,
      values: [CANARY, demo.stack.agents[0]?.password ?? '', ...cookies].filter(
        (value) => value.length > 5,
      ),
    };
  }, 120_000);

  afterAll(async () => {
    delete process.env['ESTAFETTE_CANARY'];
    await demo.stop();
  });

  const whats = (): readonly string[] => given.map(({ what }) => what);

  it('has been looked at: hooks, slots, routes, jobs, answers and errors', () => {
    expect(whats().filter((what) => what.startsWith('hook ')).length).toBeGreaterThan(25);
    expect(whats().filter((what) => what.startsWith('slot ')).length).toBeGreaterThan(12);
    expect(whats()).toEqual(
      expect.arrayContaining(['GET', 'POST', 'job', 'message', 'a query', 'no part: error']),
    );
  });

  it('finds people in the directory of the site', () => {
    const found = given.find(({ what }) => what === 'directory')?.value;

    expect(found).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ type: 'person', mails: [expect.stringContaining('@')] }),
      ]),
    );
  });

  it('asks it questions, and changes the entry of who is there as they may', () => {
    const value = (what: string) => given.find((one) => one.what === what)?.value;
    const { dn } = agentAt(demo, 0);

    expect(value('directories')).toEqual([expect.objectContaining({ id: 'sign-in' })]);
    expect(value('a question')).toMatchObject({ entries: { length: 3 }, isCut: true });
    expect(value('a picture')).toMatchObject({ type: 'image/jpeg' });
    expect(value('own entry')).toMatchObject({ dn });
    expect(value('own change: error')).toBeUndefined();
    expect(value('own entry changed')).toMatchObject({ dn, attributes: { roomnumber: ['Z9'] } });
    expect(value('own change refused: error')).toMatchObject({ code: 'directory/refused' });
  });

  it('adds messages and reads them as the person, who sees them', async () => {
    const list = await web.get('/mail/me/INBOX');

    expect(given.find(({ what }) => what === 'append')?.value).toMatchObject({ mailbox: 'INBOX' });
    expect(
      list
        .all((e) => e.name === 'main')
        .map(textOf)
        .join(' '),
    ).toContain('a@b.example');
  });

  it('sends as the person, through the composer', () => {
    const value = (what: string) => given.find((one) => one.what === what)?.value;

    expect(value('sent')).toMatchObject({ outcome: { kind: 'sent', sentCopy: true } });
    expect(value('send')).toMatchObject({ outcome: { kind: 'invalid' } });
    expect(value('no host: error')).toMatchObject({ code: 'fetch/refused' });
    for (const what of ['no host: error', 'no part: error', 'no mailbox: error'])
      expect((value(what) as Error).cause).toBeUndefined();
  });

  it('holds no password, cookie, request or environment, wherever one looks', () => {
    const faults = given.flatMap(({ what, value }) =>
      findForbidden(value, forbidden).map((fault) => `${what}${fault}`),
    );

    expect(faults.filter((fault) => !isOwnConnection(fault))).toEqual([]);
  });

  it('would be seen if it did', () => {
    const hidden = Object.create({
      get headers() {
        return { cookie: 'a=1' };
      },
    });
    const cases: readonly unknown[] = [
      { a: [{ Password: 'x' }] },
      hidden,
      Object.assign(() => 1, { inner: { text: `x ${CANARY} y` } }),
      new Map([['a', { deep: Buffer.from(CANARY) }]]),
      new Error('outer', { cause: { req: {} } }),
    ];

    for (const value of cases) expect(findForbidden(value, forbidden)).toHaveLength(1);
  });

  it('is a handle that ends with the session', async () => {
    const context = given.find(({ what }) => what === 'context')?.value as PluginContext;
    const { as } = plugin.state;
    const mine = await web.get('/recorder/use');
    expect(mine.status).toBe(200);
    const { as: later } = plugin.state;

    expect(later?.session).not.toBe(as?.session);
    await expect(context.can(later as PersonRef, 'recorder.use')).resolves.toBe(true);
    clock.forward(60_000);
    await expect(context.can(later as PersonRef, 'recorder.use')).rejects.toThrow(
      'plugin/person-gone',
    );
  });

  it('never holds the token of a form', async () => {
    const post = given.find(({ what }) => what === 'POST')?.value as { body: object };

    expect(post.body).toEqual({ note: 'x' });
  });
});

it('refuses at boot what was not granted, with the line to add', async () => {
  const dir = tempTree({});
  const folder = path.join(dir, 'plugins', 'needy');
  const { mkdirSync, symlinkSync } = await import('node:fs');
  mkdirSync(folder, { recursive: true });
  writeFileSync(
    path.join(folder, 'plugin.js'),
    "module.exports.default = { id: 'needy', api: '^1.0', title: 'needy:title', needs: ['db', 'mail.read'] };",
  );
  for (const name of ['skins', 'locales', 'dist', 'node_modules', 'package.json'])
    symlinkSync(path.join(ROOT, name), path.join(dir, name));
  const demo = await startDemoApp({
    root: dir,
    port: 0,
    site: (_id, file) => ({ ...file, plugins: { needy: true } }),
    app: { log: { level: 'silent' } },
    plugins: { grants: { needy: ['db'], nedy: ['db'] } },
  });
  const { plugins, warnings } = demo.app.report;
  await demo.stop();

  expect(plugins).toMatchObject([
    {
      id: 'needy',
      state: 'refused',
      reason:
        'needs mail.read, not granted; if it may, config/plugins.json: "grants": { "needy": ["db", "mail.read"] }',
    },
  ]);
  expect(warnings.join('\n')).toContain(
    'expected an installed plugin, found "nedy"; did you mean "needy"?',
  );
});
