import type { Clock } from '../base/clock';
import { newToken } from '../base/ids';
import type { Database, MigrationSet } from './db-types';
import type { JobDefinition } from './job-types';

/** A lease outlives the job's timeout by this much: clocks of machines differ a little. */
const LEASE_GRACE_MS = 30_000;
/** How soon a job whose lease another process holds is tried again, at least. */
const RETRY_MIN_MS = 1_000;

/** Table of the leases. Times are milliseconds since 1970, so that both databases compare alike. */
export const jobMigrations: MigrationSet = {
  owner: 'core',
  migrations: [
    {
      name: 'kernel-0001-job-leases',
      async up(knex) {
        await knex.schema.createTable('job_leases', (table) => {
          table.string('job', 120).primary();
          table.string('holder', 120);
          table.bigInteger('until_ms').notNullable().defaultTo(0);
          table.bigInteger('due_ms').notNullable().defaultTo(0);
          table.integer('runs').notNullable().defaultTo(0);
          table.integer('failures').notNullable().defaultTo(0);
        });
      },
      async down(knex) {
        await knex.schema.dropTable('job_leases');
      },
    },
  ],
};

export interface Lease {
  readonly isTaken: true;
  /** Differs for each run, so that a late release never frees somebody else's lease. */
  readonly holder: string;
  /** When the job was due before it was taken. */
  readonly dueMs: number;
}
interface Refusal {
  readonly isTaken: false;
  /** When it makes sense to ask again. */
  readonly waitMs: number;
}

interface LeaseRow {
  readonly holder: string | null;
  readonly until_ms: number;
  readonly due_ms: number;
}
interface Job {
  readonly job: JobDefinition;
  readonly everyMs: number;
}

/** Takes and gives back leases in `job_leases`; the transaction makes "look, then take" one step. */
export function createLeases(deps: { db: Database; clock: Clock; instanceId: string }) {
  const { db, clock, instanceId } = deps;
  return {
    /** With `isDue`, refuses also before the job's next date. */
    take({ job, everyMs }: Job, { isDue }: { isDue: boolean }): Promise<Lease | Refusal> {
      return db.transaction(async (trx) => {
        const now = clock.now();
        await trx('job_leases').insert({ job: job.id }).onConflict('job').ignore();
        const row: LeaseRow | undefined = await trx('job_leases')
          .where({ job: job.id })
          .forUpdate()
          .first();
        const until = Number(row?.until_ms ?? 0);
        const due = Number(row?.due_ms ?? 0);
        if (row?.holder && until > now) return refusal(until - now);
        if (isDue && due > now) return refusal(due - now);
        const holder = `${instanceId}/${newToken(6)}`;
        await trx('job_leases')
          .where({ job: job.id })
          .update({
            holder,
            until_ms: now + job.timeoutS * 1_000 + LEASE_GRACE_MS,
            due_ms: now + everyMs,
            runs: trx.raw('runs + 1'),
          });
        return { isTaken: true, holder, dueMs: due };
      });
    },

    /** Undoes a `take` after which nothing ran: the job is due when it was, for whoever asks next. */
    async giveBack({ job }: Job, { holder, dueMs }: Lease) {
      await db
        .knex('job_leases')
        .where({ job: job.id, holder })
        .update({ holder: null, until_ms: 0, due_ms: dueMs, runs: db.knex.raw('runs - 1') });
    },

    async release({ job }: Job, { holder }: Lease, { isFailed }: { isFailed: boolean }) {
      await db
        .knex('job_leases')
        .where({ job: job.id, holder })
        .update({
          holder: null,
          until_ms: 0,
          ...(isFailed && { failures: db.knex.raw('failures + 1') }),
        });
    },
  };
}

const refusal = (waitMs: number): Refusal => ({
  isTaken: false,
  waitMs: Math.max(waitMs, RETRY_MIN_MS),
});
