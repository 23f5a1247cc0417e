import { silentLog } from '../../../src/base/log';
import { createSupervisor, StartFailed } from '../../../src/cli/supervisor';
import type { ChildEvents, WorkerStart } from '../../../src/cli/supervisor-types';
import type { ProcessNews } from '../../../src/kernel/process-news';
import { fakeClock } from '../kernel/fixtures/kit';

const INFO = { url: 'http://127.0.0.1:1', plugins: [], warnings: [] };

interface Fake extends ChildEvents {
  readonly start: WorkerStart;
  readonly told: string[];
  readonly heard: readonly ProcessNews[];
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
      const heard: ProcessNews[] = [];
      const fake: Fake = { start, told, heard, ...events };
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
        tell: (news) => void heard.push(news),
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

  process(0).onReplace({ reason: 'memory' });
  process(0).onReplace({ reason: 'memory again' });
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

it('takes it from one person who made it happen twice, in processes to come as well', async () => {
  const { process, clock } = await started(2);
  const line = { type: 'stuck', plugin: 'agenda', ms: 10_000, who: 'user 12' } as const;

  process(0).onReport(line);
  process(1).onReport(line);

  expect(process(1).told).toContain('quarantine agenda');
  const [found] = process(3).start.quarantined;
  expect(found).toMatchObject({ plugin: 'agenda', who: 'user 12' });
  expect(found?.until).toBe(clock.now() + 600_000);
  expect(process(2).told).toEqual(['quarantine agenda']);
  // Another person as well: it is the plugin.
  process(2).onReport({ ...line, type: 'freed', who: 'user 13' });
  expect(process(2).told).toEqual(['quarantine agenda', 'quarantine agenda']);
});

it('starts without the plugin that holds a loop a second time', async () => {
  const { process, clock } = await started();
  const line = { type: 'stuck', plugin: 'agenda', hook: 'route', ms: 10_000 } as const;

  process(0).onReport(line);
  process(1).onReady(INFO);
  clock.advance(60_000);
  process(1).onReport(line);

  expect(process(2).start.quarantined).toMatchObject([{ plugin: 'agenda' }]);
  expect(process(2).told).toEqual([]);
});

it('kills what does not listen in time, and what does not stop', async () => {
  const { process, clock } = await started();

  process(0).onReplace({ reason: 'x' });
  clock.advance(120_000);

  expect(process(1).told).toEqual(['kill']);
});

describe('a plugin that throws where nobody catches', () => {
  const thrown = { reason: 'uncaught exception in plugin agenda', plugin: 'agenda' };

  it('is off everywhere at the second process that it costs, which starts without it', async () => {
    const { process, forked, clock } = await started();

    process(0).onReplace(thrown);
    process(0).onReplace(thrown); // its timer goes on until the process is gone
    expect(process(1).start.quarantined).toEqual([]);
    process(1).onReady(INFO);
    process(1).onReplace(thrown);
    clock.advance(1_000);

    expect(process(2).start.quarantined).toMatchObject([
      { plugin: 'agenda', reason: expect.stringContaining('uncaught exception') },
    ]);
    expect(forked).toHaveLength(3);
  });

  it('is off in the other processes too', async () => {
    const { process } = await started(2);

    process(0).onReplace(thrown);
    expect(process(1).told).toEqual([]);
    process(1).onReplace(thrown);

    expect(process(0).told).toEqual(['quarantine agenda']);
    expect(process(1).told).toEqual(['quarantine agenda']);
  });

  it('is forgiven once in ten minutes', async () => {
    const { process, clock } = await started();

    process(0).onReplace(thrown);
    process(1).onReady(INFO);
    clock.advance(600_000);
    process(1).onReplace(thrown);

    expect(process(2).start.quarantined).toEqual([]);
  });
});

describe('what every process is told', () => {
  it('has the processes that were replaced or ended, and why', async () => {
    const { process } = await started(2);

    process(0).onReplace({ reason: 'uncaught exception', plugin: 'agenda' });
    process(1).onExit(undefined);

    const restarts = [
      { slot: 0, pid: 1, why: 'uncaught exception', plugin: 'agenda' },
      { slot: 1, pid: 2, why: 'ended by a signal' },
    ];
    expect(process(0).heard.at(-1)).toMatchObject({ restarts });
    expect(process(3).start.news).toMatchObject({ restarts });
  });

  it('has a reload that was refused, until one succeeds', async () => {
    const { supervisor, process } = await started();

    const refused = supervisor.reload();
    process(1).onExit(78);
    await refused;
    expect(process(0).heard.at(-1)?.refusedReload).toEqual(expect.any(String));

    const done = supervisor.reload();
    process(2).onReady(INFO);
    await done;
    expect(process(2).heard.at(-1)).toEqual({ restarts: [], refusedReload: undefined });
  });
});
