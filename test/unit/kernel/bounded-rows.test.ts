import { promisify } from 'node:util';
import { Database } from 'sqlite3';
import { boundRows } from '../../../src/kernel/bounded-rows';
import type { RawDatabase } from '../../../src/kernel/sqlite-statements';

const MAX = 10;
let database: RawDatabase;
const all = (sql: string, ...bindings: unknown[]): Promise<unknown> =>
  new Promise((resolve, reject) => {
    database.all(sql, bindings, (error, rows) => (error ? reject(error) : resolve(rows)));
  });
const count = (to: number): string =>
  `with recursive n(i) as (select 1 union all select i + 1 from n where i < ${to}) select i from n`;

beforeEach(async () => {
  const raw = await new Promise<Database>((resolve, reject) => {
    const opened = new Database(':memory:', (error) => (error ? reject(error) : resolve(opened)));
  });
  database = boundRows(raw as unknown as RawDatabase, MAX);
  await all('create table t (a unique)');
});
afterEach(() => promisify(database.close.bind(database))());

it('gives every row, up to the limit', async () => {
  expect(await all(count(MAX))).toHaveLength(MAX);
  await expect(all(count(MAX + 1))).rejects.toThrow(`more than ${MAX} rows`);
  await expect(all(count(1_000_000_000))).rejects.toThrow(`more than ${MAX} rows`);
  expect(await all('insert into t values (?) returning a', 1)).toEqual([{ a: 1 }]);
});

it('tells each failure, whichever of the driver’s two endings comes first', async () => {
  await all('insert into t values (1)');
  const outcomes: string[] = [];

  // The driver swaps the two about one time in ten.
  for (let time = 0; time < 200; time += 1) {
    await all('insert into t values (1) returning a').then(
      () => outcomes.push('written'),
      (error: unknown) => outcomes.push(String(error)),
    );
  }

  expect(new Set(outcomes)).toEqual(
    new Set(['Error: SQLITE_CONSTRAINT: UNIQUE constraint failed: t.a']),
  );
  expect(outcomes).toHaveLength(200);
});

it.each([
  ['a wrong word', 'selec 1'],
  ['an unknown table', 'select * from nowhere'],
  ['a value too many', 'select ?', [1, 2]],
])('tells of %s', async (_what, sql, bindings = []) => {
  await expect(all(sql, ...(bindings as unknown[]))).rejects.toThrow(/SQLITE_/);
});
