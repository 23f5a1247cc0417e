import { existsSync } from 'node:fs';
import type { Knex } from 'knex';
import { withDeadline } from '../base/async';
import { AppError } from '../base/errors';
import type { Log } from '../base/log';
import { createDatabase } from '../kernel/db';
import type { Database, Migration } from '../kernel/db-types';
import { currentAttribution, toError } from '../kernel/isolate';
import { type MigrationRef, migrate, pending } from '../kernel/migrate';
import { StatementGuard } from '../kernel/statement-guard';

/** Deadlines in milliseconds; those of jobs are longer, since nobody waits for a page. */
export interface StoreLimits {
  readonly statementMs: number;
  readonly transactionMs: number;
  readonly jobStatementMs: number;
  readonly jobTransactionMs: number;
}

export const STORE_LIMITS: StoreLimits = {
  statementMs: 5_000,
  transactionMs: 10_000,
  jobStatementMs: 30_000,
  jobTransactionMs: 60_000,
};

/** A function of SQL is not interrupted, and nothing waits for it. */
const CLOSE_MS = 2_000;
export const IN_MEMORY = ':memory:';

interface PluginStoreDeps {
  readonly plugin: string;
  /** A file of its own, or `:memory:`. */
  readonly filename: string;
  readonly log: Log;
  readonly limits: StoreLimits;
  /** Told of a statement or a transaction that passed its deadline. */
  readonly onOverdue: (plugin: string, error: Error) => void;
}

/** The database of one plugin, opened by the first that is asked of it. */
export interface PluginStore {
  readonly knex: () => Knex;
  /** BEGIN IMMEDIATE; undone after a deadline, whether `run` ever settles or not. */
  transaction<T>(run: (trx: Knex.Transaction) => Promise<T>): Promise<T>;
  migrate(migrations: readonly Migration[]): Promise<readonly MigrationRef[]>;
  /** What {@link PluginStore.migrate} would apply; makes no file. */
  pending(migrations: readonly Migration[]): Promise<readonly MigrationRef[]>;
  /** Undoes what is under way; a later query opens the database again. */
  close(): Promise<void>;
}

export function createPluginStore(deps: PluginStoreDeps): PluginStore {
  const { plugin, filename, limits } = deps;
  const log = deps.log.child({ plugin });
  const underWay = new Set<Knex.Transaction>();
  let opened: { readonly db: Database; readonly guard: StatementGuard } | undefined;

  function overdue(what: string, ms: number): Error {
    const error = new AppError('storage/overdue', { details: { plugin, what, ms } });
    deps.onOverdue(plugin, error);
    return error;
  }

  function open() {
    if (opened) return opened;
    const guard = new StatementGuard({
      statementMs: () => (isInJob() ? limits.jobStatementMs : limits.statementMs),
      overdue: (ms) => overdue('statement', ms),
    });
    opened = { db: createDatabase({ filename, log, guard }), guard };
    return opened;
  }

  /** Ends a transaction from outside; `run` finds its tables closed. */
  function undo(trx: Knex.Transaction, error: Error): void {
    void trx.rollback(error).then(
      () => {},
      (err: unknown) => log.error({ err: toError(err) }, 'database/rollback-failed'),
    );
  }

  return {
    knex: () => open().db.knex,
    async transaction(run) {
      const ms = isInJob() ? limits.jobTransactionMs : limits.transactionMs;
      let timer: NodeJS.Timeout | undefined;
      let own: Knex.Transaction | undefined;
      try {
        const { db, guard } = open();
        return await db.transaction((trx) => {
          // Closed while this one waited for the connection.
          if (guard.isClosed) throw new AppError('plugin/unavailable');
          own = trx;
          underWay.add(trx);
          timer = setTimeout(() => undo(trx, overdue('transaction', ms)), ms);
          return run(trx);
        });
      } finally {
        clearTimeout(timer);
        if (own) underWay.delete(own);
      }
    },
    async migrate(migrations) {
      const { db, guard } = open();
      return guard.schema(() => migrate(db, [{ owner: plugin, migrations }]));
    },
    async pending(migrations) {
      if (!opened && filename !== IN_MEMORY && !existsSync(filename)) {
        return migrations.map(({ name }) => ({ owner: plugin, name }));
      }
      return pending(open().db, [{ owner: plugin, migrations }]);
    },
    async close() {
      if (!opened) return;
      const { db, guard } = opened;
      opened = undefined;
      guard.close();
      for (const trx of underWay) undo(trx, new AppError('plugin/unavailable'));
      const late = () => new Error(`the database of ${plugin} is not closed after ${CLOSE_MS} ms`);
      await withDeadline(db.close(), CLOSE_MS, late).catch((error: unknown) =>
        log.error({ err: toError(error) }, 'database/close-failed'),
      );
    },
  };
}

const isInJob = (): boolean => currentAttribution()?.hook.startsWith('job:') === true;
