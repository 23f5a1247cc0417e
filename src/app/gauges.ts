import type { Metrics } from '../kernel/meter';

/** What is open or waiting at the moment of asking. */
export function addGauges(
  metrics: Metrics,
  {
    pool,
    workers,
  }: {
    readonly pool: { stats(): { readonly connections: number; readonly waiting: number } };
    readonly workers: { stats(): { readonly queued: number } };
  },
): void {
  metrics.gauge('imap_connections', 'Open IMAP connections', [], () => pool.stats().connections);
  const waiting = 'Calls waiting for an IMAP connection';
  metrics.gauge('imap_waiting', waiting, [], () => pool.stats().waiting);
  const queued = 'Tasks waiting for a parsing thread';
  metrics.gauge('worker_queue', queued, [], () => workers.stats().queued);
}

/** Counts runs of periodic work; what `createJobs` calls after each. */
export function countJobRuns(
  metrics: Metrics,
): (run: { readonly id: string; readonly outcome: string }) => void {
  const runs = metrics.counter('job_runs_total', 'Runs of periodic work', ['job', 'outcome']);
  return ({ id, outcome }) => runs.inc({ job: id, outcome });
}
