import { withDeadline } from '../base/async';
import type { Clock } from '../base/clock';
import { AppError } from '../base/errors';
import type { Log } from '../base/log';
import type { Database } from './db-types';
import { createLeases, type Lease } from './job-leases';
import type { JobDefinition, Jobs } from './job-types';

export { jobMigrations } from './job-leases';

const JOB_ID = /^[a-z][a-z0-9-]*:[a-z0-9][a-z0-9:-]*$/;
const UNIT_MS: Readonly<Record<string, number>> = { s: 1e3, m: 60e3, h: 3_600e3, d: 86_400e3 };
/** A longer period would overflow setTimeout's 32 bits (24.8 days). */
const EVERY_MAX_MS = 7 * 86_400_000;
/** Spread of starts, so that workers and jobs do not wake at the same instant. */
const JITTER_SHARE = 0.1;
const JITTER_MAX_MS = 30_000;
/** A stopping process waits this long for aborted jobs (it has 10 s in all). */
const STOP_WAIT_MS = 5_000;

export interface JobRun {
  readonly id: string;
  readonly outcome: 'done' | 'failed' | 'timeout' | 'aborted';
  readonly ms: number;
}

export interface JobsDeps {
  readonly db: Database;
  readonly clock: Clock;
  readonly log: Log;
  /** Names this process among all that share the database. */
  readonly instanceId: string;
  /** Called after each run; meters listen here. Must not throw. */
  readonly onRun?: (run: JobRun) => void;
  /** 0 to 1; `Math.random` by default. */
  readonly random?: () => number;
}

/** Milliseconds of `30s`, `5m`, `1h`, `1d`; throws `config/invalid` outside one second to 7 days. */
export function parseEvery(every: string): number {
  const match = /^(\d{1,6})([smhd])$/.exec(every);
  const ms = Number(match?.[1]) * (UNIT_MS[match?.[2] ?? ''] ?? Number.NaN);
  if (ms >= 1_000 && ms <= EVERY_MAX_MS) return ms;
  throw new AppError('config/invalid', { details: { reason: `period "${every}" of a job` } });
}

interface Entry {
  readonly job: JobDefinition;
  readonly everyMs: number;
  cancel: () => void;
  /** The run under way here; it stays until the job settles, even past its timeout. */
  running: Promise<Error | undefined> | undefined;
  abort: AbortController | undefined;
  /** The look under way at whether it is due, its run included. */
  look: Promise<void> | undefined;
}

/** Periodic work, one process at a time: see {@link JobDefinition}. Errors are logged and counted. */
export function createJobs(deps: JobsDeps): Jobs {
  return new JobRunner(deps);
}

class JobRunner implements Jobs {
  readonly #deps: JobsDeps;
  readonly #leases: ReturnType<typeof createLeases>;
  readonly #entries = new Map<string, Entry>();
  #isStarted = false;
  #isStopped = false;

  constructor(deps: JobsDeps) {
    this.#deps = deps;
    this.#leases = createLeases(deps);
  }

  add(job: JobDefinition): () => void {
    if (!JOB_ID.test(job.id) || this.#entries.has(job.id) || !(job.timeoutS > 0)) {
      throw new AppError('config/invalid', { details: { reason: 'job', job: job.id } });
    }
    const everyMs = parseEvery(job.every);
    const entry: Entry = {
      job,
      everyMs,
      cancel() {},
      running: undefined,
      abort: undefined,
      look: undefined,
    };
    this.#entries.set(job.id, entry);
    if (this.#isStarted) this.#schedule(entry, 0);
    return () => {
      entry.cancel();
      entry.abort?.abort(new Error('job removed'));
      if (this.#isListed(entry)) this.#entries.delete(job.id);
    };
  }

  start(): void {
    if (this.#isStarted) return;
    this.#isStarted = true;
    this.#isStopped = false;
    for (const entry of this.#entries.values()) this.#schedule(entry, 0);
  }

  async runNow(id: string): Promise<void> {
    const entry = this.#entries.get(id);
    if (!entry) throw new AppError('request/not-found', { details: { job: id } });
    if (entry.job.isDue?.() === false) return;
    const lease = entry.running ? undefined : await this.#leases.take(entry, { isDue: false });
    if (!lease?.isTaken || entry.running) {
      throw new AppError('storage/busy', { details: { reason: 'job under way', job: id } });
    }
    if (this.#isOver(entry)) {
      await this.#leases.giveBack(entry, lease);
      throw new AppError('storage/busy', { details: { reason: 'job removed', job: id } });
    }
    await this.#run(entry, lease);
  }

  list() {
    return [...this.#entries.values()]
      .filter(({ job }) => job.isDue?.() !== false)
      .map(({ job: { id, every } }) => ({ id, every }));
  }

  async stop(): Promise<void> {
    this.#isStarted = false;
    this.#isStopped = true;
    const entries = [...this.#entries.values()];
    for (const entry of entries) {
      entry.cancel();
      entry.abort?.abort(new Error('stopping'));
    }
    // Neither rejects; a look may go on to a run, and a run past its timeout outlives its look.
    const settled = Promise.all(
      entries.map(async ({ running, look }) => {
        await running;
        await look;
      }),
    );
    await withDeadline(settled, STOP_WAIT_MS, () => new Error('jobs still run')).catch((err) =>
      this.#deps.log.warn({ err }, 'job/left-running'),
    );
  }

  #schedule(entry: Entry, waitMs: number): void {
    const random = this.#deps.random ?? Math.random;
    const jitterMs = random() * Math.min(entry.everyMs * JITTER_SHARE, JITTER_MAX_MS);
    entry.cancel = this.#deps.clock.after(waitMs + jitterMs, () => {
      // `#tick` handles its own errors.
      entry.look = this.#tick(entry).finally(() => {
        entry.look = undefined;
      });
    });
  }

  async #tick(entry: Entry): Promise<void> {
    let waitMs = entry.everyMs;
    try {
      const isPassed = entry.running !== undefined || entry.job.isDue?.() === false;
      const lease = isPassed ? undefined : await this.#leases.take(entry, { isDue: true });
      // Stopped or removed while the database answered.
      if (lease?.isTaken && this.#isOver(entry)) await this.#leases.giveBack(entry, lease);
      else if (lease?.isTaken) await this.#run(entry, lease);
      else if (lease) waitMs = Math.min(lease.waitMs, entry.everyMs);
    } catch (err) {
      this.#deps.log.error({ err, job: entry.job.id }, 'job/failed');
    }
    if (this.#isStarted && this.#isListed(entry)) this.#schedule(entry, waitMs);
  }

  #isListed(entry: Entry): boolean {
    return this.#entries.get(entry.job.id) === entry;
  }

  #isOver(entry: Entry): boolean {
    return this.#isStopped || !this.#isListed(entry);
  }

  // Resolves at the timeout at the latest; rejects with the job's error, or the timeout's.
  async #run(entry: Entry, lease: Lease): Promise<void> {
    const { clock, onRun } = this.#deps;
    const startedAt = clock.now();
    const abort = new AbortController();
    const work = this.#work(entry, lease, abort.signal);
    entry.abort = abort;
    entry.running = work;
    const end = await this.#firstEnd(entry.job, work, abort);
    onRun?.({ id: entry.job.id, outcome: end.outcome, ms: clock.now() - startedAt });
    if (end.error && end.outcome !== 'aborted') throw end.error;
  }

  #firstEnd(job: JobDefinition, work: Promise<Error | undefined>, abort: AbortController) {
    return new Promise<{ outcome: JobRun['outcome']; error: Error | undefined }>((resolve) => {
      const cancel = this.#deps.clock.after(job.timeoutS * 1_000, () => {
        const error = new Error(`job ${job.id} exceeded ${job.timeoutS} s`);
        resolve({ outcome: 'timeout', error });
        abort.abort(error);
      });
      void work.then((error) => {
        cancel();
        const failed = abort.signal.aborted ? 'aborted' : 'failed';
        resolve({ outcome: error ? failed : 'done', error });
      });
    });
  }

  // Never rejects. A job deaf to its signal keeps its lease and its place here until it settles,
  // so that it never runs twice at once in this process.
  async #work(entry: Entry, lease: Lease, signal: AbortSignal): Promise<Error | undefined> {
    const error = await settle(() => entry.job.run(signal));
    entry.running = undefined;
    entry.abort = undefined;
    // When the database does not answer, the lease ends by its own date.
    const lost = await settle(() =>
      this.#leases.release(entry, lease, { isFailed: error !== undefined }),
    );
    if (lost) this.#deps.log.warn({ err: lost, job: entry.job.id }, 'job/lease-kept');
    return error;
  }
}

/** The error of a call that threw or rejected. */
async function settle(run: () => Promise<void>): Promise<Error | undefined> {
  try {
    await run();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}
