import { silentLog } from '../../../src/base/log';
import { openDatabase } from '../../../src/kernel/db';
import type { Database } from '../../../src/kernel/db-types';

let db: Database;

beforeEach(async () => {
  db = await openDatabase({ client: 'sqlite', filename: ':memory:', log: silentLog() });
  await db.knex.schema.createTable('fruits', (table) => {
    table.increments('id');
    table.string('name').notNullable().unique();
  });
});
afterEach(async () => {
  await db.close();
});

const add = (name: string) => db.knex('fruits').insert({ name });

it('answers each use of one statement with its own rows, ids and counts', async () => {
  const ids = [await add('pomme'), await add('poire'), await add('prune')].flat();
  const find = (name: string) => db.knex('fruits').where({ name }).first('id', 'name');

  expect(ids).toEqual([1, 2, 3]);
  expect([await find('poire'), await find('pomme'), await find('noix')]).toEqual([
    { id: 2, name: 'poire' },
    { id: 1, name: 'pomme' },
    undefined,
  ]);
  expect(await db.knex('fruits').where('id', '>', 1).delete()).toBe(2);
  expect(await db.knex('fruits').where('id', '>', 1).delete()).toBe(0);
});

it('goes on after a statement that failed, in its turn and in a transaction', async () => {
  await add('pomme');
  await expect(add('pomme')).rejects.toThrow('UNIQUE');
  await expect(
    db.knex.transaction(async (trx) => {
      await trx('fruits').insert({ name: 'poire' });
      await trx('fruits').insert({ name: 'pomme' });
    }),
  ).rejects.toThrow('UNIQUE');

  await add('prune');

  expect(await db.knex('fruits').pluck('name').orderBy('id')).toEqual(['pomme', 'prune']);
});

it('tells a wrong statement as SQLite does, each time', async () => {
  const wrong = () => db.knex('fruits').select('colour');

  await expect(wrong()).rejects.toThrow('no such column');
  await expect(wrong()).rejects.toThrow('no such column');
});

it('follows a table that changes, and one that is made again', async () => {
  await add('pomme');
  const all = () => db.knex('fruits').select('*');
  await all();

  await db.knex.schema.alterTable('fruits', (table) => void table.string('colour'));
  expect(await all()).toEqual([{ id: 1, name: 'pomme', colour: null }]);

  await db.knex.schema.dropTable('fruits');
  await expect(all()).rejects.toThrow('no such table');
  await db.knex.schema.createTable('fruits', (table) => void table.string('kind'));
  expect(await all()).toEqual([]);
});

it('keeps a bounded number of them', async () => {
  for (let n = 0; n < 700; n++) await db.knex('fruits').select(db.knex.raw(`${n} as n`));

  expect(await db.knex('fruits').select(db.knex.raw('0 as n'))).toEqual([]);
});
