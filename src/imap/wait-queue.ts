import { AppError } from '../base/errors';

interface Waiter<T> {
  resolve(value: T): void;
  reject(error: AppError): void;
}

/** Callers in order of arrival, each with its own deadline; refuses more than `max`. */
export class WaitQueue<T> {
  readonly #waiters: Waiter<T>[] = [];
  readonly #max: number;

  constructor(max: number) {
    this.#max = max;
  }

  get length(): number {
    return this.#waiters.length;
  }

  /** Resolves with what {@link give} hands over; `imap/timeout` after `ms`. */
  wait(ms: number): Promise<T> {
    if (this.#waiters.length >= this.#max) {
      return Promise.reject(new AppError('request/budget', { retryAfterS: 2 }));
    }
    return new Promise<T>((resolve, reject) => {
      const timer = setTimeout(
        () => {
          const at = this.#waiters.indexOf(waiter);
          if (at >= 0) this.#waiters.splice(at, 1);
          reject(new AppError('imap/timeout', { details: { waited: true } }));
        },
        Math.max(1, ms),
      );
      const waiter: Waiter<T> = {
        resolve: (value) => {
          clearTimeout(timer);
          resolve(value);
        },
        reject: (error) => {
          clearTimeout(timer);
          reject(error);
        },
      };
      this.#waiters.push(waiter);
    });
  }

  /** Hands `value` to the first in line; false when nobody waits. */
  give(value: T): boolean {
    const waiter = this.#waiters.shift();
    waiter?.resolve(value);
    return waiter !== undefined;
  }

  rejectAll(error: () => AppError): void {
    for (const waiter of this.#waiters.splice(0)) waiter.reject(error());
  }
}
