import type { ImapFlow } from 'imapflow';
import { withDeadline } from '../base/async';
import type { Clock } from '../base/clock';
import { AppError, isAppError } from '../base/errors';
import { Backoff } from './backoff';
import type { Connection } from './connection';
import { type Connected, ConnectionSet } from './connection-set';
import { isDropped, isServerAnswer, toImapError } from './errors';
import type { PoolLimits } from './pool-limits';
import { stateText } from './status';
import type { ImapAccess, MailboxEvent, OpenMailbox, UseOptions } from './types';
import { Watch } from './watch';

export interface AccountPoolDeps {
  readonly clock: Clock;
  readonly limits: PoolLimits;
  readonly onConnected: Connected;
}

type Work<T> = (connection: Connection) => Promise<T>;

/** The connections of one account: at most three, shared by everything this process does for it. */
export class AccountPool {
  access: ImapAccess;
  readonly #deps: AccountPoolDeps;
  readonly #connections: ConnectionSet;
  readonly #watch: Watch;
  #closed = false;
  #lastUsedAt: number;
  #cancelQuiet: (() => void) | undefined;
  readonly #stopTick: () => void;

  constructor(access: ImapAccess, deps: AccountPoolDeps) {
    this.access = access;
    this.#deps = deps;
    this.#lastUsedAt = deps.clock.now();
    const backoff = new Backoff(deps.clock);
    this.#connections = new ConnectionSet({
      ...deps,
      backoff,
      access: () => this.access,
      onEvent: (event) => this.#watch.emit(event),
      onRest: () => this.#rest(),
      onLost: () => this.#watch.lost(),
    });
    this.#watch = new Watch({
      clock: deps.clock,
      backoff,
      use: (path, fn) => this.mailbox(path, { kind: 'read' }, fn),
      status: (path) => this.connection({ kind: 'read' }, (client) => stateText(client, path)),
    });
    this.#stopTick = deps.clock.every(deps.limits.pollMs, () => this.#tick());
  }

  get connections(): number {
    return this.#connections.size;
  }
  get waiting(): number {
    return this.#connections.waiting;
  }
  get isUnused(): boolean {
    return this.#connections.isEmpty && this.#watch.isEmpty && !this.#isRecent();
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
    this.#shut();
    this.#connections.close();
  }

  /** LOGOUT on what is free; what is still at work has had its time and is cut. */
  async logout(ms: number): Promise<void> {
    this.#closed = true;
    await this.#connections.logout(ms);
    this.#shut();
  }

  #shut(): void {
    this.#closed = true;
    this.#stopTick();
    this.#cancelQuiet?.();
    this.#watch.clear();
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
    const connection = await this.#connections.acquire(path, until, fresh);
    connection.purpose = path ?? connection.selected;
    try {
      const ms = Math.max(1, until - this.#deps.clock.now());
      return await withDeadline(this.#run(connection, work), ms, () => {
        // The command is still on the wire: nobody else may use this connection.
        connection.close();
        return new AppError('imap/timeout');
      });
    } finally {
      this.#lastUsedAt = this.#deps.clock.now();
      this.#connections.release(connection);
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

  /** After a silence the primary goes to IDLE on the watched mailbox. */
  #rest(): void {
    const { quietMs, firstQuietMs } = this.#deps.limits;
    const path = this.#watch.main;
    const isReturn = path !== undefined && this.#watch.hasSeen(path);
    const ms = isReturn ? quietMs : Math.min(quietMs, firstQuietMs);
    this.#cancelQuiet?.();
    this.#cancelQuiet = this.#deps.clock.after(ms, () => this.#idle());
  }

  #idle(): void {
    const path = this.#watch.main;
    if (this.#closed || path === undefined) return;
    if (this.#connections.isIdlingOn(path)) return;
    const connection = this.#connections.takeFree(path);
    if (!connection) {
      if (this.#connections.isEmpty) this.#watch.connect();
      return;
    }
    this.#enterIdle(connection, path).then(
      () => this.#connections.putBack(connection),
      () => connection.close(),
    );
  }

  async #enterIdle(connection: Connection, path: string): Promise<void> {
    connection.purpose = path;
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
    this.#connections.closeOlder(this.#deps.clock.now() - this.#deps.limits.burstCloseMs);
    if (!this.#watch.isEmpty) void this.#watch.poll();
    else if (!this.#isRecent()) this.#connections.closeFree();
  }
}
