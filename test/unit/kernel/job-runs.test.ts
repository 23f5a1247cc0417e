import { silentLog } from '../../../src/base/log';
import { createTestClock } from '../../../src/host/testing/clock';
import { openDatabase } from '../../../src/kernel/db';
import type { Database } from '../../../src/kernel/db-types';
import { createJobRuns, jobRunMigrations } from '../../../src/kernel/job-runs';
import { createJobs, jobMigrations } from '../../../src/kernel/jobs';
import { migrate } from '../../../src/kernel/migrate';

describe('the last run of each job', () => {
  let db: Database;
  const clock = createTestClock();
  const log = silentLog();

  beforeEach(async () => {
    db = await openDatabase({ client: 'sqlite', filename: ':memory:', log });
    const migrations = [...jobMigrations.migrations, ...jobRunMigrations.migrations];
    await migrate(db, [{ owner: 'core', migrations }]);
  });
  afterEach(() => db.close());

  it('is read with what is due next, whichever process ran it', async () => {
    const runs = createJobRuns({ db, clock, log });
    const jobs = createJobs({ db, clock, log, instanceId: 'a', onRun: runs.record });
    jobs.add({ id: 'core:good', every: '1m', timeoutS: 5, run: async () => {} });
    jobs.add({
      id: 'core:bad',
      every: '1h',
      timeoutS: 5,
      run: async () => {
        throw new Error('no');
      },
    });
    await jobs.runNow('core:good');
    await expect(jobs.runNow('core:bad')).rejects.toThrow('no');
    // The line is written beside the job, by the connection that reads it next.
    await db.knex.raw('select 1');

    const read = await createJobRuns({ db, clock, log }).read();

    expect(read.get('core:good')).toMatchObject({ outcome: 'done', runs: 1, failures: 0 });
    expect(read.get('core:good')?.endedAt).toBe(clock.now());
    expect(read.get('core:good')?.dueAt).toBe(clock.now() + 60_000);
    expect(read.get('core:bad')).toMatchObject({ outcome: 'failed', runs: 1, isRunning: false });
    await jobs.stop();
  });

  it('knows nothing of a job that never ran', async () => {
    expect((await createJobRuns({ db, clock, log }).read()).size).toBe(0);
  });
});
