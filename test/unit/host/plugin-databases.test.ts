import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Knex } from 'knex';
import { silentLog } from '../../../src/base/log';
import type { PluginDatabase } from '../../../src/host/context-types';
import {
  createPluginDatabases,
  type PluginDatabases,
  pluginFile,
} from '../../../src/host/plugin-databases';
import { pluginDatabase } from '../../../src/host/plugin-db';
import { openDatabase } from '../../../src/kernel/db';
import type { Database } from '../../../src/kernel/db-types';
import { runAs } from '../../../src/kernel/isolate';

type Query = Knex.QueryBuilder;

let dir = '';
let core: Database;
let databases: PluginDatabases;
let db: PluginDatabase;
let charged: string[] = [];

/** A core with one secret, and the plugin `evil` with one table. */
beforeEach(async () => {
  dir = mkdtempSync(path.join(tmpdir(), 'estafette-plugin-db-'));
  core = await openDatabase({ filename: path.join(dir, 'core.db'), log: silentLog() });
  for (const name of ['users', 'sessions']) {
    await core.knex.schema.createTable(name, (table) => void table.string('sealed'));
    await core.knex(name).insert({ sealed: 'core-secret' });
  }
  charged = [];
  databases = createPluginDatabases({
    place: path.join(dir, 'plugins'),
    log: silentLog(),
    onOverdue: (plugin, error) => void charged.push(`${plugin}: ${error.message}`),
    limits: { statementMs: 1_000, transactionMs: 1_000, jobStatementMs: 20_000 },
  });
  await createTable('evil', 'evil_x');
  db = pluginDatabase('evil', databases, true);
  await db.table('evil_x').insert({ text: 'own' });
});
afterEach(async () => {
  await databases.closeAll();
  await core.close();
  rmSync(dir, { recursive: true });
});

const createTable = (owner: string, name: string) =>
  databases.migrate({
    owner,
    migrations: [
      {
        name: '0001-first',
        up: (knex) => knex.schema.createTable(name, (table) => void table.string('text')),
        down: (knex) => knex.schema.dropTable(name),
      },
    ],
  });

const x = (): Query => db.table('evil_x');
/** What a query of a plugin gave, whether rows or an error. */
const outcome = async (query: PromiseLike<unknown>): Promise<string> => {
  try {
    return JSON.stringify(await query);
  } catch (error) {
    return String(error);
  }
};

const endless = (query = x()): Query =>
  query
    .withRecursive('n', x().client.raw('select 1 as i union all select i + 1 from n'))
    .from('n')
    .max('i');
const never = (): Promise<never> => new Promise(() => {});

it('is a private file, made by the first that is asked of it', async () => {
  const file = pluginFile(path.join(dir, 'plugins'), 'evil');

  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(statSync(path.dirname(file)).mode & 0o777).toBe(0o700);
  expect(await databases.pending({ owner: 'late', migrations: [] })).toEqual([]);
  expect(() => statSync(pluginFile(path.join(dir, 'plugins'), 'late'))).toThrow('ENOENT');
});

describe('while it is migrated', () => {
  let begin = (): void => {};
  let end = (): void => {};
  let begun: Promise<void>;
  let ended: Promise<void>;
  const late = {
    owner: 'late',
    migrations: [
      {
        name: '0001-first',
        async up(knex: Knex) {
          await knex.schema.createTable('late_x', (table) => void table.string('text'));
          begin();
          await ended;
        },
        down: (knex: Knex) => knex.schema.dropTable('late_x'),
      },
    ],
  };
  beforeEach(() => {
    begun = new Promise((resolve) => {
      begin = resolve;
    });
    ended = new Promise((resolve) => {
      end = resolve;
    });
  });

  it('stays open for the plugin that has begun to use it', async () => {
    const migrating = databases.migrate(late);
    await begun;
    const rows = outcome(pluginDatabase('late', databases, true).table('late_x'));
    end();
    await migrating;

    expect(await rows).toBe('[]');
  });

  it('stays open for who asks what is missing at that moment', async () => {
    const migrating = databases.migrate(late);
    await begun;
    const missing = outcome(databases.pending(late));
    end();

    expect(await migrating).toHaveLength(1);
    expect(await missing).toBe('[]');
  });
});

it('does what plugins ordinarily write: joins, subqueries, upserts, counts', async () => {
  await x().insert([{ text: 'one' }, { text: 'two' }]);

  const joined: unknown = await x()
    .join('evil_x as t', function on() {
      this.on('t.text', 'evil_x.text').andOnVal('t.text', '<>', 'own');
    })
    .whereIn('evil_x.text', x().select('text'))
    .orderBy('t.text')
    .pluck('t.text');
  await db.transaction(async (table) => {
    await table('evil_x').where({ text: 'two' }).update({ text: 'three' });
    await table('evil_x').where({ text: 'one' }).delete();
  });
  const failing = db.transaction(async (table) => {
    await table('evil_x').delete();
    throw new Error('no');
  });

  await expect(failing).rejects.toThrow('no');
  expect(joined).toEqual(['one', 'two']);
  expect(await x().orderBy('text').pluck('text')).toEqual(['own', 'three']);
});

describe('what is not its own', () => {
  const raw = (sql: string) => x().client.raw(sql);
  let turn = 0;

  it.each<[string, () => PromiseLike<unknown>]>([
    [
      'an object that passes for a raw statement',
      () =>
        x().from({
          isRawInstance: true,
          toSQL: () => ({ sql: 'users', bindings: [] }),
          set client(_: unknown) {},
        } as never),
    ],
    ['a string as the name of a table', () => x().fromRaw("'users' evil_x")],
    ['a table in a window', () => x().joinRaw('as window, users')],
    [
      'a callback that answers differently the second time',
      () =>
        x().where((inner: Query) => void inner.whereExists(x().from(turn++ ? 'users' : 'evil_x'))),
    ],
    ['a table on the right of in', () => x().whereRaw("(1, 'x') in users")],
    ['the main schema', () => x().from('main.users')],
    [
      'a union',
      () =>
        x()
          .select('text')
          .unionAll(raw('select sealed from sessions') as never),
    ],
    ['the list of tables', () => x().from('sqlite_master').pluck('name')],
  ])('is not read through %s', async (_what, ask) => {
    for (let time = 0; time < 2; time += 1) {
      const told = await outcome(ask());
      expect(told).not.toContain('core-secret');
      expect(told).not.toContain('"users"');
    }
  });

  it.each([
    "attach database 'core.db' as core",
    '/* x */ attach database ? as core',
    'pragma writable_schema = 1',
    "vacuum into 'copy.db'",
    'vacuum',
    'create table evil_y (a)',
    'drop table evil_x',
    'begin immediate',
    'commit',
    'savepoint a',
  ])('is not reached by %s', async (sql) => {
    await expect(raw(sql)).rejects.toThrow('request/forbidden');
    expect(await x().pluck('text')).toEqual(['own']);
  });

  it('is not attached by a migration either', async () => {
    const attach = databases.migrate({
      owner: 'evil',
      migrations: [
        {
          name: '0002-attach',
          up: (knex) => knex.raw(`attach database '${path.join(dir, 'core.db')}' as core`),
          down: async () => {},
        },
      ],
    });

    await expect(attach).rejects.toThrow('0002-attach');
  });

  it('is the table of a plugin whose name starts alike, or of a core table', async () => {
    await createTable('evil-bar', 'evil_bar_x');
    await createTable('sessions', 'sessions_x');

    expect(await outcome(db.table('evil_bar_x'))).toContain('no such table');
    expect(await outcome(pluginDatabase('sessions', databases, true).table('sessions_x'))).toBe(
      '[]',
    );
    expect(await core.knex('sessions').pluck('sealed')).toEqual(['core-secret']);
  });
});

describe('a plugin that does not come to an end', () => {
  const answers = async (): Promise<void> => {
    expect(await core.knex('users').pluck('sealed')).toEqual(['core-secret']);
  };

  it('is interrupted, charged, and told; the core never waits', async () => {
    const query = endless();
    const failed = query.then(String, (error: unknown) => error);
    await answers();
    expect(charged).toEqual([]); // still under way
    expect(await failed).toMatchObject({
      code: 'storage/overdue',
      details: { plugin: 'evil', what: 'statement' },
    });

    expect(charged).toEqual(['evil: storage/overdue']);
    expect(await x().pluck('text')).toEqual(['own']);
  });

  it('has its transaction undone, and its connection back', async () => {
    const hung = db.transaction(async (table) => {
      await table('evil_x').insert({ text: 'half' });
      return never();
    });
    const failed = hung.then(String, (error: unknown) => error);
    await answers();
    expect(await failed).toMatchObject({
      code: 'storage/overdue',
      details: { plugin: 'evil', what: 'transaction' },
    });

    expect(charged).toEqual(['evil: storage/overdue']);
    expect(await x().pluck('text')).toEqual(['own']);
  });

  it('writes nothing alone after a statement that took its transaction with it', async () => {
    const swallowing = db.transaction(async (table) => {
      await table('evil_x').insert({ text: 'first' });
      await table('evil_x')
        .insert(endless())
        .catch(() => {});
      await table('evil_x')
        .insert({ text: 'alone' })
        .catch(() => {});
    });

    await expect(swallowing).rejects.toThrow(/took too long|already complete/);
    expect(await x().pluck('text')).toEqual(['own']);
  });

  it('is given no more rows than memory bears', async () => {
    const all = runAs({ plugin: 'evil', hook: 'job:long' }, () =>
      outcome(
        db
          .table('evil_x')
          .withRecursive('evil_n', (query) =>
            query
              .select(core.knex.raw('1 as n'))
              .from('evil_x')
              .unionAll((next) => void next.select(core.knex.raw('n + 1')).from('evil_n')),
          )
          .select('*')
          .from('evil_n'),
      ),
    );

    expect(await all).toContain('more than 50000 rows');
    expect(await x().pluck('text')).toEqual(['own']);
  });

  it('leaves the core its threads, however many statements it asks for at once', async () => {
    const all = [endless(), endless(), endless()].map((query) => outcome(query));
    await answers();

    for (const told of await Promise.all(all)) expect(told).toContain('storage/');
    expect(await x().pluck('text')).toEqual(['own']);
  });

  it('runs one statement at a time, and is not charged for the one that only waited', async () => {
    await databases.closeAll();
    databases = createPluginDatabases({
      place: path.join(dir, 'plugins'),
      log: silentLog(),
      onOverdue: (plugin, error) => void charged.push(`${plugin}: ${error.message}`),
      // The first that is asked for has the longer time, a job's: the second gives up meanwhile.
      limits: { statementMs: 200, jobStatementMs: 1_000, transactionMs: 20_000 },
    });
    const own = pluginDatabase('evil', databases, true);
    let told: readonly string[] = [];

    const both = own.transaction(async (table) => {
      told = await Promise.all([
        runAs({ plugin: 'evil', hook: 'job:long' }, () => outcome(endless(table('evil_x')))),
        outcome(table('evil_x').insert({ text: 'second' })),
      ]);
    });

    await expect(both).rejects.toThrow('took too long');
    expect(told).toEqual([
      expect.stringContaining('storage/overdue'),
      expect.stringContaining('storage/busy'),
    ]);
    expect(charged).toEqual(['evil: storage/overdue']);
  });

  it('does not hold a stop back, in a transaction nor in a job’s statement', async () => {
    const waiting = outcome(db.transaction(never));
    await databases.close('evil');
    expect(await waiting).toMatch(/plugin\/unavailable|aborted/);

    await createTable('evil', 'evil_x');
    let begin = (): void => {};
    const begun = new Promise<void>((resolve) => {
      begin = resolve;
    });
    const hung = outcome(
      db.transaction(() => {
        begin();
        return never();
      }),
    );
    await begun;
    await databases.close('evil');
    expect(await hung).toContain('plugin/unavailable');

    const long = outcome(runAs({ plugin: 'evil', hook: 'job:long' }, () => endless()));
    await databases.closeAll();
    expect(await long).toMatch(/SQLITE_INTERRUPT|plugin\/unavailable|aborted|destroy/i);
  });
});
