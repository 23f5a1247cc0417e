import type { ImapFlow } from 'imapflow';
import { withDeadline } from '../base/async';
import type { Clock } from '../base/clock';
import { AppError, isAppError } from '../base/errors';
import { Backoff } from './backoff';
import { Connection } from './connection';
import { isDropped, isServerAnswer, toImapError } from './errors';
import { stateText } from './status';
import type { ImapAccess, MailboxEvent, OpenMailbox, UseOptions } from './types';
import { WaitQueue } from './wait-queue';
import { Watch } from './watch';

export interface PoolLimits {
  /** Connections of one account in this process: one primary and a burst. */
  readonly connections: number;
  /** Callers that may wait for a free connection. */
  readonly waiting: number;
  readonly connectMs: number;
  /** A whole call, its wait and connection included. */
  readonly commandMs: number;
  /** Nobody watches and nothing was asked for this long: close. */
  readonly idleCloseMs: number;
  readonly burstCloseMs: number;
  /** Silence after which the primary goes (back) to IDLE. */
  readonly quietMs: number;
  /** An idling connection is proved alive, and other watched mailboxes are polled. */
  readonly pollMs: number;
}

export interface AccountPoolDeps {
  readonly clock: Clock;
  readonly limits: PoolLimits;
  readonly onConnected: (info: {
    key: string;
    capabilities: readonly string[];
    ms: number;
  }) => void;
}

type Work<T> = (connection: Connection) => Promise<T>;

/** The connections of one account: at most three, shared by everything this process does for it. */
export class AccountPool {
  access: ImapAccess;
  readonly #deps: AccountPoolDeps;
  readonly #all = new Set<Connection>();
  readonly #free: Connection[] = [];
  readonly #queue: WaitQueue<Connection>;
  readonly #backoff: Backoff;
  readonly #watch: Watch;
  #opening = 0;
  #closed = false;
  #lastUsedAt: number;
  #cancelQuiet: (() => void) | undefined;
  readonly #stopTick: () => void;

  constructor(access: ImapAccess, deps: AccountPoolDeps) {
    this.access = access;
    this.#deps = deps;
    this.#lastUsedAt = deps.clock.now();
    this.#queue = new WaitQueue(deps.limits.waiting);
    this.#backoff = new Backoff(deps.clock);
    this.#watch = new Watch({
      clock: deps.clock,
      backoff: this.#backoff,
      use: (path, fn) => this.mailbox(path, { kind: 'read' }, fn),
      status: (path) => this.connection({ kind: 'read' }, (client) => stateText(client, path)),
    });
    this.#stopTick = deps.clock.every(deps.limits.pollMs, () => this.#tick());
  }

  get connections(): number {
    return this.#all.size;
  }
  get waiting(): number {
    return this.#queue.length;
  }
  get isUnused(): boolean {
    return this.#all.size === 0 && this.#opening === 0 && this.#watch.isEmpty && !this.#isRecent();
  }

  mailbox<T>(path: string, options: UseOptions, fn: (box: OpenMailbox) => Promise<T>): Promise<T> {
    return this.#use(options, path, async (connection) => fn(await connection.select(path)));
  }

  connection<T>(options: UseOptions, fn: (client: ImapFlow) => Promise<T>): Promise<T> {
    return this.#use(options, undefined, (connection) => fn(connection.client));
  }

  watch(path: string, listener: (event: MailboxEvent) => void): () => void {
    const remove = this.#watch.add(path, listener);
    this.#rest();
    return remove;
  }

  close(): void {
    this.#closed = true;
    this.#stopTick();
    this.#cancelQuiet?.();
    this.#watch.clear();
    this.#queue.rejectAll(() => new AppError('imap/unreachable', { details: { closed: true } }));
    for (const connection of [...this.#all]) connection.close();
  }

  async logout(ms: number): Promise<void> {
    const connections = [...this.#all];
    this.#closed = true;
    await Promise.all(connections.map((connection) => connection.logout(ms)));
    this.close();
  }

  async #use<T>(options: UseOptions, path: string | undefined, work: Work<T>): Promise<T> {
    const until = this.#deps.clock.now() + (options.deadlineMs ?? this.#deps.limits.commandMs);
    this.#lastUsedAt = this.#deps.clock.now();
    try {
      return await this.#attempt(path, until, false, work);
    } catch (error) {
      // RFC 9051 7.1.5: a server may say BYE at any time. A read asked twice harms nobody.
      if (options.kind !== 'read' || !isDropped(error) || this.#closed) throw error;
      return this.#attempt(path, until, true, work);
    }
  }

  async #attempt<T>(
    path: string | undefined,
    until: number,
    fresh: boolean,
    work: Work<T>,
  ): Promise<T> {
    const connection = await this.#acquire(path, until, fresh);
    try {
      const ms = Math.max(1, until - this.#deps.clock.now());
      return await withDeadline(this.#run(connection, work), ms, () => {
        // The command is still on the wire: nobody else may use this connection.
        connection.close();
        return new AppError('imap/timeout');
      });
    } finally {
      this.#release(connection);
    }
  }

  async #run<T>(connection: Connection, work: Work<T>): Promise<T> {
    try {
      return await work(connection);
    } catch (error) {
      throw this.#failure(connection, error);
    }
  }

  /** imapflow reduces some lost connections to an empty answer: a dead socket tells them apart. */
  #failure(connection: Connection, error: unknown): AppError {
    const isLost = !connection.isUsable;
    if (!isAppError(error) && !isServerAnswer(error)) connection.close();
    const failure = toImapError(error);
    // Nonsense, even in a line of ours to parse: nothing after it can be trusted.
    if (failure.code === 'imap/protocol' && !isServerAnswer(failure.cause)) connection.close();
    if (!isLost || failure.details['answer'] !== 'none') return failure;
    return new AppError('imap/unreachable', { cause: error, details: { dropped: true } });
  }

  async #acquire(path: string | undefined, until: number, fresh: boolean): Promise<Connection> {
    if (this.#closed) throw new AppError('imap/unreachable', { details: { closed: true } });
    const free = fresh ? undefined : this.#takeFree(path);
    if (free) return free;
    const { connections } = this.#deps.limits;
    if (fresh && this.#all.size + this.#opening >= connections) this.#free.shift()?.close();
    if (this.#all.size + this.#opening < connections) return this.#open(until);
    return this.#queue.wait(until - this.#deps.clock.now());
  }

  /** The free connection that costs least: same mailbox, then one that does not idle. */
  #takeFree(path: string | undefined): Connection | undefined {
    const usable = this.#free.filter((connection) => connection.isUsable);
    const best =
      usable.find((connection) => path !== undefined && connection.selected === path) ??
      usable.find((connection) => !connection.isIdling) ??
      usable[0];
    this.#free.splice(0, this.#free.length, ...usable.filter((connection) => connection !== best));
    return best;
  }

  async #open(until: number): Promise<Connection> {
    this.#backoff.check();
    const startedAt = this.#deps.clock.now();
    this.#opening++;
    try {
      const connection = this.#create();
      await connection.open(Math.max(1, Math.min(this.#deps.limits.connectMs, until - startedAt)));
      this.#backoff.succeeded();
      const capabilities = [...connection.client.capabilities.keys()];
      const ms = this.#deps.clock.now() - startedAt;
      this.#deps.onConnected({ key: this.access.key, capabilities, ms });
      return connection;
    } catch (error) {
      this.#backoff.failed(error);
      // Those who wait must not outlive the last connection that could have served them.
      if (this.#all.size === 0) this.#queue.rejectAll(() => toImapError(error));
      throw error;
    } finally {
      this.#opening--;
    }
  }

  #create(): Connection {
    const connection = new Connection(this.access, {
      onEvent: (event) => this.#watch.emit(event),
      onClose: (closed) => this.#forget(closed),
    });
    this.#all.add(connection);
    return connection;
  }

  #release(connection: Connection): void {
    connection.lastUsedAt = this.#deps.clock.now();
    this.#lastUsedAt = connection.lastUsedAt;
    if (this.#closed) connection.close();
    if (!connection.isUsable) {
      this.#forget(connection);
      return;
    }
    if (this.#queue.give(connection)) return;
    this.#free.push(connection);
    this.#rest();
  }

  #forget(connection: Connection): void {
    const wasKnown = this.#all.delete(connection);
    const at = this.#free.indexOf(connection);
    if (at >= 0) this.#free.splice(at, 1);
    if (!wasKnown || this.#closed) return;
    if (this.#queue.length > 0 && this.#opening === 0) this.#refill();
    if (this.#all.size === 0) this.#watch.lost();
    else this.#rest();
  }

  /** Opens a connection for the first of those who wait, after one was lost. */
  #refill(): void {
    this.#open(this.#deps.clock.now() + this.#deps.limits.connectMs).then(
      (connection) => this.#release(connection),
      (error: unknown) => this.#queue.rejectAll(() => toImapError(error)),
    );
  }

  /** After a short silence the primary goes to IDLE on the watched mailbox. */
  #rest(): void {
    this.#cancelQuiet?.();
    this.#cancelQuiet = this.#deps.clock.after(this.#deps.limits.quietMs, () => this.#idle());
  }

  #idle(): void {
    const path = this.#watch.main;
    if (this.#closed || path === undefined) return;
    if ([...this.#all].some((connection) => connection.isIdling && connection.selected === path))
      return;
    const connection = this.#takeFree(path);
    if (!connection) {
      if (this.#all.size === 0 && this.#opening === 0) this.#watch.connect();
      return;
    }
    this.#enterIdle(connection, path).then(
      () => {
        if (connection.isUsable && !this.#queue.give(connection)) this.#free.push(connection);
      },
      () => connection.close(),
    );
  }

  async #enterIdle(connection: Connection, path: string): Promise<void> {
    const ms = this.#deps.limits.commandMs;
    const isReturn = connection.selected !== path || !this.#watch.hasSeen(path);
    const prepare = async (): Promise<void> => {
      await connection.select(path);
      // What happened while the connection served another mailbox was told to nobody.
      if (isReturn) this.#watch.compare(path, await stateText(connection.client, path));
    };
    await withDeadline(prepare(), ms, () => new AppError('imap/timeout'));
    connection.startIdle();
  }

  #isRecent(): boolean {
    return this.#deps.clock.now() - this.#lastUsedAt < this.#deps.limits.idleCloseMs;
  }

  #tick(): void {
    const now = this.#deps.clock.now();
    const { burstCloseMs } = this.#deps.limits;
    for (const connection of [...this.#free].slice(1)) {
      const isOld = now - connection.lastUsedAt > burstCloseMs;
      if (isOld && !connection.isIdling) connection.close();
    }
    if (!this.#watch.isEmpty) {
      void this.#watch.poll();
      return;
    }
    if (!this.#isRecent()) for (const connection of [...this.#free]) connection.close();
  }
}
