import { existsSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { migrateAll } from '../../../src/app/migrations';
import { silentLog } from '../../../src/base/log';
import { discoverPlugins, type FoundPlugin } from '../../../src/host/discover';
import { createPluginDatabases, type PluginDatabases } from '../../../src/host/plugin-databases';
import { openDatabase } from '../../../src/kernel/db';
import type { Database } from '../../../src/kernel/db-types';
import { tempTree } from '../host/kit';
import { aSiteFile, parse } from '../sites/support';
import { type Run, run } from './support';

const table = (name: string, more = ''): string => `
exports.up = (knex) => knex.schema.createTable('${name}', (t) => { t.increments('id'); ${more} });
exports.down = (knex) => knex.schema.dropTable('${name}');
`;
const code = (id: string): string =>
  `module.exports = { id: '${id}', api: '^1.0', title: 'x', needs: ['db'] };`;

const GRANTS = { tides: ['db'], 'tides-more': ['db'] };
let root = '';
let db: Database;
let databases: PluginDatabases;
let plugins: readonly FoundPlugin[];
beforeEach(async () => {
  root = tempTree({
    'plugins/tides/plugin.js': code('tides'),
    'plugins/tides/migrations/0001-a.js': table('tides_ports'),
    'plugins/tides/migrations/0002-b.js': table(
      'tides_heights',
      "t.integer('port').references('id').inTable('tides_ports');",
    ),
    // Its tables start like those of the other one.
    'plugins/tides-more/plugin.js': code('tides-more'),
    'plugins/tides-more/migrations/0001-a.js': table('tides_more_moons'),
  });
  const { found, broken } = discoverPlugins({ dir: path.join(root, 'plugins') });
  expect(broken).toEqual([]);
  plugins = found;
  db = await openDatabase({ ...database(), log: silentLog() });
  databases = createPluginDatabases({ place: folder(), log: silentLog() });
  await migrateAll(db, databases, plugins, GRANTS);
  await db.knex('users').insert({
    site: 'saisons',
    login: 'a',
    name: 'A',
    mail: 'a@x.example',
    aliases: '[]',
    locale: 'fr',
    created_at: '',
    signed_in_at: '',
  });
  await db.knex('settings').insert([
    { user_id: 1, scope: 'tides', key: 'port', value: '"Brest"', updated_at: '' },
    { user_id: 1, scope: 'core', key: 'display.theme', value: '"dark"', updated_at: '' },
  ]);
  const link = { site: 'saisons', user_id: 1, method: 'main', issuer: 'x', subject_key: 'y' };
  const times = { linked_at: '', used_at: '' };
  await db.knex('sign_in_links').insert([
    { ...link, ...times, plugin: 'tides' },
    { ...link, ...times, plugin: 'tides-more' },
  ]);
  const { knex } = databases.of('tides');
  await knex()('tides_ports').insert([{ id: 1 }, { id: 2 }]);
  await knex()('tides_heights').insert([{ port: 1 }, { port: 2 }, { port: 2 }]);
  await databases.closeAll();
});
afterEach(async () => {
  await databases.closeAll();
  await db.close();
  rmSync(root, { recursive: true });
});

const folder = () => path.join(root, 'plugins-data', 'plugins');
const emptyFile = () => path.join(folder(), 'other.sqlite');
const database = () => ({ client: 'sqlite' as const, filename: path.join(root, 'x.sqlite') });

const purge = (args: readonly string[], on: Readonly<Record<string, unknown>> = {}): Promise<Run> =>
  run(['plugins:purge', ...args], {
    loadConfig: () => configWith({ plugins: on }),
  });

const configWith = (site: Readonly<Record<string, unknown>>) =>
  parse({
    app: { database: database(), dataDir: path.dirname(folder()) },
    sites: { one: aSiteFile(site) },
  });

/** What SQLite keeps beside a file while it is open is of that file, not one of its own. */
const files = (): readonly string[] => {
  const all = readdirSync(folder());
  const isBeside = (name: string): boolean =>
    /-(?:wal|shm)$/.test(name) && all.includes(name.slice(0, -'-wal'.length));
  return all.filter((name) => !isBeside(name)).sort();
};
const ALL = ['tides-more.sqlite', 'tides.sqlite'];
const linked = (): Promise<string[]> => db.knex('sign_in_links').orderBy('plugin').pluck('plugin');
const coreTables = (): Promise<string[]> =>
  db.knex('sqlite_master').where({ type: 'table' }).orderBy('name').pluck('name');

it('shows tables and rows, and removes nothing without --yes', async () => {
  const { code: exit, out } = await purge(['tides']);

  expect(exit).toBe(0);
  expect(out).toMatch(/tides_heights\s+3\n/);
  expect(out).toMatch(/tides_ports\s+2\n/);
  expect(out).toMatch(/settings\s+1\n/);
  expect(out).toMatch(/sign_in_links\s+1\n/);
  expect(await linked()).toEqual(['tides', 'tides-more']);
  expect(out).toContain('Nothing was removed');
  expect(files()).toEqual(ALL);
});

it('removes its file and its settings, and nothing of another', async () => {
  const { code: exit, out } = await purge(['tides', '--yes', '--json']);

  expect(exit).toBe(0);
  expect(JSON.parse(out)).toEqual({
    id: 'tides',
    file: path.join(folder(), 'tides.sqlite'),
    purged: true,
    tables: [
      { table: 'migrations_tides', rows: 2 },
      { table: 'tides_heights', rows: 3 },
      { table: 'tides_ports', rows: 2 },
      { table: 'settings', rows: 1 },
      { table: 'sign_in_links', rows: 1 },
    ],
  });
  expect(files()).toEqual(['tides-more.sqlite']);
  expect(await db.knex('settings').select('scope')).toEqual([{ scope: 'core' }]);
  expect(await linked()).toEqual(['tides-more']);
});

it('lets a plugin that comes back start from nothing', async () => {
  await purge(['tides', '--yes']);

  await migrateAll(db, databases, plugins, GRANTS);

  expect(files()).toEqual(ALL);
  expect(await databases.of('tides').knex()('tides_ports').select()).toEqual([]);
});

it('is the only way: a folder that goes leaves its data', async () => {
  rmSync(path.join(root, 'plugins/tides'), { recursive: true });
  const { found } = discoverPlugins({ dir: path.join(root, 'plugins') });

  await migrateAll(db, databases, found, GRANTS);

  expect(found.map(({ id }) => id)).toEqual(['tides-more']);
  expect(files()).toEqual(ALL);
  expect((await purge(['tides', '--yes'])).code).toBe(0);
  expect(files()).toEqual(['tides-more.sqlite']);
});

it.each([[true], [{}]])('is refused while a site says %j', async (entry) => {
  const { code: exit, err } = await purge(['tides', '--yes'], { tides: entry });

  expect(exit).toBe(64);
  expect(err).toContain('"tides" is still on for');
  expect(files()).toEqual(ALL);
});

it.each([
  [
    'a group',
    { groups: [{ id: 'dsi', title: 'DSI', match: { logins: ['x'] }, plugins: { tides: {} } }] },
    'group dsi',
  ],
  ['the choice of agents', { choices: ['tides'] }, 'choice of agents'],
])('is refused while %s of a site may have it', async (_what, more, told) => {
  const { code: exit, err } = await run(['plugins:purge', 'tides', '--yes'], {
    loadConfig: () => configWith(more),
  });

  expect({ exit, err }).toEqual({ exit: 64, err: expect.stringContaining(told) });
  expect(files()).toEqual(ALL);
});

it('is not held back by a site that has it configured and off', async () => {
  expect((await purge(['tides', '--yes'], { tides: { enabled: false } })).code).toBe(0);
  expect(files()).toEqual(['tides-more.sqlite']);
});

it('is refused while an administrator has it on', async () => {
  const change = { site: 'saisons', path: 'tides.enabled', author: 'a', at: '' };
  await db.knex('config_changes').insert({ ...change, value: 'false' });
  await db.knex('config_changes').insert({ ...change, value: 'true' });

  const { code: exit, err } = await purge(['tides', '--yes']);

  expect({ exit, err }).toEqual({ exit: 64, err: expect.stringContaining('saisons') });
});

it('says so when there is nothing', async () => {
  const { code: exit, out } = await purge(['other', '--yes']);

  expect({ exit, out }).toEqual({ exit: 0, out: 'Nothing is kept of "other".\n' });
});

it('removes a file without a table too', async () => {
  await (await openDatabase({ filename: emptyFile(), log: silentLog() })).close();

  const { out } = await purge(['other']);
  const { code: exit } = await purge(['other', '--yes']);

  expect(out).toContain(`With --yes all of this goes, and ${emptyFile()}`);
  expect(exit).toBe(0);
  expect(files()).toEqual(ALL);
});

it('removes the file where the tables of the core were never made', async () => {
  await db.knex.schema.dropTable('settings');

  expect(await purge(['tides', '--yes'])).toMatchObject({ code: 0, err: '' });
  expect(files()).toEqual(['tides-more.sqlite']);
});

it.each(['core', 'users; drop', 'Tides', '%', 'migrations_'])('refuses %j', async (id) => {
  expect((await purge([id, '--yes'])).code).toBe(64);
  expect(files()).toEqual(expect.arrayContaining(ALL));
});

it.each(['audit', 'job', 'config', 'draft', 'migrations', 'users'])(
  'takes nothing of the core for %s',
  async (id) => {
    const before = await coreTables();

    expect((await purge([id, '--yes'])).out).toBe(`Nothing is kept of "${id}".\n`);
    expect(await coreTables()).toEqual(before);
  },
);

it('is refused while a process has the file open', async () => {
  await databases.of('tides').knex()('tides_ports').select();

  expect(await purge(['tides', '--yes'])).toMatchObject({
    code: 64,
    err: expect.stringContaining('is in use'),
  });
  expect(existsSync(path.join(folder(), 'tides.sqlite'))).toBe(true);
});
