import path from 'node:path';
import { silentLog } from '../../../src/base/log';
import type { Database } from '../../../src/kernel/db-types';
import type { Jobs } from '../../../src/kernel/job-types';
import { createJobs, type JobRun, jobMigrations, parseEvery } from '../../../src/kernel/jobs';
import { migrate } from '../../../src/kernel/migrate';
import { cleanUp, fakeClock, newDatabase, newFolder, until } from './support';

afterEach(cleanUp);

async function setUp(options: { filename?: string; random?: () => number } = {}) {
  const db = await newDatabase(options.filename);
  await migrate(db, [jobMigrations]);
  const time = fakeClock();
  const runs: JobRun[] = [];
  const jobs = jobsOn(db, time, runs, 'one');
  return { db, time, runs, jobs };
}

const jobsOn = (
  db: Database,
  { clock }: ReturnType<typeof fakeClock>,
  runs: JobRun[],
  instanceId: string,
) =>
  createJobs({
    db,
    clock,
    log: silentLog(),
    instanceId,
    random: () => 0,
    onRun: (run) => runs.push(run),
  });

function gate() {
  let open = (): void => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}

const never = (signal: AbortSignal): Promise<void> =>
  new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error));
  });

describe('jobs', () => {
  it('runs a job at each period once started, and not before', async () => {
    const { jobs, time, runs } = await setUp();
    jobs.add({ id: 'core:tick', every: '1m', timeoutS: 5, run: async () => {} });
    time.advance(120_000);
    expect(runs).toEqual([]);

    jobs.start();
    time.advance(0);
    await until(() => runs.length === 1 && time.pendingTimers() === 1);
    time.advance(59_999);
    expect(runs).toHaveLength(1);
    time.advance(1);
    await until(() => runs.length === 2);

    expect(runs.map(({ outcome }) => outcome)).toEqual(['done', 'done']);
    await jobs.stop();
  });

  it('passes a job over while it says that it is not due', async () => {
    const { jobs, time, runs } = await setUp();
    let isDue = false;
    const run = async () => {};
    jobs.add({ id: 'core:tick', every: '1m', timeoutS: 5, isDue: () => isDue, run });
    jobs.start();
    time.advance(0);
    await until(() => time.pendingTimers() === 1);
    await jobs.runNow('core:tick');
    expect([runs, jobs.list()]).toEqual([[], []]);

    isDue = true;
    time.advance(60_000);
    await until(() => runs.length === 1);

    expect(jobs.list()).toHaveLength(1);
    await jobs.stop();
  });

  it('lets one process at a time run a job, and one run it per period', async () => {
    const filename = path.join(newFolder(), 'a.db');
    const { db, jobs: one, time, runs } = await setUp({ filename });
    const two = jobsOn(await newDatabase(filename), time, runs, 'two');
    const { opened, open } = gate();
    let starts = 0;
    const job = {
      id: 'core:slow',
      every: '1m',
      timeoutS: 50,
      run: async () => {
        starts += 1;
        await opened;
      },
    };
    one.add(job);
    two.add(job);

    const first = one.runNow('core:slow');
    await until(() => starts === 1);
    await expect(two.runNow('core:slow')).rejects.toMatchObject({ code: 'storage/busy' });
    open();
    await first;
    two.start();
    time.advance(0);
    await until(() => time.pendingTimers() === 1);

    expect(starts).toBe(1);
    expect(await db.knex('job_leases').select('runs', 'holder')).toEqual([
      { runs: 1, holder: null },
    ]);
    await two.stop();
  });

  it('hands a job over once the lease of a dead process has ended', async () => {
    const filename = path.join(newFolder(), 'a.db');
    const { db, jobs: dead, time, runs } = await setUp({ filename });
    const alive = jobsOn(await newDatabase(filename), time, runs, 'two');
    const stuck = gate();
    let isStarted = false;
    dead.add({
      id: 'core:job',
      every: '10s',
      timeoutS: 5,
      run: () => {
        isStarted = true;
        return stuck.opened;
      },
    });
    alive.add({ id: 'core:job', every: '10s', timeoutS: 5, run: async () => {} });
    const abandoned = dead.runNow('core:job').catch(() => {});
    await until(() => isStarted);

    await expect(alive.runNow('core:job')).rejects.toMatchObject({ code: 'storage/busy' });
    time.advance(36_000);
    await alive.runNow('core:job');
    stuck.open();
    await abandoned;

    const [row] = await db.knex('job_leases').select('runs', 'holder');
    expect(row).toEqual({ runs: 2, holder: null });
  });

  it('aborts a job at its timeout and does not start it again while it lingers', async () => {
    const { jobs, time, runs } = await setUp();
    const linger = gate();
    let signalled = false;
    let starts = 0;
    jobs.add({
      id: 'core:deaf',
      every: '1m',
      timeoutS: 2,
      run: async (signal) => {
        starts += 1;
        signal.addEventListener('abort', () => {
          signalled = true;
        });
        await linger.opened;
      },
    });

    const run = jobs.runNow('core:deaf');
    await until(() => starts === 1);
    time.advance(2_000);
    await expect(run).rejects.toThrow('exceeded 2 s');
    time.advance(600_000);
    await expect(jobs.runNow('core:deaf')).rejects.toMatchObject({ code: 'storage/busy' });

    expect({ signalled, starts }).toEqual({ signalled: true, starts: 1 });
    expect(runs.map(({ outcome }) => outcome)).toEqual(['timeout']);
    linger.open();
    await jobs.stop();
  });

  it('counts a failure, and tries again at the next period', async () => {
    const { jobs, db, time, runs } = await setUp();
    jobs.add({
      id: 'core:bad',
      every: '30s',
      timeoutS: 5,
      run: async () => {
        throw new Error('broken');
      },
    });
    jobs.start();
    time.advance(0);
    await until(() => runs.length === 1 && time.pendingTimers() === 1);
    time.advance(30_000);
    await until(() => runs.length === 2 && time.pendingTimers() === 1);

    expect(runs.map(({ outcome }) => outcome)).toEqual(['failed', 'failed']);
    expect(await db.knex('job_leases').select('failures')).toEqual([{ failures: 2 }]);
    await jobs.stop();
  });

  it('tells running jobs to end when it stops, and counts no failure for it', async () => {
    const { jobs, db, runs } = await setUp();
    jobs.add({ id: 'core:long', every: '1h', timeoutS: 900, run: never });
    const run = jobs.runNow('core:long');
    let isHeld = false;
    while (!isHeld) isHeld = (await db.knex('job_leases').whereNotNull('holder')).length === 1;

    await jobs.stop();
    await run;

    expect(runs).toMatchObject([{ outcome: 'aborted' }]);
  });

  it.each<[string, (jobs: Jobs, remove: () => void) => unknown]>([
    ['stopped', (jobs) => jobs.stop()],
    ['removed', (_jobs, remove) => remove()],
  ])('runs nothing once %s while its turn is looked up, and leaves it due', async (_how, end) => {
    const { db, jobs, time, runs } = await setUp();
    const run = jest.fn(async () => {});
    const remove = jobs.add({ id: 'core:tick', every: '1m', timeoutS: 5, run });
    jobs.start();
    time.advance(0); // asks the database
    await end(jobs, remove);
    // Transactions take their turn: this one ends after those of the look.
    for (let turn = 0; turn < 3; turn++) await db.transaction(async (trx) => trx.raw('select 1'));
    const other = jobsOn(db, time, runs, 'two');
    other.add({ id: 'core:tick', every: '1m', timeoutS: 5, run: async () => {} });
    expect(run).not.toHaveBeenCalled();

    other.start();
    time.advance(0);
    await until(() => runs.length === 1);
    await other.stop();
  });

  it('refuses a run by hand of a job that is removed meanwhile', async () => {
    const { db, jobs } = await setUp();
    const run = jest.fn(async () => {});
    const remove = jobs.add({ id: 'core:tick', every: '1m', timeoutS: 5, run });

    const asked = jobs.runNow('core:tick');
    remove();

    await expect(asked).rejects.toMatchObject({ code: 'storage/busy' });
    expect(run).not.toHaveBeenCalled();
    expect(await db.knex('job_leases').first()).toMatchObject({ holder: null, runs: 0 });
  });

  it('no longer runs a job that was removed', async () => {
    const { jobs, time, runs } = await setUp();
    const remove = jobs.add({ id: 'notes:x', every: '1m', timeoutS: 5, run: async () => {} });
    jobs.start();

    remove();
    time.advance(600_000);

    expect({ runs, list: jobs.list() }).toEqual({ runs: [], list: [] });
    await expect(jobs.runNow('notes:x')).rejects.toMatchObject({ code: 'request/not-found' });
  });

  it.each([
    ['30s', 30_000],
    ['5m', 300_000],
    ['1h', 3_600_000],
    ['7d', 604_800_000],
  ])('reads the period %s', (every, ms) => {
    expect(parseEvery(every)).toBe(ms);
  });

  it.each(['', '0s', '5', '5x', '-1m', '8d', '1.5h', '1m '])('refuses the period "%s"', (every) => {
    expect(() => parseEvery(every)).toThrow('config/invalid');
  });

  it.each(['nocolon', 'A:b', 'core:', ':x', "core:x'; drop"])('refuses the id "%s"', async (id) => {
    const { jobs } = await setUp();

    expect(() => jobs.add({ id, every: '1m', timeoutS: 5, run: async () => {} })).toThrow(
      'config/invalid',
    );
  });
});
