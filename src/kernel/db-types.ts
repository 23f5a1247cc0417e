import type { Knex } from 'knex';

/** One step of a schema. Append-only; names carry no file extension and never change. */
export interface Migration {
  readonly name: string;
  up(knex: Knex): Promise<void>;
  down(knex: Knex): Promise<void>;
}

/** Migrations of one owner (`core` or a plugin id), kept in the table `migrations_<owner>`. */
export interface MigrationSet {
  readonly owner: string;
  readonly migrations: readonly Migration[];
}

/** The one database. SQLite in WAL with BEGIN IMMEDIATE. */
export interface Database {
  readonly knex: Knex;
  /** BEGIN IMMEDIATE, so that read-then-write never fails halfway (`storage/busy` after 2 s). */
  transaction<T>(run: (trx: Knex.Transaction) => Promise<T>): Promise<T>;
  /**
   * A write that a page can do without: `storage/busy` at once when another process has the lock, so
   * that what only reads waits for nobody.
   */
  atOnce(query: Knex.QueryBuilder): Promise<void>;
  close(): Promise<void>;
}
