import { AppError } from '../base/errors';

interface Waiter<T> {
  accepts(value: T): boolean;
  resolve(value: T | undefined): void;
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
  private get isFull(): boolean {
    return this.#waiters.length >= this.#max;
  }

  /** Resolves with what {@link give} hands over; `imap/timeout` after `ms`. */
  async wait(ms: number): Promise<T> {
    if (this.isFull) throw new AppError('request/budget', { retryAfterS: 2 });
    const value = await this.waitFor(ms, () => true);
    if (value === undefined) throw new AppError('imap/timeout', { details: { waited: true } });
    return value;
  }

  /** The same for a value that `accepts` likes; nothing after `ms`, or when too many wait. */
  waitFor(ms: number, accepts: (value: T) => boolean): Promise<T | undefined> {
    if (this.isFull) return Promise.resolve(undefined);
    return new Promise<T | undefined>((resolve, reject) => {
      const waiter: Waiter<T> = {
        accepts,
        resolve: (value) => {
          clearTimeout(timer);
          resolve(value);
        },
        reject: (error) => {
          clearTimeout(timer);
          reject(error);
        },
      };
      const late = (): void => {
        this.#waiters.splice(this.#waiters.indexOf(waiter), 1);
        resolve(undefined);
      };
      const timer = setTimeout(late, Math.max(1, ms));
      this.#waiters.push(waiter);
    });
  }

  /** Hands `value` to the first in line who accepts it; false when nobody does. */
  give(value: T): boolean {
    const at = this.#waiters.findIndex((waiter) => waiter.accepts(value));
    if (at < 0) return false;
    const [waiter] = this.#waiters.splice(at, 1);
    waiter?.resolve(value);
    return true;
  }

  rejectAll(error: () => AppError): void {
    for (const waiter of this.#waiters.splice(0)) waiter.reject(error());
  }
}
