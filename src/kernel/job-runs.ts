import { z } from 'zod';
import type { Clock } from '../base/clock';
import type { Log } from '../base/log';
import type { Database, MigrationSet } from './db-types';
import type { JobRun } from './jobs';

/** How the last run of a job ended, whichever process ran it. */
export interface JobStatus {
  readonly id: string;
  /** When it ended; absent before its first run. Milliseconds since 1970. */
  readonly endedAt?: number;
  readonly ms?: number;
  readonly outcome?: JobRun['outcome'];
  /** When it may run next. */
  readonly dueAt?: number;
  /** A process holds it now. */
  readonly isRunning: boolean;
  readonly runs: number;
  readonly failures: number;
}

/** Table of the last run of each job: a process that serves pages may not be the one that works. */
export const jobRunMigrations: MigrationSet = {
  owner: 'core',
  migrations: [
    {
      name: 'kernel-0002-job-runs',
      async up(knex) {
        await knex.schema.createTable('job_runs', (table) => {
          table.string('job', 120).primary();
          table.bigInteger('ended_ms').notNullable();
          table.integer('took_ms').notNullable();
          table.string('outcome', 16).notNullable();
        });
      },
      async down(knex) {
        await knex.schema.dropTable('job_runs');
      },
    },
  ],
};

const leaseShape = z.object({
  job: z.string(),
  holder: z.string().nullable(),
  until_ms: z.coerce.number(),
  due_ms: z.coerce.number(),
  runs: z.coerce.number(),
  failures: z.coerce.number(),
});
const runShape = z.object({
  job: z.string(),
  ended_ms: z.coerce.number(),
  took_ms: z.coerce.number(),
  outcome: z.enum(['done', 'failed', 'timeout', 'aborted']),
});

/** Remembers how jobs ended, and reads it with their leases. */
export function createJobRuns({
  db,
  clock,
  log,
}: {
  readonly db: Database;
  readonly clock: Clock;
  readonly log: Log;
}) {
  async function write({ id, outcome, ms }: JobRun): Promise<void> {
    const row = { job: id, ended_ms: clock.now(), took_ms: Math.round(ms), outcome };
    await db.knex('job_runs').insert(row).onConflict('job').merge();
  }
  return {
    /** What `createJobs` calls after each run; a line that is lost is not worth failing for. */
    record(run: JobRun): void {
      write(run).catch((err: unknown) => log.warn({ err, job: run.id }, 'job/run-not-kept'));
    },
    async read(): Promise<ReadonlyMap<string, JobStatus>> {
      const leases: unknown = await db.knex('job_leases').select('*');
      const runs: unknown = await db.knex('job_runs').select('*');
      const last = new Map(
        z
          .array(runShape)
          .parse(runs)
          .map((run) => [run.job, run]),
      );
      const now = clock.now();
      return new Map(
        z
          .array(leaseShape)
          .parse(leases)
          .map((lease): [string, JobStatus] => [lease.job, statusOf(lease, last, now)]),
      );
    },
  };
}

function statusOf(
  lease: z.infer<typeof leaseShape>,
  last: ReadonlyMap<string, z.infer<typeof runShape>>,
  now: number,
): JobStatus {
  const run = last.get(lease.job);
  return {
    id: lease.job,
    ...(run && { endedAt: run.ended_ms, ms: run.took_ms, outcome: run.outcome }),
    ...(lease.due_ms > 0 && { dueAt: lease.due_ms }),
    isRunning: lease.holder !== null && lease.until_ms > now,
    runs: lease.runs,
    failures: lease.failures,
  };
}
