import { type Clock, systemClock } from '../../src/base/clock';

/** The system's clock, which a test can put forward; timers go on as they are. */
export interface MovingClock extends Clock {
  forward(ms: number): void;
}

export function movingClock(): MovingClock {
  let ahead = 0;
  return {
    ...systemClock,
    now: () => systemClock.now() + ahead,
    forward(ms) {
      ahead += ms;
    },
  };
}
