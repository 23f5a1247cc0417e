import type { Clock } from '../../base/clock';
import { AppError } from '../../base/errors';

interface Running {
  readonly result: Promise<unknown>;
  readonly stop: AbortController;
  waiters: number;
  cancelStop: (() => void) | undefined;
}

/**
 * Work that several ask for at once is done once, at most `atOnce` pieces for each owner, and ends
 * when nobody wants it any more: a page that was left a moment ago may be followed by its stream.
 */
export class SharedWork {
  readonly #running = new Map<string, Running>();
  readonly #owners = new Map<string, { busy: number; waiting: (() => void)[] }>();

  constructor(
    private readonly clock: Clock,
    private readonly limits: { readonly atOnce: number; readonly lingerMs: number },
  ) {}

  /** The result of `work`, or a rejection as soon as `signal` says that nobody waits. */
  run<T>(
    at: { readonly owner: string; readonly key: string },
    signal: AbortSignal,
    work: (stopped: AbortSignal) => Promise<T>,
  ): Promise<T> {
    if (signal.aborted) return Promise.reject(left());
    const key = `${at.owner}\n${at.key}`;
    const known = this.#running.get(key);
    // One that is being stopped has nothing more to give.
    const running = known && !known.stop.signal.aborted ? known : this.#start(at.owner, key, work);
    running.waiters++;
    running.cancelStop?.();
    running.cancelStop = undefined;
    return this.#wait(running, signal) as Promise<T>;
  }

  #start<T>(owner: string, key: string, work: (stopped: AbortSignal) => Promise<T>): Running {
    const stop = new AbortController();
    const result = this.#inTurn(owner, async () => {
      if (stop.signal.aborted) throw left();
      return work(stop.signal);
    }).finally(() => {
      running.cancelStop?.();
      if (this.#running.get(key) === running) this.#running.delete(key);
    });
    const running: Running = { result, stop, waiters: 0, cancelStop: undefined };
    this.#running.set(key, running);
    // Whoever waits hears of a failure; where nobody does any more, nobody has to.
    result.catch(() => {});
    return running;
  }

  #wait(running: Running, signal: AbortSignal): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        signal.removeEventListener('abort', onAbort);
        running.waiters--;
        if (running.waiters > 0) return;
        running.cancelStop = this.clock.after(this.limits.lingerMs, () => running.stop.abort());
      };
      const onAbort = (): void => {
        leave();
        reject(left());
      };
      signal.addEventListener('abort', onAbort);
      running.result.then(
        (value) => {
          leave();
          resolve(value);
        },
        (error: unknown) => {
          leave();
          reject(error instanceof Error ? error : new AppError('internal/unexpected'));
        },
      );
    });
  }

  async #inTurn<T>(owner: string, work: () => Promise<T>): Promise<T> {
    const turns = this.#owners.get(owner) ?? { busy: 0, waiting: [] };
    this.#owners.set(owner, turns);
    if (turns.busy >= this.limits.atOnce) {
      await new Promise<void>((go) => {
        turns.waiting.push(go);
      });
    } else turns.busy++;
    try {
      return await work();
    } finally {
      // The turn is handed on, so that nobody overtakes who waits.
      const next = turns.waiting.shift();
      if (next) next();
      else turns.busy--;
      if (turns.busy === 0) this.#owners.delete(owner);
    }
  }
}

const left = (): AppError => new AppError('imap/timeout', { details: { step: 'left' } });
