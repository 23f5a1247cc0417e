import { closeSync, openSync } from 'node:fs';
import path from 'node:path';
import { callbackify } from 'node:util';
import type { Knex } from 'knex';

import SqliteClient = require('knex/lib/dialects/sqlite3');
import SqliteTransaction = require('knex/lib/dialects/sqlite3/execution/sqlite-transaction');

import { delay } from '../base/async';
import { boundRows } from './bounded-rows';
import { beginWaiting, tireOf, waitAnew, withoutWaiting } from './busy-wait';
import { mapStorageError } from './db-errors';
import { errorCode } from './error-code';
import { makeFolder } from './folders';
import { keepStatements, type RawDatabase } from './sqlite-statements';
import type { DriverQuery, StatementGuard } from './statement-guard';

/** A query that waits longer for the one connection is answered with `storage/busy`. */
const ACQUIRE_TIMEOUT_MS = 3_000;
/** Behind a plugin's own query the deadline of statements comes first, which names the plugin. */
const GUARDED_ACQUIRE_TIMEOUT_MS = 6_000;
const WAL_TRIES = 100;
const WAL_RETRY_MS = 50;

// knex opens a deferred transaction. Two processes that read, then write, would both hold a
// snapshot, and the upgrade of the second fails at once with SQLITE_BUSY whatever the busy timeout
// (sqlite.org/isolation.html). Taking the write lock first makes the second one wait.
class ImmediateTransaction extends SqliteTransaction {
  override begin(connection: unknown): Promise<unknown> {
    // Not through `this.query`, which keeps the error for later and lets the body run meanwhile.
    return this.trxClient.query(connection, 'BEGIN IMMEDIATE;');
  }
}

// No private member here: inside a transaction knex calls these on an object that inherits from the
// prototype and was never constructed.
class ImmediateClient extends SqliteClient {
  override transaction(...args: unknown[]): Knex.Transaction {
    // The dialect's own class is untyped: it is what `Client.transaction` returns there too.
    return new ImmediateTransaction(this, ...args) as unknown as Knex.Transaction;
  }

  override async query(connection: RawConnection, query: unknown): Promise<unknown> {
    try {
      await waitAnew(connection);
      return await super.query(connection, query);
    } catch (error) {
      const statement = statementOf(query);
      // A full disk makes SQLite roll back by itself: the error that matters is the first one.
      if (/^ROLLBACK;?$/i.test(statement) && /no transaction is active/.test(String(error))) return;
      // knex forgets a transaction whose commit failed, and the connection would stay inside it.
      if (/^COMMIT;?$/i.test(statement)) await super.query(connection, 'ROLLBACK;').catch(ignore);
      await tireOf(connection, error);
      throw mapStorageError(error);
    }
  }

  override _query(connection: RawDatabase, query: DriverQuery): Promise<unknown> {
    const run = () => super._query(connection, query);
    const { guard } = this.config;
    return guard ? guard.run(connection, query, run) : run();
  }

  override async acquireRawConnection(): Promise<RawDatabase> {
    const raw = await super.acquireRawConnection();
    return this.config.guard ? boundRows(raw) : keepStatements(raw);
  }

  override async acquireConnection(): Promise<RawDatabase> {
    try {
      return await super.acquireConnection();
    } catch (error) {
      throw mapStorageError(error);
    }
  }
}

/** For a rollback of what SQLite has left already. */
const ignore = (): void => {};

function statementOf(query: unknown): string {
  if (typeof query === 'string') return query;
  const isObject = typeof query === 'object' && query !== null && 'sql' in query;
  return isObject ? String(query.sql) : '';
}

interface RawConnection {
  exec(sql: string, done: (error: Error | null) => void): void;
  configure(option: 'limit', id: number, value: number): void;
}

// Numbers of SQLite's own interface (sqlite.org/c3ref/c_limit_attached.html).
const LIMIT_LENGTH = 0;
const LIMIT_ATTACHED = 7;
/** Of a row or a value in a guarded database: one function call on more is not interrupted. */
const GUARDED_LENGTH = 32 * 1_048_576;

/**
 * knex settings for SQLite in `filename` (made with mode 0600 if absent) or `:memory:`; each
 * statement passes the guard when there is one, and no other file can be attached.
 */
export function sqliteConfig(filename: string, guard?: StatementGuard): Knex.Config {
  if (filename !== ':memory:') makePrivateFile(filename);
  return {
    client: ImmediateClient as unknown as typeof Knex.Client,
    connection: { filename },
    useNullAsDefault: true,
    // One writer at a time is SQLite's rule; a second connection would only add BUSY errors, and
    // would be another, empty database for `:memory:`. It must never be reaped for the same reason.
    pool: { min: 1, max: 1, afterCreate: guard ? prepareGuarded : prepareConnection },
    acquireConnectionTimeout: guard ? GUARDED_ACQUIRE_TIMEOUT_MS : ACQUIRE_TIMEOUT_MS,
    // Bindings hold people's data: an error message carries the statement without them.
    compileSqlOnError: false,
    // The dialect hands its configuration on to the clients of transactions.
    ...(guard && { guard }),
  };
}

// The journal files inherit the mode of the database file, which holds sealed credentials.
function makePrivateFile(filename: string): void {
  makeFolder(path.dirname(path.resolve(filename)));
  closeSync(openSync(filename, 'a', 0o600));
}

// The pool wants a callback, and calls back into code of its own: outside the promise, so that an
// error of that code is not taken for one of ours.
function prepareConnection(
  raw: RawConnection,
  done: (error: Error | null, raw: RawConnection) => void,
): void {
  callbackify(prepare)(raw, (error) => done(error, raw));
}

function prepareGuarded(
  raw: RawConnection,
  done: (error: Error | null, raw: RawConnection) => void,
): void {
  raw.configure('limit', LIMIT_ATTACHED, 0);
  raw.configure('limit', LIMIT_LENGTH, GUARDED_LENGTH);
  prepareConnection(raw, done);
}

async function prepare(raw: RawConnection): Promise<void> {
  await beginWaiting(raw);
  await enterWal(raw);
  // FULL: a commit survives a power cut. The outbox relies on it: a lost "sending" row would mean
  // a message sent twice.
  await exec(
    raw,
    'PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY',
  );
}

// Entering WAL takes an exclusive lock for which SQLite does not call the busy handler, so two
// processes that create a database together need a few tries.
async function enterWal(raw: RawConnection): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await exec(raw, 'PRAGMA journal_mode = WAL');
      return;
    } catch (error) {
      if (errorCode(error) !== 'SQLITE_BUSY' || attempt === WAL_TRIES) throw error;
      await delay(WAL_RETRY_MS);
    }
  }
}

/**
 * Runs a write that is not worth waiting for: with `storage/busy` at once while another process has
 * the lock. Who asks next for the one connection would wait with it.
 */
export async function runAtOnce(knex: Knex, query: Knex.QueryBuilder): Promise<void> {
  const client: ImmediateClient = knex.client;
  const connection = await client.acquireConnection();
  try {
    await withoutWaiting(connection, () => Promise.resolve(query.connection(connection)));
  } finally {
    await client.releaseConnection(connection);
  }
}

const exec = (raw: RawConnection, sql: string): Promise<void> =>
  new Promise((resolve, reject) => {
    raw.exec(sql, (error) => (error ? reject(error) : resolve()));
  });
