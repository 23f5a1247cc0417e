import { type Knex, knex } from 'knex';
import type { Log } from '../base/log';
import { mapStorageError } from './db-errors';
import { sqliteConfig } from './db-sqlite';
import type { Database } from './db-types';

export { mapStorageError } from './db-errors';

/** Connections of one process to PostgreSQL. */
const PG_POOL = { min: 0, max: 10 };
const PG_ACQUIRE_TIMEOUT_MS = 5_000;

export type DatabaseOptions =
  | { readonly client: 'sqlite'; readonly filename: string; readonly log: Log }
  | {
      readonly client: 'pg';
      /** `postgres://user:password@host/name`, or the driver's own settings. */
      readonly connection: string | Readonly<Record<string, unknown>>;
      readonly log: Log;
    };

/**
 * Opens the one database and checks that it answers. SQLite (a file or `:memory:`) is set to WAL;
 * statements that meet a lock or a full disk throw `storage/busy` or `storage/full`.
 */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  const instance = knex({ ...driverConfig(options), log: knexLog(options.log) });
  try {
    await instance.raw('select 1');
  } catch (error) {
    await instance.destroy();
    throw mapStorageError(error);
  }
  return {
    knex: instance,
    async transaction(run) {
      try {
        return await instance.transaction(run);
      } catch (error) {
        throw mapStorageError(error);
      }
    },
    close: () => instance.destroy(),
  };
}

function driverConfig(options: DatabaseOptions): Knex.Config {
  if (options.client === 'sqlite') return sqliteConfig(options.filename);
  return {
    client: 'pg',
    connection:
      typeof options.connection === 'string' ? options.connection : { ...options.connection },
    pool: PG_POOL,
    acquireConnectionTimeout: PG_ACQUIRE_TIMEOUT_MS,
    compileSqlOnError: false,
  };
}

/** Whether the database is SQLite, for the few statements that differ. */
export const isSqlite = (db: Database): boolean => db.knex.client.dialect === 'sqlite3';

// knex writes to the console otherwise, with colours and outside our JSON lines.
function knexLog(log: Log): Knex.Logger {
  return {
    warn: (message: unknown) => log.warn({ detail: String(message) }, 'database/warning'),
    error: (message: unknown) => log.error({ detail: String(message) }, 'database/error'),
    deprecate: (message: unknown) => log.debug({ detail: String(message) }, 'database/deprecated'),
    debug: () => {},
  };
}
