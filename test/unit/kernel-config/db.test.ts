import { statSync } from 'node:fs';
import path from 'node:path';
import { isAppError } from '../../../src/base/errors';
import { mapStorageError } from '../../../src/kernel/db';
import { cleanUp, newDatabase, newFolder } from './support';

afterEach(cleanUp);

const caught = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  );

describe('openDatabase', () => {
  it('sets WAL, foreign keys and a busy timeout on a file only its owner reads', async () => {
    const filename = path.join(newFolder(), 'sub', 'a.db');

    const db = await newDatabase(filename);

    await db.knex.schema.createTable('t', (table) => table.integer('n'));

    expect(await db.knex.raw('PRAGMA journal_mode')).toEqual([{ journal_mode: 'wal' }]);
    expect(await db.knex.raw('PRAGMA foreign_keys')).toEqual([{ foreign_keys: 1 }]);
    expect(await db.knex.raw('PRAGMA busy_timeout')).toEqual([{ timeout: 2000 }]);
    expect(statSync(filename).mode & 0o777).toBe(0o600);
    expect(statSync(`${filename}-wal`).mode & 0o777).toBe(0o600);
  });

  it('keeps an in-memory database across many queries at once', async () => {
    const db = await newDatabase();
    await db.knex.schema.createTable('t', (table) => table.integer('n'));

    await Promise.all(Array.from({ length: 20 }, (_, n) => db.knex('t').insert({ n })));

    expect(await db.knex('t').count({ count: '*' })).toEqual([{ count: 20 }]);
  });

  it('rolls back everything when a transaction throws', async () => {
    const db = await newDatabase();
    await db.knex.schema.createTable('t', (table) => table.integer('n'));

    const error = await caught(
      db.transaction(async (trx) => {
        await trx('t').insert({ n: 1 });
        throw new Error('half way');
      }),
    );

    expect(error).toMatchObject({ message: 'half way' });
    expect(await db.knex('t')).toEqual([]);
  });

  it('takes the write lock when a transaction begins, so a second one is told at its start', async () => {
    const filename = path.join(newFolder(), 'a.db');
    const [one, two] = [await newDatabase(filename), await newDatabase(filename)];
    await one.knex.schema.createTable('t', (table) => table.integer('n'));
    await two.knex.raw('PRAGMA busy_timeout = 20');
    let didRun = false;

    const error = await one.transaction(async () =>
      caught(
        two.transaction(async () => {
          didRun = true;
        }),
      ),
    );

    expect(isAppError(error, 'storage/busy')).toBe(true);
    expect(didRun).toBe(false);
  });

  it('answers reads while another process writes', async () => {
    const filename = path.join(newFolder(), 'a.db');
    const [one, two] = [await newDatabase(filename), await newDatabase(filename)];
    await one.knex.schema.createTable('t', (table) => table.integer('n'));

    const rows = await one.transaction(async (trx) => {
      await trx('t').insert({ n: 1 });
      return two.knex('t');
    });

    expect(rows).toEqual([]);
  });

  it('says storage/full when the file cannot grow, and works again afterwards', async () => {
    const db = await newDatabase(path.join(newFolder(), 'a.db'));
    await db.knex.schema.createTable('t', (table) => table.text('x'));
    await db.knex.raw('PRAGMA max_page_count = 10');

    const error = await caught(
      db.transaction((trx) => trx('t').insert({ x: 'x'.repeat(200_000) })),
    );
    await db.knex.raw('PRAGMA max_page_count = 100000');
    await db.knex('t').insert({ x: 'ok' });

    expect(isAppError(error, 'storage/full')).toBe(true);
    expect(await db.knex('t').select('x')).toEqual([{ x: 'ok' }]);
  });

  it('leaves a transaction whose commit fails, so that the next one can begin', async () => {
    const db = await newDatabase();
    await db.knex.raw('CREATE TABLE parents (id INTEGER PRIMARY KEY)');
    await db.knex.raw(
      'CREATE TABLE children (parent_id INTEGER REFERENCES parents(id) DEFERRABLE INITIALLY DEFERRED)',
    );

    const error = await caught(db.transaction((trx) => trx('children').insert({ parent_id: 9 })));
    await db.transaction((trx) => trx('parents').insert({ id: 1 }));

    expect(String(error)).toContain('FOREIGN KEY');
    expect(await db.knex('children')).toEqual([]);
    expect(await db.knex('parents')).toEqual([{ id: 1 }]);
  });

  it('never puts bound values into error messages', async () => {
    const db = await newDatabase();

    const error = await caught(db.knex('absent').where({ mail: 'someone@example.test' }));

    expect(String(error)).toContain('no such table');
    expect(String(error)).not.toContain('someone@');
  });

  it('refuses a row without its parent', async () => {
    const db = await newDatabase();
    await db.knex.schema.createTable('parents', (table) => table.increments('id'));
    await db.knex.schema.createTable('children', (table) => {
      table.integer('parent_id').references('id').inTable('parents');
    });

    const error = await caught(db.knex('children').insert({ parent_id: 7 }));

    expect(String(error)).toContain('FOREIGN KEY');
  });

  it('leaves other errors as they are', () => {
    const error = new Error('x');

    expect(mapStorageError(error)).toBe(error);
    expect(mapStorageError('text')).toBe('text');
    expect(mapStorageError(Object.assign(new Error('x'), { code: 'toString' }))).not.toMatchObject({
      code: 'storage/busy',
    });
  });

  it.each([
    ['ENOSPC', 'storage/full'],
    ['SQLITE_FULL', 'storage/full'],
    ['SQLITE_LOCKED', 'storage/busy'],
  ])('maps %s to %s', (code, expected) => {
    const mapped = mapStorageError(Object.assign(new Error('x'), { code }));

    expect(mapped).toMatchObject({ code: expected });
  });
});
