import { watchMemory } from '../../../src/kernel/memory-watch';
import { createMeter, createMetrics } from '../../../src/kernel/meter';
import { fakeClock, memoryLog } from './fixtures/kit';

const kept: string[][] = [];
afterEach(() => {
  kept.length = 0;
});
let seed = 0;
const leak = (mb: number): void => {
  for (let count = 0; count < mb; count++) {
    kept.push(Array.from({ length: 8_000 }, () => `${seed++}`.padStart(100, 'x').slice()));
  }
};

/** This file is the code of the plugin. */
function aWatch(limitMb: number) {
  const clock = fakeClock();
  const { log, lines } = memoryLog();
  const meter = createMeter(createMetrics());
  const reasons: string[] = [];
  const watch = watchMemory({
    log,
    clock,
    meter,
    folders: [['agenda', __dirname]],
    limitMb,
    growthMb: -1,
    searchMs: 1_000,
    everyMs: 100,
    leakMinMb: 2,
    onLimit: (reason) => reasons.push(reason),
  });
  return { watch, clock, lines, meter, reasons };
}

it('charges memory that is still held to the plugin whose code made it', () => {
  const { watch, clock, meter, lines } = aWatch(0);
  clock.advance(100);
  leak(20);

  clock.advance(1_000);

  expect(watch.leaks()).toMatchObject([{ plugin: 'agenda' }]);
  expect(watch.leaks()[0]?.mb).toBeGreaterThan(5);
  expect(meter.pluginStats()).toMatchObject([{ plugin: 'agenda', leakedMb: watch.leaks()[0]?.mb }]);
  expect(lines).toContainEqual(expect.objectContaining({ msg: 'process/memory-grows' }));
  watch.stop();
});

it('charges nobody for what was let go', () => {
  const { watch, clock } = aWatch(0);
  clock.advance(100);
  leak(20);
  kept.length = 0;

  clock.advance(1_000);

  expect(watch.leaks()).toEqual([]);
  watch.stop();
});

it('asks for another process above the limit, with the name of who holds the memory', () => {
  const { watch, clock, reasons } = aWatch(1);
  clock.advance(100);
  leak(20);

  clock.advance(1_000);

  // Far above the limit the first check asks at once; it is not asked each second.
  expect(reasons).toHaveLength(1);
  expect(reasons[0]).toMatch(/^memory \d+ MB above 1 MB/);
  watch.stop();
});
