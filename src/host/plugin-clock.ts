import type { Clock } from '../base/clock';

interface PluginClock {
  readonly clock: Clock;
  /** Cancels every timer; those set from then on never run. */
  stop(): void;
}

/** The clock of one plugin, whose timers end with it. */
export function createPluginClock(clock: Clock): PluginClock {
  const timers = new Set<() => void>();
  let isStopped = false;

  function keep(set: (done: () => void) => () => void): () => void {
    if (isStopped) return () => {};
    const forget = (): void => void timers.delete(cancel);
    const cancelTimer = set(forget);
    const cancel = (): void => {
      forget();
      cancelTimer();
    };
    timers.add(cancel);
    return cancel;
  }

  return {
    clock: {
      now: () => clock.now(),
      after: (ms, run) =>
        keep((done) =>
          clock.after(ms, () => {
            done();
            run();
          }),
        ),
      every: (ms, run) => keep(() => clock.every(ms, run)),
    },
    stop() {
      isStopped = true;
      for (const cancel of [...timers]) cancel();
    },
  };
}
