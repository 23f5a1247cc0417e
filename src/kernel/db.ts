import { type Knex, knex } from 'knex';
import type { Log } from '../base/log';
import { mapStorageError } from './db-errors';
import { runAtOnce, sqliteConfig } from './db-sqlite';
import type { Database } from './db-types';
import type { StatementGuard } from './statement-guard';

export { mapStorageError } from './db-errors';

export interface DatabaseOptions {
  readonly client?: 'sqlite';
  /** A file, or `:memory:`. */
  readonly filename: string;
  readonly log: Log;
  /** Where the statements are not our own. */
  readonly guard?: StatementGuard;
}

/**
 * Opens the one database and checks that it answers. SQLite (a file or `:memory:`) is set to WAL;
 * statements that meet a lock or a full disk throw `storage/busy` or `storage/full`.
 */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  const db = createDatabase(options);
  try {
    await db.knex.raw('select 1');
    return db;
  } catch (error) {
    await db.close();
    throw mapStorageError(error);
  }
}

/** As {@link openDatabase}, opening the file at the first statement. */
export function createDatabase(options: DatabaseOptions): Database {
  const { filename, guard, log } = options;
  const instance = knex({ ...sqliteConfig(filename, guard), log: knexLog(log) });
  return {
    knex: instance,
    async transaction(run) {
      try {
        return await instance.transaction(run);
      } catch (error) {
        throw mapStorageError(error);
      }
    },
    atOnce: (query) => runAtOnce(instance, query),
    close: () => instance.destroy(),
  };
}

// knex writes to the console otherwise, with colours and outside our JSON lines.
function knexLog(log: Log): Knex.Logger {
  return {
    warn: (message: unknown) => log.warn({ detail: String(message) }, 'database/warning'),
    error: (message: unknown) => log.error({ detail: String(message) }, 'database/error'),
    deprecate: (message: unknown) => log.debug({ detail: String(message) }, 'database/deprecated'),
    debug: () => {},
  };
}
