import { randomBytes } from 'node:crypto';
import { existsSync, rmSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { createApp } from '../../src/app';
import { silentLog } from '../../src/base/log';
import type { SiteId } from '../../src/base/types';
import { loadConfig } from '../../src/sites';
import { tempTree } from '../unit/host/kit';
import { aSiteFile } from '../unit/sites/support';

const HERE = path.resolve(__dirname, '../..');
const ONE = 'one' as SiteId;
const log = silentLog();
const roots: string[] = [];
const apps: { stop(): Promise<void> }[] = [];
afterEach(async () => {
  for (const app of apps.splice(0)) await app.stop();
  for (const root of roots.splice(0)) rmSync(root, { recursive: true });
});

const folder = (id: string): string => `plugins-npm/node_modules/estafette-plugin-${id}`;

/** Leaves a file beside itself when its code runs. */
const marking = (id: string, more = '') =>
  `require('node:fs').writeFileSync(__dirname + '/ran', ''); module.exports = { id: '${id}', api: '^1.0', title: '${id}:title', ${more} };`;

const FACTOR = `contributes: { challenges: [{ id: 'code', label: 'x:y', path: '/' }] }`;

function install(
  site: Record<string, unknown>,
  notes = marking('notes', FACTOR),
  more: Readonly<Record<string, string>> = {},
) {
  const root = tempTree({
    'package.json': '{"version":"1.0.0"}',
    'etc/app.json': '{"database":{"filename":"data.sqlite"},"dataDir":"data"}',
    'data/uploads/.keep': '',
    'etc/plugins.json':
      '{"packages":["estafette-plugin-base","estafette-plugin-notes","estafette-plugin-user"]}',
    'etc/sites/one.json': JSON.stringify(aSiteFile(site)),
    [`${folder('base')}/package.json`]: '{"version":"3.0.0"}',
    [`${folder('base')}/plugin.js`]: marking('base'),
    [`${folder('notes')}/package.json`]: '{"version":"2.0.0"}',
    [`${folder('notes')}/plugin.js`]: notes,
    [`${folder('user')}/package.json`]: '{}',
    [`${folder('user')}/plugin.js`]: marking('user', `requires: ['base']`),
    ...more,
  });
  roots.push(root);
  for (const name of ['locales', 'skins'])
    symlinkSync(path.join(HERE, name), path.join(root, name));
  const env = { ESTAFETTE_SECRET_KEY: randomBytes(32).toString('base64') };
  const config = loadConfig({ root, env, configDir: path.join(root, 'etc') });
  const hasRun = (id: string): boolean => existsSync(path.join(root, folder(id), 'ran'));
  async function start(options: Parameters<typeof createApp>[1] = {}) {
    const app = await createApp(config, { log, ...options });
    apps.push(app);
    return app;
  }
  return { hasRun, start };
}

const stateOf = (app: Awaited<ReturnType<typeof createApp>>, id: string) =>
  app.plugins().find((plugin) => plugin.id === id);

describe('a package that is turned on nowhere', () => {
  it('is told and never loaded, unless a loaded plugin requires it', async () => {
    const { hasRun, start } = install({ plugins: { notes: false, base: false, user: true } });
    const app = await start();

    expect(stateOf(app, 'notes')).toMatchObject({
      version: '2.0.0',
      state: 'not-loaded',
      reason: 'installed, not loaded: turned on nowhere',
    });
    expect(hasRun('notes')).toBe(false);
    expect([hasRun('base'), hasRun('user')]).toEqual([true, true]);
    expect(app.report.warnings.filter((line) => line.includes('expected an installed'))).toEqual(
      [],
    );
  });

  it('is loaded at the start after an administrator turned it on, and said to wait until then', async () => {
    const { hasRun, start } = install({});
    const app = await start();
    const change = { site: 'one', path: 'notes.enabled', value: true };
    await app.enabling.set(change, { login: 'alice' });

    expect(stateOf(app, 'notes')?.reason).toContain('loaded at the next');
    expect(hasRun('notes')).toBe(false);
    await app.stop();
    apps.pop();
    const next = await start();

    expect(stateOf(next, 'notes')).toMatchObject({ state: 'active', sites: ['one'] });
    expect(hasRun('notes')).toBe(true);
  });
});

it('closes sign-in when a second factor that was in service is kept out of a new process', async () => {
  const { start } = install({ plugins: { notes: true } });
  const before = await start();
  expect(before.host.signInClosed(ONE)).toBeUndefined();
  await before.stop();
  apps.pop();

  const quarantined = [{ plugin: 'notes', reason: 'harmed processes 2 times' }];
  const app = await start({
    supervisor: {
      start: { slot: 0, reason: 'crash', quarantined },
      reportFd: 2,
      replace: () => {},
      onQuarantine: () => {},
      news: () => ({ restarts: [] }),
    },
  });

  const [site] = app.sites;
  if (!site) throw new Error('no site');
  const signIn = app.sessions.signIn({
    site,
    scope: { site: site.id },
    login: 'alice',
    password: 'secret',
    remote: '192.0.2.1',
  });
  await expect(signIn).rejects.toMatchObject({
    code: 'plugin/guard-failed',
    status: 503,
    textKey: 'error.signInClosed',
    details: { plugin: 'notes', reason: 'quarantined: harmed processes 2 times' },
  });
});

it('closes sign-in when the tables of a second factor cannot be made', async () => {
  const { start } = install({ plugins: { notes: true } }, marking('notes', FACTOR), {
    [`${folder('notes')}/migrations/0001-first.js`]: `exports.up = async () => { throw new Error('disk is full'); }; exports.down = async () => {};`,
  });

  const app = await start();

  expect(stateOf(app, 'notes')?.state).toBe('failed');
  expect(app.host.signInClosed(ONE)).toEqual({
    plugin: 'notes',
    reason: expect.stringMatching(/^failed: .*disk is full/),
  });
});

it('leaves out a plugin whose texts are none, and mail goes on', async () => {
  const { start } = install({ plugins: { notes: true } }, marking('notes'), {
    [`${folder('notes')}/locales/fr.json`]: '{"title":3}',
  });

  const app = await start();

  expect(stateOf(app, 'notes')).toMatchObject({
    state: 'failed',
    reason: expect.stringContaining('locales/fr.json'),
  });
});
