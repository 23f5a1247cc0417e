import type { Clock } from '../base/clock';
import { AppError, isAppError } from '../base/errors';
import type { Backoff } from './backoff';
import { Connection } from './connection';
import { toImapError } from './errors';
import type { PoolLimits } from './pool-limits';
import type { ImapAccess, MailboxEvent } from './types';
import { WaitQueue } from './wait-queue';

export type Connected = (info: {
  readonly key: string;
  readonly capabilities: readonly string[];
  readonly ms: number;
}) => void;

export interface ConnectionSetDeps {
  readonly clock: Clock;
  readonly limits: PoolLimits;
  readonly backoff: Backoff;
  readonly access: () => ImapAccess;
  readonly onConnected: Connected;
  readonly onEvent: (event: MailboxEvent) => void;
  /** A connection has nothing to do, or one that others remain beside is gone. */
  readonly onRest: () => void;
  /** The last connection is gone, other than by {@link ConnectionSet.close}. */
  readonly onLost: () => void;
}

/** The open connections of one account: who gets which, and who waits. */
export class ConnectionSet {
  readonly #deps: ConnectionSetDeps;
  readonly #all = new Set<Connection>();
  readonly #free: Connection[] = [];
  readonly #queue: WaitQueue<Connection>;
  #opening = 0;
  /** Places taken by connections whose server is still being asked for, by what they are for. */
  readonly #coming: (string | undefined)[] = [];
  #closed = false;

  constructor(deps: ConnectionSetDeps) {
    this.#deps = deps;
    this.#queue = new WaitQueue(deps.limits.waiting);
  }

  get size(): number {
    return this.#all.size;
  }
  get waiting(): number {
    return this.#queue.length;
  }
  get isEmpty(): boolean {
    return this.#all.size === 0 && this.#opening === 0;
  }

  isIdlingOn(path: string): boolean {
    return [...this.#all].some((one) => one.isIdling && one.selected === path);
  }

  close(): void {
    this.#closed = true;
    this.#queue.rejectAll(() => new AppError('imap/unreachable', { details: { closed: true } }));
    for (const connection of [...this.#all]) connection.close();
  }

  /** LOGOUT on what is free; what is still at work has had its time and is cut. */
  async logout(ms: number): Promise<void> {
    const free = [...this.#free];
    this.#closed = true;
    await Promise.all(free.map((connection) => connection.logout(ms)));
    this.close();
  }

  /** Closes what is free and was last used before `time`; idling ones and the last one stay. */
  closeOlder(time: number): void {
    // The last one used stays: what it has selected is what the agent looks at.
    for (const connection of this.#free.slice(0, -1)) {
      if (connection.lastUsedAt < time && !connection.isIdling) connection.close();
    }
  }

  closeFree(): void {
    for (const connection of [...this.#free]) connection.close();
  }

  /** A connection for `path`, until `until`; `fresh`: one that was not there before. */
  async acquire(path: string | undefined, until: number, fresh: boolean): Promise<Connection> {
    this.#checkOpen();
    if (!fresh) {
      // Not awaited when there is nothing to wait for: a call that comes at the same moment must
      // find this one's connection.
      const coming = this.#takeSelected(path) ?? this.#comingFree(path, until);
      const free = (coming && (await coming)) ?? this.takeFree(path);
      if (free) return free;
      this.#checkOpen();
    }
    if (fresh && !this.#hasRoom) this.#free.shift()?.close();
    if (this.#hasRoom) return this.#open(path, until);
    return this.#queue.wait(until - this.#deps.clock.now());
  }

  #checkOpen(): void {
    if (this.#closed) throw new AppError('imap/unreachable', { details: { closed: true } });
  }

  get #hasRoom(): boolean {
    return this.#all.size + this.#coming.length < this.#deps.limits.connections;
  }

  /** The connection at work that suits a call best, if it comes free soon. */
  #comingFree(
    path: string | undefined,
    until: number,
  ): Promise<Connection | undefined> | undefined {
    // What needs no mailbox can do with any connection, so waits for one only when all are at work.
    const suits = (purpose: string | undefined): boolean => path === undefined || purpose === path;
    const isServed = (): boolean =>
      [...this.#all].some((one) => suits(one.purpose) && !this.#free.includes(one)) ||
      this.#coming.some(suits);
    const hasFree = this.#free.length > 0;
    // With nothing else to turn to, a place in the queue is what counts.
    if (path === undefined ? hasFree : !hasFree && !this.#hasRoom) return undefined;
    if (!isServed()) return undefined;
    const ms = Math.min(this.#deps.limits.sameMailboxMs, until - this.#deps.clock.now());
    return this.#queue.waitFor(ms, (one) => suits(one.purpose) || !isServed());
  }

  #takeSelected(path: string | undefined): Connection | undefined {
    if (path === undefined) return undefined;
    return this.#take(this.#free.find((one) => one.isUsable && one.selected === path));
  }

  /** The free connection that costs least: same mailbox, then one that does not idle. */
  takeFree(path: string | undefined): Connection | undefined {
    const usable = this.#free.filter((connection) => connection.isUsable);
    const idle = usable.find((connection) => !connection.isIdling);
    return this.#takeSelected(path) ?? this.#take(idle ?? usable[0]);
  }

  #take(connection: Connection | undefined): Connection | undefined {
    const rest = this.#free.filter((one) => one !== connection && one.isUsable);
    this.#free.splice(0, this.#free.length, ...rest);
    return connection;
  }

  async #open(path: string | undefined, until: number): Promise<Connection> {
    this.#deps.backoff.check();
    const startedAt = this.#deps.clock.now();
    this.#opening++;
    try {
      const connection = await this.#create(path);
      await connection.open(Math.max(1, Math.min(this.#deps.limits.connectMs, until - startedAt)));
      this.#deps.backoff.succeeded();
      const capabilities = [...connection.client.capabilities.keys()];
      const ms = this.#deps.clock.now() - startedAt;
      this.#deps.onConnected({ key: this.#deps.access().key, capabilities, ms });
      return connection;
    } catch (error) {
      // What keeps the credential back says nothing of the server.
      if (!isOfSession(error)) this.#deps.backoff.failed(error);
      // Those who wait must not outlive the last connection that could have served them.
      if (this.#all.size + this.#coming.length === 0)
        this.#queue.rejectAll(() => toImapError(error));
      throw error;
    } finally {
      this.#opening--;
    }
  }

  /** Its place is taken at once: those who ask meanwhile must find it, and no place too many. */
  async #create(path: string | undefined): Promise<Connection> {
    const access = this.#deps.access();
    this.#coming.push(path);
    try {
      const server = (await access.serverNow?.()) ?? access.server;
      const credential = await access.credential(server);
      this.#checkOpen();
      const connection = new Connection(
        { server, credential },
        { onEvent: this.#deps.onEvent, onClose: (closed) => this.#forget(closed) },
      );
      connection.purpose = path;
      this.#all.add(connection);
      return connection;
    } finally {
      this.#coming.splice(this.#coming.indexOf(path), 1);
    }
  }

  /** Takes back what {@link ConnectionSet.acquire} gave: for the next in line, or to rest. */
  release(connection: Connection): void {
    connection.lastUsedAt = this.#deps.clock.now();
    if (this.#closed) connection.close();
    if (!connection.isUsable) this.#forget(connection);
    else if (!this.putBack(connection)) this.#deps.onRest();
  }

  /** The same for what {@link ConnectionSet.takeFree} gave; true when somebody waited for it. */
  putBack(connection: Connection): boolean {
    if (!connection.isUsable || this.#queue.give(connection)) return true;
    this.#free.push(connection);
    return false;
  }

  #forget(connection: Connection): void {
    const wasKnown = this.#all.delete(connection);
    const at = this.#free.indexOf(connection);
    if (at >= 0) this.#free.splice(at, 1);
    if (!wasKnown || this.#closed) return;
    if (this.#queue.length > 0 && this.#opening === 0) this.#refill();
    if (this.#all.size === 0) this.#deps.onLost();
    else this.#deps.onRest();
  }

  /** Opens a connection for the first of those who wait, after one was lost. */
  #refill(): void {
    this.#open(undefined, this.#deps.clock.now() + this.#deps.limits.connectMs).then(
      (connection) => this.release(connection),
      (error: unknown) => this.#queue.rejectAll(() => toImapError(error)),
    );
  }
}

const SESSION_ENDS = ['session/required', 'session/frozen', 'session/renewal'];
const isOfSession = (error: unknown): boolean =>
  isAppError(error) && SESSION_ENDS.includes(error.code);
