import type { Clock } from '../base/clock';

const FAILURES_TO_OPEN = 5; // in a row: one slow answer among good ones must not switch a plugin off
const OPEN_MS = 30_000;

export type BreakerState = 'closed' | 'open' | 'half-open';
/** The right to make one call; a `trial` decides whether an open breaker closes again. */
export type Ticket = 'normal' | 'trial';

export interface Breaker {
  state(): BreakerState;
  /** A ticket, or `undefined` when the call must not be made. Each ticket is settled once. */
  admit(): Ticket | undefined;
  /** Returns true when this outcome opened the breaker. */
  settle(ticket: Ticket, isSuccess: boolean): boolean;
  /** Gives a ticket back after a call that says nothing of the plugin. */
  giveBack(ticket: Ticket): void;
}

/** Opens after five failures in a row, for 30 s; then lets one trial through at a time. */
export function createBreaker(clock: Clock): Breaker {
  let failures = 0;
  let openedAt: number | undefined;
  let isTrialRunning = false;

  const open = () => {
    openedAt = clock.now();
    failures = 0;
    return true;
  };
  const isRested = () => openedAt !== undefined && clock.now() - openedAt >= OPEN_MS;

  return {
    state() {
      if (openedAt === undefined) return 'closed';
      return isRested() ? 'half-open' : 'open';
    },
    admit() {
      if (openedAt === undefined) return 'normal';
      if (!isRested() || isTrialRunning) return undefined;
      isTrialRunning = true;
      return 'trial';
    },
    settle(ticket, isSuccess) {
      if (ticket === 'trial') {
        isTrialRunning = false;
        if (!isSuccess) return open();
        openedAt = undefined;
        failures = 0;
        return false;
      }
      // Calls started before the breaker opened say nothing about the plugin's state now.
      if (openedAt !== undefined) return false;
      failures = isSuccess ? 0 : failures + 1;
      return failures >= FAILURES_TO_OPEN && open();
    },
    giveBack(ticket) {
      if (ticket === 'trial') isTrialRunning = false;
    },
  };
}
