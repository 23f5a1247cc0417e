import type { Clock } from '../base/clock';
import { AppError, isAppError } from '../base/errors';

const FIRST_MS = 500;
const WATCH_MAX_MS = 30_000; // a returned server is noticed within a minute (threats F5)
const REQUEST_MAX_MS = 2_000; // a person who retries meets a returned server at once

/** Delay between connection attempts of one account, so that a dead server is not hammered. */
export class Backoff {
  readonly #clock: Clock;
  #failures = 0;
  #requestAt = 0;
  #code: 'imap/unreachable' | 'imap/credentials' = 'imap/unreachable';

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Throws what the last of several failed attempts said: no need to try again yet. */
  check(): void {
    const waitMs = this.#requestAt - this.#clock.now();
    if (waitMs <= 0) return;
    throw new AppError(this.#code, { retryAfterS: Math.ceil(waitMs / 1000) });
  }

  failed(error?: unknown): void {
    this.#failures++;
    this.#code = isAppError(error, 'imap/credentials') ? 'imap/credentials' : 'imap/unreachable';
    // The first failure costs nothing: one refused connection says little.
    const waitMs = this.#failures < 2 ? 0 : Math.min(this.#spanMs(), REQUEST_MAX_MS);
    this.#requestAt = this.#clock.now() + jitter(waitMs);
  }

  succeeded(): void {
    this.#failures = 0;
    this.#requestAt = 0;
  }

  /** Delay before a watcher's next attempt. */
  nextMs(): number {
    return jitter(Math.min(this.#spanMs(), WATCH_MAX_MS));
  }

  #spanMs(): number {
    return FIRST_MS * 2 ** Math.min(Math.max(this.#failures - 1, 0), 10);
  }
}

/** Half to whole: accounts that lost the same server do not come back in the same second. */
const jitter = (ms: number): number => Math.round(ms * (0.5 + Math.random() / 2));
