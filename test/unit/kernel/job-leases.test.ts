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
