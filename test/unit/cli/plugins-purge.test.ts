import { rmSync } from 'node:fs';
import path from 'node:path';
import { migrateAll } from '../../../src/app/migrations';
import { silentLog } from '../../../src/base/log';
import { discoverPlugins, type FoundPlugin } from '../../../src/host/discover';
import { openDatabase } from '../../../src/kernel/db';
import type { Database } from '../../../src/kernel/db-types';
import { tempTree } from '../host/kit';
import { parse } from '../sites/support';
import { type Run, run } from './support';

const table = (name: string, more = ''): string => `
exports.up = (knex) => knex.schema.createTable('${name}', (t) => { t.increments('id'); ${more} });
exports.down = (knex) => knex.schema.dropTable('${name}');
`;
const code = (id: string): string =>
  `module.exports = { id: '${id}', api: '^1.0', title: 'x', needs: ['db'] };`;

let root = '';
let db: Database;
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
  await migrateAll(db, plugins);
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
  await db.knex('tides_ports').insert([{ id: 1 }, { id: 2 }]);
  await db.knex('tides_heights').insert([{ port: 1 }, { port: 2 }, { port: 2 }]);
});
afterEach(async () => {
  await db.close();
  rmSync(root, { recursive: true });
});

const database = () => ({ client: 'sqlite' as const, filename: path.join(root, 'x.sqlite') });

const purge = (args: readonly string[], on: Readonly<Record<string, unknown>> = {}): Promise<Run> =>
  run(['plugins:purge', ...args], {
    loadConfig: () => {
      const config = parse({ app: { database: database() } });
      return {
        ...config,
        sites: config.sites.map((site) => ({ ...site, plugins: on as typeof site.plugins })),
      };
    },
  });

const tables = async (): Promise<string[]> => {
  const rows: { name: string }[] = await db
    .knex('sqlite_master')
    .select('name')
    .where({ type: 'table' });
  return rows
    .map(({ name }) => name)
    .filter((name) => name.includes('tides'))
    .sort();
};
const ALL = [
  'migrations_tides',
  'migrations_tides_more',
  'tides_heights',
  'tides_more_moons',
  'tides_ports',
];

it('shows tables and rows, and removes nothing without --yes', async () => {
  const { code: exit, out } = await purge(['tides']);

  expect(exit).toBe(0);
  expect(out).toMatch(/tides_heights\s+3\n/);
  expect(out).toMatch(/tides_ports\s+2\n/);
  expect(out).toMatch(/settings\s+1\n/);
  expect(out).toContain('Nothing was removed');
  expect(await tables()).toEqual(ALL);
});

it('removes its tables, its record of migrations and its settings, and nothing of another', async () => {
  const { code: exit, out } = await purge(['tides', '--yes', '--json']);

  expect(exit).toBe(0);
  expect(JSON.parse(out)).toEqual({
    id: 'tides',
    purged: true,
    tables: [
      { table: 'migrations_tides', rows: 2 },
      { table: 'tides_heights', rows: 3 },
      { table: 'tides_ports', rows: 2 },
      { table: 'settings', rows: 1 },
    ],
  });
  expect(await tables()).toEqual(['migrations_tides_more', 'tides_more_moons']);
  expect(await db.knex('settings').select('scope')).toEqual([{ scope: 'core' }]);
});

it('lets a plugin that comes back start from nothing', async () => {
  await purge(['tides', '--yes']);

  await migrateAll(db, plugins);

  expect(await tables()).toEqual(ALL);
  expect(await db.knex('tides_ports').select()).toEqual([]);
});

it('is the only way: a folder that goes leaves its data', async () => {
  rmSync(path.join(root, 'plugins/tides'), { recursive: true });
  const { found } = discoverPlugins({ dir: path.join(root, 'plugins') });

  await migrateAll(db, found);

  expect(found.map(({ id }) => id)).toEqual(['tides-more']);
  expect(await db.knex('tides_heights').select()).toHaveLength(3);
  expect((await purge(['tides', '--yes'])).code).toBe(0);
  expect(await tables()).toEqual(['migrations_tides_more', 'tides_more_moons']);
});

it.each([[true], [{}]])('is refused while a site says %j', async (entry) => {
  const { code: exit, err } = await purge(['tides', '--yes'], { tides: entry });

  expect(exit).toBe(64);
  expect(err).toContain('"tides" is still on for');
  expect(await tables()).toEqual(ALL);
});

it.each([
  ['a group', { groups: [{ id: 'dsi', plugins: { tides: {} } }] }, 'group dsi'],
  ['the choice of agents', { choices: ['tides'] }, 'choice of agents'],
])('is refused while %s of a site may have it', async (_what, more, told) => {
  const config = parse({ app: { database: database() } });
  const sites = config.sites.map((site) => ({ ...site, ...more }) as typeof site);

  const { code: exit, err } = await run(['plugins:purge', 'tides', '--yes'], {
    loadConfig: () => ({ ...config, sites }),
  });

  expect({ exit, err }).toEqual({ exit: 64, err: expect.stringContaining(told) });
  expect(await tables()).toEqual(ALL);
});

it('is not held back by a site that has it configured and off', async () => {
  expect((await purge(['tides', '--yes'], { tides: { enabled: false } })).code).toBe(0);
  expect(await tables()).toEqual(['migrations_tides_more', 'tides_more_moons']);
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

  expect({ exit, out }).toEqual({ exit: 0, out: 'The database holds nothing of "other".\n' });
});

it.each(['core', 'users; drop', 'Tides', '%', 'migrations_'])('refuses %j', async (id) => {
  expect((await purge([id, '--yes'])).code).toBe(64);
  expect(await tables()).toEqual(ALL);
});
