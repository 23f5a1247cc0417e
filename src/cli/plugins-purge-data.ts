import { existsSync, rmSync } from 'node:fs';
import { silentLog } from '../base/log';
import { openDatabase } from '../kernel/db';
import type { Database } from '../kernel/db-types';
import { errorCode } from '../kernel/error-code';

/** Values that people set, in the core's database, by the plugin's id as scope. */
const SETTINGS = 'settings';

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

/** What people set for a plugin, when they did. */
export async function countSettings(db: Database, id: string): Promise<readonly RowCount[]> {
  if (!(await hasSettings(db))) return [];
  const count = await countIn(db, SETTINGS, { scope: id });
  return count.rows > 0 ? [count] : [];
}

/** Removes what people set for a plugin; nothing where the core's tables were never made. */
export async function removeSettings(db: Database, id: string): Promise<void> {
  if (await hasSettings(db)) await db.knex(SETTINGS).where({ scope: id }).delete();
}

const hasSettings = ({ knex }: Database): Promise<boolean> => knex.schema.hasTable(SETTINGS);

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
