import { existsSync, rmSync } from 'node:fs';
import { silentLog } from '../base/log';
import { openDatabase } from '../kernel/db';
import type { Database } from '../kernel/db-types';
import { errorCode } from '../kernel/error-code';

/** Rows of the core's database that are a plugin's, by the column that names it. */
const IN_CORE = [
  // Values that people set.
  { table: 'settings', column: 'scope' },
  // Whom its providers vouch for: what comes back under its name must find no accounts.
  { table: 'sign_in_links', column: 'plugin' },
] as const;

export interface RowCount {
  readonly table: string;
  readonly rows: number;
}

async function countIn({ knex }: Database, name: string, where: object = {}): Promise<RowCount> {
  const [row] = await knex(name).where(where).count({ rows: '*' });
  return { table: name, rows: Number(row?.['rows'] ?? 0) };
}

async function inFile<T>(file: string, ask: (db: Database) => Promise<T>): Promise<T> {
  const db = await openDatabase({ filename: file, log: silentLog() });
  try {
    return await ask(db);
  } finally {
    await db.close();
  }
}

/** Rows of each table of a plugin's file; none when there is no file. */
export async function countRows(file: string): Promise<readonly RowCount[]> {
  if (!existsSync(file)) return [];
  return inFile(file, async (db) => {
    const names: string[] = await db
      .knex('sqlite_master')
      .where({ type: 'table' })
      .whereRaw("name not glob 'sqlite_*'")
      .orderBy('name')
      .pluck('name');
    const counts: RowCount[] = [];
    for (const name of names) counts.push(await countIn(db, name));
    return counts;
  });
}

/** What the core keeps for a plugin, where it does; a database that was never migrated has no such table. */
export async function countInCore(db: Database, id: string): Promise<readonly RowCount[]> {
  const counts: RowCount[] = [];
  for (const { table, column } of IN_CORE) {
    if (!(await db.knex.schema.hasTable(table))) continue;
    counts.push(await countIn(db, table, { [column]: id }));
  }
  return counts.filter(({ rows }) => rows > 0);
}

/** Removes what the core keeps for a plugin: all of it, or nothing. */
export async function removeInCore(db: Database, id: string): Promise<void> {
  await db.transaction(async (trx) => {
    for (const { table, column } of IN_CORE) {
      if (await trx.schema.hasTable(table))
        await trx(table)
          .where({ [column]: id })
          .delete();
    }
  });
}

/** Whether another process has the file open: SQLite leaves WAL for the last one only. */
async function isInUse(file: string): Promise<boolean> {
  return inFile(file, async ({ knex }) => {
    try {
      await knex.raw('PRAGMA busy_timeout = 0');
      await knex.raw('PRAGMA journal_mode = DELETE');
      return false;
    } catch (error) {
      if (errorCode(error) !== 'storage/busy') throw error;
      return true;
    }
  });
}

/** Removes a plugin's file with its journals; false when a process still works with it. */
export async function removeFile(file: string): Promise<boolean> {
  if (existsSync(file) && (await isInUse(file))) return false;
  for (const suffix of ['', '-wal', '-shm', '-journal'])
    rmSync(`${file}${suffix}`, { force: true });
  return true;
}
