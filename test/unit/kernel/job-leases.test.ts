import { silentLog } from '../../../src/base/log';
import { openDatabase } from '../../../src/kernel/db';
import type { Database } from '../../../src/kernel/db-types';
import { createLeases, jobMigrations } from '../../../src/kernel/job-leases';
import { migrate } from '../../../src/kernel/migrate';
import { movingClock } from '../../kit/moving-clock';

const JOB = {
  job: { id: 'core:tick', every: '1m', timeoutS: 5, run: async () => {} },
  everyMs: 60_000,
} as const;

let db: Database;
beforeEach(async () => {
  db = await openDatabase({ client: 'sqlite', filename: ':memory:', log: silentLog() });
  await migrate(db, [jobMigrations]);
});
afterEach(() => db.close());

it('is not taken from another process by the late end of a run that lost it', async () => {
  const clock = movingClock();
  const [slow, next, third] = ['slow', 'next', 'third'].map((instanceId) =>
    createLeases({ db, clock, instanceId }),
  );
  const lost = await slow?.take(JOB, { isDue: true });
  clock.forward(60_000); // past the job's time and the grace
  expect(await next?.take(JOB, { isDue: true })).toMatchObject({ isTaken: true });
  if (!lost?.isTaken) throw new Error('never taken');

  await slow?.release(JOB, lost, { isFailed: false });

  expect(await third?.take(JOB, { isDue: false })).toMatchObject({ isTaken: false });
});

it('is due when it was, after it was taken and nothing ran', async () => {
  const clock = movingClock();
  const leases = createLeases({ db, clock, instanceId: 'one' });
  const dueMs = async () => Number((await db.knex('job_leases').first('due_ms')).due_ms);
  const run = await leases.take(JOB, { isDue: true });
  if (!run.isTaken) throw new Error('never taken');
  await leases.release(JOB, run, { isFailed: false });
  const next = await dueMs();
  const early = await leases.take(JOB, { isDue: false }); // run by hand
  if (!early.isTaken) throw new Error('never taken');

  await leases.giveBack(JOB, early);

  expect(next).toBeGreaterThan(clock.now());
  expect(await dueMs()).toBe(next);
  expect(await leases.take(JOB, { isDue: true })).toMatchObject({ isTaken: false });
});
