import type { TestClock } from './types';

const START = Date.UTC(2026, 0, 15, 9, 0);

/** Starts on 15 January 2026 at 09:00 UTC and moves only when told; timers are real. */
export function createTestClock(): TestClock {
  let now = START;
  return {
    now: () => now,
    advance(ms) {
      now += ms;
    },
    after(ms, run) {
      const timer = setTimeout(run, ms);
      return () => clearTimeout(timer);
    },
    every(ms, run) {
      const timer = setInterval(run, ms);
      return () => clearInterval(timer);
    },
  };
}
