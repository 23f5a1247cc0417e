import path from 'node:path';
import { silentLog } from '../../../src/base/log';
import {
  createWorkerPool,
  type WorkerPool,
  type WorkerPoolOptions,
} from '../../../src/kernel/worker';

const ENTRY = path.join(__dirname, 'fixtures/worker-tasks.ts');
const TIMEOUT_MS = 20_000; // far above any task here: only those meant to be cut off are

const pools: WorkerPool[] = [];
function aPool(options: Partial<WorkerPoolOptions> = {}): WorkerPool {
  const pool = createWorkerPool({
    size: 1,
    entry: ENTRY,
    log: silentLog(),
    maxQueue: 10,
    heapMb: 64,
    queueWaitMs: 25_000,
    ...options,
  });
  pools.push(pool);
  return pool;
}
afterEach(async () => {
  await Promise.all(pools.splice(0).map((pool) => pool.close()));
});

const run = <T>(pool: WorkerPool, task: string, input?: unknown, timeoutMs = TIMEOUT_MS) =>
  pool.run<T>(task, input, { timeoutMs });

it('starts no thread before the first task and reuses it for the next', async () => {
  const pool = aPool();
  expect(pool.stats().threads).toBe(0);

  expect(await run<number>(pool, 'double', 21)).toBe(42);
  expect(await run<string>(pool, 'later', 'bonjour')).toBe('bonjour!');

  expect(pool.stats()).toEqual({ threads: 1, busy: 0, queued: 0 });
});

it('kills a task that loops for ever while another thread goes on, and replaces the thread', async () => {
  const pool = aPool({ size: 2 });
  await run(pool, 'double', 1);

  const loop = run(pool, 'loop', undefined, 300);
  const others = Promise.all([1, 2, 3].map((value) => run<number>(pool, 'double', value)));

  expect(await others).toEqual([2, 4, 6]);
  await expect(loop).rejects.toMatchObject({ code: 'worker/timeout' });
  expect(await run<number>(pool, 'double', 4)).toBe(8);
});

it('does not count the wait in the queue as run time', async () => {
  const pool = aPool();
  await run(pool, 'double', 1);

  const loop = run(pool, 'loop', undefined, 600);
  const waiting = run<number>(pool, 'double', 5, 500);

  await expect(loop).rejects.toMatchObject({ code: 'worker/timeout' });
  expect(await waiting).toBe(10);
});

it('cuts off a task whose promise never settles', async () => {
  await expect(run(aPool(), 'sleep', undefined, 100)).rejects.toMatchObject({
    code: 'worker/timeout',
  });
});

it('rejects only the running task when the thread crashes or exits', async () => {
  const pool = aPool();
  for (const task of ['crash', 'exit']) {
    const crash = run(pool, task);
    const next = run<number>(pool, 'double', 3);

    await expect(crash).rejects.toMatchObject({ code: 'internal/unexpected' });
    expect(await next).toBe(6);
  }
});

it('ends a task that fills its heap, not the process', async () => {
  const pool = aPool({ heapMb: 24 });

  await expect(run(pool, 'bomb')).rejects.toMatchObject({ code: 'worker/timeout' });
  expect(await run<number>(pool, 'double', 3)).toBe(6);
});

it('passes on what a task throws, with the code of an AppError', async () => {
  const pool = aPool();

  await expect(run(pool, 'refuses')).rejects.toMatchObject({
    code: 'message/too-complex',
    details: { depth: 101 },
  });
  await expect(run(pool, 'throws')).rejects.toMatchObject({
    code: 'internal/unexpected',
    cause: { message: 'bad part' },
  });
  await expect(run(pool, 'uncloneable')).rejects.toMatchObject({ code: 'internal/unexpected' });
  await expect(run(pool, 'toString')).rejects.toMatchObject({ code: 'internal/unexpected' });
});

it('goes on after an input that cannot be cloned', async () => {
  const pool = aPool();
  await run(pool, 'double', 1);

  const loop = run(pool, 'loop', undefined, 200);
  const bad = run(pool, 'double', () => 1);
  const good = run<number>(pool, 'double', 2);

  await expect(loop).rejects.toMatchObject({ code: 'worker/timeout' });
  await expect(bad).rejects.toMatchObject({ code: 'internal/unexpected' });
  expect(await good).toBe(4);
});

it('refuses a task when the queue is full', async () => {
  const pool = aPool({ maxQueue: 2 });
  const waiting = [run<number>(pool, 'double', 1), run<number>(pool, 'double', 2)];

  await expect(run(pool, 'double', 3)).rejects.toMatchObject({ code: 'request/budget' });
  expect(await Promise.all(waiting)).toEqual([2, 4]);
});

it('gives up a task that waits too long for a thread', async () => {
  const pool = aPool({ queueWaitMs: 1 });
  pool.warm();
  const isServed = () =>
    run(pool, 'double', 1).then(
      () => true,
      () => false,
    );
  while (!(await isServed())) expect(pool.stats().queued).toBe(0);

  const running = run(pool, 'sleep');
  running.catch(() => {}); // ends with the pool
  const waiting = run(pool, 'double', 1);

  await expect(waiting).rejects.toMatchObject({ code: 'request/budget' });
  expect(pool.stats()).toEqual({ threads: 1, busy: 1, queued: 0 });
});

it('rejects at once on abort, queued or running', async () => {
  const pool = aPool();
  const abort = new AbortController();
  const queued = pool.run('double', 1, { timeoutMs: TIMEOUT_MS, signal: abort.signal });
  abort.abort(new Error('gone'));

  await expect(queued).rejects.toThrow('gone');
  await expect(
    pool.run('double', 1, { timeoutMs: TIMEOUT_MS, signal: abort.signal }),
  ).rejects.toThrow('gone');
  expect(await run<number>(pool, 'double', 2)).toBe(4);

  const second = new AbortController();
  const running = pool.run('sleep', 1, { timeoutMs: 500, signal: second.signal });
  second.abort(new Error('gone again'));
  await expect(running).rejects.toThrow('gone again');
});

it('fails the tasks of an entry module that does not load instead of restarting for ever', async () => {
  const pool = aPool({ entry: path.join(__dirname, 'fixtures/broken-worker.ts') });
  const tasks = [run(pool, 'double', 1), run(pool, 'double', 2)];

  const results = await Promise.allSettled(tasks);

  expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect(pool.stats()).toEqual({ threads: 0, busy: 0, queued: 0 });
});

it('hides the variables of this process from what it runs', async () => {
  process.env['ESTAFETTE_SECRET'] = 'do-not-tell';
  try {
    expect(await run<string>(aPool(), 'secret')).toBe('none');
  } finally {
    delete process.env['ESTAFETTE_SECRET'];
  }
});

it('refuses tasks once closed', async () => {
  const pool = aPool();
  const waiting = run(pool, 'double', 1);
  const closing = pool.close();

  await expect(waiting).rejects.toMatchObject({ code: 'request/budget' });
  await closing;
  await expect(run(pool, 'double', 1)).rejects.toMatchObject({ code: 'request/budget' });
});
