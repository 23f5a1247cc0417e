import type { Clock } from '../base/clock';
import { isAppError } from '../base/errors';
import type { Backoff } from './backoff';
import type { MailboxEvent, OpenMailbox } from './types';

type Listener = (event: MailboxEvent) => void;

interface WatchDeps {
  readonly clock: Clock;
  readonly backoff: Backoff;
  use<T>(path: string, fn: (box: OpenMailbox) => Promise<T>): Promise<T>;
  /** A text that changes with the mailbox. */
  status(path: string): Promise<string>;
}

/**
 * Who listens to which mailboxes of an account. The last mailbox asked for is watched by IDLE;
 * the others are polled, since one connection can select only one.
 */
export class Watch {
  readonly #deps: WatchDeps;
  readonly #listeners = new Map<string, Set<Listener>>();
  readonly #seen = new Map<string, string>();
  #isDown = false;
  #isConnecting = false;
  #isPolling = false;
  #cancelRetry: (() => void) | undefined;

  constructor(deps: WatchDeps) {
    this.#deps = deps;
  }

  get isEmpty(): boolean {
    return this.#listeners.size === 0;
  }
  get main(): string | undefined {
    return [...this.#listeners.keys()].at(-1);
  }

  add(path: string, listener: Listener): () => void {
    const listeners = this.#listeners.get(path) ?? new Set();
    // Reinserted, so that the newest is the one that gets IDLE.
    this.#listeners.delete(path);
    this.#listeners.set(path, listeners.add(listener));
    return () => {
      listeners.delete(listener);
      if (listeners.size > 0 || this.#listeners.get(path) !== listeners) return;
      this.#listeners.delete(path);
      this.#seen.delete(path);
    };
  }

  emit(event: MailboxEvent): void {
    // Told now: the next poll only takes note.
    this.#seen.delete(event.path);
    for (const listener of [...(this.#listeners.get(event.path) ?? [])]) listener(event);
  }

  clear(): void {
    this.#cancelRetry?.();
    this.#listeners.clear();
  }

  /** No connection is left: says so once, then tries until one stands again. */
  lost(): void {
    // An attempt under way tells by itself: its refused connection is no loss to be made good.
    if (this.isEmpty || this.#cancelRetry || this.#isConnecting) return;
    if (!this.#isDown) this.#emitAll('down');
    this.#isDown = true;
    this.#retryLater();
  }

  /** Connects for the first watcher of an account without a connection. */
  connect(): void {
    if (!this.isEmpty && !this.#cancelRetry) void this.#reconnect();
  }

  #retryLater(): void {
    this.#cancelRetry = this.#deps.clock.after(this.#deps.backoff.nextMs(), () => {
      this.#cancelRetry = undefined;
      void this.#reconnect();
    });
  }

  async #reconnect(): Promise<void> {
    const path = this.main;
    if (path === undefined || this.#isConnecting) return;
    this.#isConnecting = true;
    const failure = await this.#deps
      .use(path, () => Promise.resolve())
      .then(
        () => undefined,
        (error: unknown) => ({ error }),
      );
    this.#isConnecting = false;
    if (failure) {
      // Trying a refused password again and again locks the account; the next request of a
      // person settles it.
      if (!isRefusal(failure.error)) this.lost();
      return;
    }
    const wasDown = this.#isDown;
    this.#isDown = false;
    if (wasDown) this.#emitAll('reconnected');
  }

  /**
   * Proves the idling connection alive (a socket may die without a word) and compares the other
   * watched mailboxes with what they were.
   */
  async poll(): Promise<void> {
    if (this.#isPolling) return;
    this.#isPolling = true;
    try {
      for (const path of [...this.#listeners.keys()]) await this.#pollOne(path);
    } catch {
      // A connection that failed was closed, and its loss told, by the pool.
    } finally {
      this.#isPolling = false;
    }
  }

  async #pollOne(path: string): Promise<void> {
    this.compare(path, await this.#deps.status(path));
  }

  hasSeen(path: string): boolean {
    return this.#seen.has(path);
  }

  /** Emits a change when the mailbox's state is not the one seen before. */
  compare(path: string, now: string): void {
    const before = this.#seen.get(path);
    this.#seen.set(path, now);
    if (before === undefined || before === now) return;
    this.emit({ path, kind: 'exists' });
    this.#seen.set(path, now);
  }

  #emitAll(kind: 'down' | 'reconnected'): void {
    for (const path of [...this.#listeners.keys()]) this.emit({ path, kind });
  }
}

const isRefusal = (error: unknown): boolean =>
  isAppError(error) && (error.status === 401 || error.status === 403);
