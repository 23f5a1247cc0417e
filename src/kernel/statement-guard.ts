import { AppError } from '../base/errors';
import type { RawDatabase } from './sqlite-statements';

/** What a plugin's statement begins with; no ATTACH, PRAGMA, VACUUM, BEGIN or change of tables. */
const DATA = /^\s*(?:select|insert|update|delete|replace|with)\b/i;
/** What knex itself says around a transaction: text alone, where a statement of somebody has a method. */
const CONTROL =
  /^(?:BEGIN IMMEDIATE|COMMIT|ROLLBACK|(?:RELEASE |ROLLBACK TO )?SAVEPOINT trx\d+);?$/;

const INTERRUPT_AGAIN_MS = 20;

/** A statement as knex hands it to the driver. */
export interface DriverQuery {
  readonly sql: string;
  readonly method?: string;
}

interface StatementLimits {
  /** Of the statement that is about to run, from when it was asked for, in milliseconds. */
  readonly statementMs: () => number;
  /** What is wrong, told to who asked; `ms` is the deadline that passed. */
  readonly overdue: (ms: number) => Error;
}

/**
 * Stands between knex and one connection that code of others uses: only data, one statement at a
 * time (libuv has four threads for everybody), none longer than its deadline.
 */
export class StatementGuard {
  readonly #limits: StatementLimits;
  #last: Promise<unknown> = Promise.resolve();
  #isClosed = false;
  /** What ends the statement that runs. */
  #interrupt: (() => void) | undefined;
  #isChangingSchema = false;
  #isInside = false;
  /** SQLite undid the transaction by itself: what follows in it must not be written alone. */
  #isLost = false;

  constructor(limits: StatementLimits) {
    this.#limits = limits;
  }

  /** Any statement, of whatever length, meanwhile: migrations. */
  async schema<T>(run: () => Promise<T>): Promise<T> {
    this.#isChangingSchema = true;
    try {
      return await run();
    } finally {
      this.#isChangingSchema = false;
    }
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Ends the statement that runs, if any, and starts no other; a rollback still passes. */
  close(): void {
    this.#isClosed = true;
    this.#interrupt?.();
  }

  run(connection: RawDatabase, query: DriverQuery, start: () => Promise<unknown>) {
    if (query.method === undefined && CONTROL.test(query.sql)) {
      return this.#inTurn(connection, () => this.#control(query.sql, start));
    }
    if (this.#isChangingSchema) return this.#inTurn(connection, start);
    if (!DATA.test(query.sql)) return Promise.reject(refusal());
    return this.#limited(connection, start);
  }

  #inTurn<T>(connection: RawDatabase, start: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(async () => {
      let again: NodeJS.Timeout | undefined;
      // More than once: SQLite ignores it while the statement has yet to start in its thread.
      this.#interrupt = () => {
        connection.interrupt();
        again ??= setInterval(() => connection.interrupt(), INTERRUPT_AGAIN_MS);
      };
      try {
        return await start();
      } finally {
        clearInterval(again);
        this.#interrupt = undefined;
      }
    });
    this.#last = turn.catch(() => {});
    return turn;
  }

  async #control(sql: string, start: () => Promise<unknown>): Promise<unknown> {
    // Refused, a commit is followed by a rollback.
    if (sql.startsWith('COMMIT') && this.#isLost) throw lost();
    if (sql.startsWith('BEGIN')) {
      const begun = await start();
      this.#isInside = true;
      return begun;
    }
    if (/^(?:COMMIT|ROLLBACK);?$/.test(sql)) {
      this.#isInside = false;
      this.#isLost = false;
    }
    return start();
  }

  #limited(connection: RawDatabase, start: () => Promise<unknown>): Promise<unknown> {
    const ms = this.#limits.statementMs();
    return new Promise((resolve, reject) => {
      let state: 'waiting' | 'running' | 'over' = 'waiting';
      const timer = setTimeout(() => {
        const wasRunning = state === 'running';
        state = 'over';
        if (!wasRunning) return reject(new AppError('storage/busy'));
        this.#isLost = this.#isInside;
        this.#interrupt?.();
        // Not when the statement ends: a single function of SQL is not interrupted.
        reject(this.#limits.overdue(ms));
      }, ms);
      this.#inTurn(connection, async () => {
        if (state === 'over') return;
        if (this.#isLost) throw lost();
        if (this.#isClosed) throw new AppError('plugin/unavailable');
        state = 'running';
        return start();
      })
        .then(resolve, reject)
        .finally(() => clearTimeout(timer));
    });
  }
}

const refusal = (): AppError =>
  new AppError('request/forbidden', {
    details: { problem: 'not a select, insert, update, delete, replace or with' },
  });

const lost = (): Error => new Error('a statement of this transaction took too long: all is undone');
