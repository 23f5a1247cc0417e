import { silentLog } from '../../../src/base/log';
import { createSupervisor, StartFailed } from '../../../src/cli/supervisor';
import type { ChildEvents, WorkerStart } from '../../../src/cli/supervisor-types';
import { fakeClock } from '../kernel/fixtures/kit';

const INFO = { url: 'http://127.0.0.1:1', plugins: [], warnings: [] };

interface Fake extends ChildEvents {
  readonly start: WorkerStart;
  readonly told: string[];
}

/** A supervisor whose processes are played by the test. */
function aSupervisor(workers = 1) {
  const clock = fakeClock();
  const forked: Fake[] = [];
  const supervisor = createSupervisor({
    log: silentLog(),
    clock,
    workers,
    port: 1,
    fork(start, events) {
      const told: string[] = [];
      const fake: Fake = { start, told, ...events };
      forked.push(fake);
      return {
        pid: forked.length,
        stop() {
          told.push('stop');
          events.onExit(0);
        },
        kill() {
          told.push('kill');
          events.onExit(undefined);
        },
        quarantine: ({ plugin }) => told.push(`quarantine ${plugin}`),
      };
    },
  });
  const process = (index: number): Fake => {
    const found = forked[index];
    if (!found) throw new Error(`no process ${index}`);
    return found;
  };
  return { supervisor, clock, forked, process };
}

async function started(workers = 1) {
  const test = aSupervisor(workers);
  const ready = test.supervisor.start();
  test.process(0).onReady(INFO);
  await Promise.resolve();
  await Promise.resolve();
  for (const other of test.forked.slice(1)) other.onReady(INFO);
  await ready;
  return test;
}

it('starts one process first, then the others, and stops all of them', async () => {
  const { supervisor, forked, process } = await started(3);

  expect(forked.map(({ start }) => start.slot)).toEqual([0, 1, 2]);
  await supervisor.stop();
  expect([0, 1, 2].map((index) => process(index).told)).toEqual([['stop'], ['stop'], ['stop']]);
  expect(await supervisor.ended).toBe(0);
});

it('ends with the code of a first process that does not come up, and starts no other', async () => {
  const { supervisor, forked, process } = aSupervisor(2);
  const ready = supervisor.start();
  process(0).onExit(78);

  await expect(ready).rejects.toEqual(new StartFailed(78));
  expect(forked).toHaveLength(1);
});

it('starts the replacement first, and stops the old one once it listens', async () => {
  const { process, forked } = await started();

  process(0).onReplace('memory');
  process(0).onReplace('memory again');
  expect(forked).toHaveLength(2);
  expect(process(1).start.reason).toBe('memory');
  expect(process(0).told).toEqual([]);
  process(1).onReady(INFO);

  expect(process(0).told).toEqual(['stop']);
});

it('starts another one when one ends, later and later when they do not last', async () => {
  const { process, forked, clock } = await started();

  process(0).onExit(undefined);
  expect(forked).toHaveLength(2);
  process(1).onExit(1);
  expect(forked).toHaveLength(2);
  clock.advance(1_000);
  expect(forked).toHaveLength(3);
  process(2).onExit(1);
  clock.advance(1_000);
  expect(forked).toHaveLength(3);
  clock.advance(1_000);
  expect(forked).toHaveLength(4);
  process(3).onReady(INFO);
  clock.advance(60_000);
  process(3).onExit(1);
  expect(forked).toHaveLength(5);
});

it('keeps the old process when a reload is refused by its configuration', async () => {
  const { supervisor, process, forked, clock } = await started();

  const done = supervisor.reload();
  process(1).onExit(78);
  await done;
  clock.advance(600_000);

  expect(forked).toHaveLength(2);
  expect(process(0).told).toEqual([]);
  process(0).onExit(1);
  expect(forked).toHaveLength(3);
  process(2).onExit(78);
  expect(await supervisor.ended).toBe(78);
});

it('reloads one process after the other', async () => {
  const { supervisor, process, forked } = await started(2);

  const done = supervisor.reload();
  expect(forked).toHaveLength(3);
  process(2).onReady(INFO);
  await new Promise(setImmediate);
  expect(forked).toHaveLength(4);
  expect(process(1).told).toEqual([]);
  process(3).onReady(INFO);
  await done;

  expect([process(0).told, process(1).told]).toEqual([['stop'], ['stop']]);
});

it('kills a process that stands still, once another one listens', async () => {
  const { process } = await started();

  process(0).onReport({ type: 'stuck', plugin: 'agenda', hook: 'route', ms: 10_000 });
  expect(process(1).start.reason).toContain('agenda');
  process(1).onReady(INFO);

  expect(process(0).told).toEqual(['kill']);
});

it('takes a plugin out of service everywhere after two incidents, in new processes as well', async () => {
  const { process } = await started(2);
  const line = { type: 'freed', plugin: 'agenda', hook: 'route', ms: 1_500 } as const;

  process(0).onReport(line);
  expect(process(1).told).toEqual([]);
  process(1).onReport(line);

  expect(process(0).told).toEqual(['quarantine agenda']);
  expect(process(1).told).toEqual(['quarantine agenda']);
  process(0).onExit(1);
  expect(process(2).start.quarantined).toMatchObject([{ plugin: 'agenda' }]);
});

it('kills what does not listen in time, and what does not stop', async () => {
  const { process, clock } = await started();

  process(0).onReplace('x');
  clock.advance(120_000);

  expect(process(1).told).toEqual(['kill']);
});
