import type { Clock } from '../base/clock';
import { harmReason } from '../base/harm';
import type { Log } from '../base/log';
import { createHoldCount, INCIDENTS, SUSPENDED_MS } from '../kernel/hold-count';
import type { ReportLine } from '../kernel/watchdog-types';
import { EXIT } from './command';
import { createNews, type News } from './supervisor-news';
import type { Child, Fork, Quarantined, ReadyInfo, ReplaceRequest } from './supervisor-types';

/** A process that takes longer to listen will not: it is ended and tried again. */
const BOOT_MS = 120_000;
/** It stops by itself within ten seconds (app.ts); then it is made to. */
const STOP_MS = 12_000;
const BACKOFF_MS = 1_000;
const BACKOFF_MAX_MS = 60_000;
/** A process that lived this long did not fail because of how it starts. */
const SOUND_MS = 60_000;
/** People who are each kept from some plugin, as far as other processes hear of them. */
const SUSPENDED_MAX = 100;

export interface SupervisorDeps {
  readonly fork: Fork;
  readonly log: Log;
  readonly clock: Clock;
  readonly workers: number;
  readonly port: number;
}

/** The process that was started first did not come up: its exit code is the program's. */
export class StartFailed extends Error {
  constructor(readonly exitCode: number) {
    super(`the process ended with ${exitCode} before it listened`);
    this.name = 'StartFailed';
  }
}

interface Process {
  readonly child: Child;
  readonly startedAt: number;
  readonly info: Promise<ReadyInfo>;
  readonly gone: Promise<void>;
  isLeaving: boolean;
  isStuck: boolean;
  /** Plugins that threw in it: one that does so again and again before it is gone counts once. */
  readonly threw: Set<string>;
}

interface Slot {
  readonly number: number;
  /** Serves. */
  current: Process | undefined;
  /** Starts, to take its place. */
  next: Process | undefined;
  failures: number;
  cancelRetry: (() => void) | undefined;
}

export interface Supervisor {
  /** Resolves with what the first process says once all listen; rejects with {@link StartFailed}. */
  start(): Promise<ReadyInfo>;
  /** Replaces every process, one after the other: another configuration without a gap. */
  reload(): Promise<void>;
  stop(): Promise<void>;
  /** Resolves with an exit code when no process is left and none will be started. */
  readonly ended: Promise<number>;
}

/** Keeps processes serving: a replacement listens before the old one is told to stop. */
export function createSupervisor(deps: SupervisorDeps): Supervisor {
  return new ProcessKeeper(deps);
}

class ProcessKeeper implements Supervisor {
  readonly #deps: SupervisorDeps;
  readonly #slots: readonly Slot[];
  readonly #quarantined = new Map<string, Quarantined>();
  #suspended: readonly Quarantined[] = [];
  readonly #news: News;
  #judge: ReturnType<typeof createHoldCount>;
  #isStopping = false;
  #hasStarted = false;
  #end: (code: number) => void = () => {};
  readonly ended = new Promise<number>((resolve) => {
    this.#end = resolve;
  });

  constructor(deps: SupervisorDeps) {
    this.#deps = deps;
    this.#judge = createHoldCount(deps.clock);
    this.#news = createNews(deps.clock, (news) => this.#tell((child) => child.tell(news)));
    this.#slots = Array.from({ length: deps.workers }, (_value, number) => ({
      number,
      current: undefined,
      next: undefined,
      failures: 0,
      cancelRetry: undefined,
    }));
  }

  /** The first one alone: a wrong configuration is told once, and migrations are applied once. */
  async start(): Promise<ReadyInfo> {
    const [first, ...others] = this.#slots;
    if (!first) throw new Error('no process to start');
    const info = await this.#launch(first, 'start').info;
    await Promise.all(
      others.map((slot) => this.#launch(slot, 'start').info.catch(() => undefined)), // tried again
    );
    return info;
  }

  async reload(): Promise<void> {
    this.#quarantined.clear();
    this.#suspended = [];
    this.#judge = createHoldCount(this.#deps.clock);
    let isRefused = false;
    for (const slot of this.#slots) {
      if (this.#isStopping) return;
      slot.cancelRetry?.();
      slot.cancelRetry = undefined;
      if (slot.next) continue;
      await this.#launch(slot, 'reload').info.catch(() => {
        isRefused = true; // told where it ended
      });
    }
    this.#news.reloaded(isRefused);
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    const running = this.#slots
      .flatMap(({ current, next }) => [current, next])
      .filter((process) => process !== undefined);
    for (const slot of this.#slots) slot.cancelRetry?.();
    await Promise.all(running.map((process) => this.#retire(process)));
    this.#end(EXIT.ok);
  }

  #launch(slot: Slot, reason: string): Process {
    const { fork, clock, log, port } = this.#deps;
    const info = promised<ReadyInfo>();
    const gone = promised<void>();
    const quarantined = [...this.#quarantined.values(), ...this.#suspended];
    const child = fork(
      { slot: slot.number, port, reason, quarantined, news: this.#news.read() },
      {
        onReady: (said) => {
          cancelBoot();
          this.#takeOver(slot, process);
          info.resolve(said);
        },
        onReplace: (request) => this.#onReplace(slot, process, request),
        onReport: (line) => this.#onReport(slot, process, line),
        onExit: (code) => {
          cancelBoot();
          gone.resolve();
          info.reject(new StartFailed(code ?? EXIT.failure));
          this.#onExit(slot, process, code);
        },
      },
    );
    const process: Process = {
      child,
      startedAt: clock.now(),
      info: info.promise,
      gone: gone.promise,
      isLeaving: false,
      isStuck: false,
      threw: new Set(),
    };
    const cancelBoot = clock.after(BOOT_MS, () => child.kill());
    slot.next = process;
    info.promise.catch(() => {}); // whoever waits for it has its own
    log.info({ slot: slot.number, pid: child.pid, why: reason }, 'process/started');
    return process;
  }

  /** The new one listens: the old one may go. */
  #takeOver(slot: Slot, process: Process): void {
    const old = slot.current;
    this.#hasStarted = true;
    slot.current = process;
    if (slot.next === process) slot.next = undefined;
    if (old) void this.#retire(old);
  }

  async #retire(process: Process): Promise<void> {
    process.isLeaving = true;
    // A loop that stands still hears nothing.
    if (process.isStuck) process.child.kill();
    else process.child.stop();
    const cancel = this.#deps.clock.after(STOP_MS, () => process.child.kill());
    await process.gone;
    cancel();
  }

  /** The incident counts before another process starts, which may have to do without the plugin. */
  #onReplace(slot: Slot, process: Process, { reason, plugin }: ReplaceRequest): void {
    if (plugin !== undefined && !process.threw.has(plugin)) {
      process.threw.add(plugin);
      this.#charge(plugin, reason);
    }
    this.#replace(slot, process, { reason, plugin });
  }

  #replace(slot: Slot, process: Process, { reason, plugin }: ReplaceRequest): void {
    if (this.#isStopping || slot.current !== process || slot.next || slot.cancelRetry) return;
    const { pid } = process.child;
    this.#deps.log.warn({ slot: slot.number, pid, why: reason }, 'process/replaced');
    this.#news.restarted({ slot: slot.number, pid, why: reason, plugin });
    this.#countFailure(slot, process);
    this.#retry(slot, reason);
  }

  #onExit(slot: Slot, process: Process, code: number | undefined): void {
    const { log } = this.#deps;
    const wasNext = slot.next === process;
    if (wasNext) slot.next = undefined;
    if (slot.current === process) slot.current = undefined;
    if (process.isLeaving || this.#isStopping) return;
    log.error({ slot: slot.number, pid: process.child.pid, code }, 'process/ended');
    if (!this.#hasStarted) return; // `start` tells
    if (code === EXIT.config) {
      this.#endIfIdle(code); // trying again would give the same
      return;
    }
    const why = code === undefined ? 'ended by a signal' : `ended with code ${code}`;
    this.#news.restarted({ slot: slot.number, pid: process.child.pid, why });
    this.#countFailure(slot, process);
    if (!slot.next && !slot.cancelRetry) this.#retry(slot, 'crash');
  }

  #endIfIdle(code: number): void {
    const isIdle = ({ current, next, cancelRetry }: Slot) => !current && !next && !cancelRetry;
    if (this.#slots.every(isIdle)) this.#end(code);
  }

  #countFailure(slot: Slot, process: Process): void {
    const hasLived = this.#deps.clock.now() - process.startedAt >= SOUND_MS;
    slot.failures = hasLived ? 1 : slot.failures + 1;
  }

  /** Starts another one: at once the first time, later and later when they do not last. */
  #retry(slot: Slot, reason: string): void {
    if (this.#isStopping || slot.next) return;
    if (slot.failures <= 1) {
      this.#launch(slot, reason);
      return;
    }
    const waitMs = Math.min(BACKOFF_MS * 2 ** (slot.failures - 2), BACKOFF_MAX_MS);
    slot.cancelRetry = this.#deps.clock.after(waitMs, () => {
      slot.cancelRetry = undefined;
      if (!this.#isStopping && !slot.next) this.#launch(slot, reason);
    });
  }

  #onReport(slot: Slot, process: Process, line: ReportLine): void {
    const { type, plugin, hook, ms, who } = line;
    if (type === 'blocked') return; // its end will tell, or that it is stuck
    const isToldTwice = type === 'freed' && process.isStuck;
    process.isStuck = type === 'stuck';
    if (plugin !== undefined && !isToldTwice) this.#charge(plugin, `loop held for ${ms} ms`, who);
    if (type !== 'stuck') return;
    const reason = `loop held for ${ms} ms by ${plugin ?? 'the core'} ${hook ?? ''}`.trim();
    this.#replace(slot, process, { reason, plugin });
  }

  /** Counts an incident of a plugin; at the second one it is off in every process, or for one person. */
  #charge(plugin: string, what: string, who?: string): void {
    const sentence = this.#judge(plugin, who);
    if (!sentence) return;
    const reason = harmReason({ times: INCIDENTS, last: what });
    if (sentence === 'person') {
      this.#suspend({ plugin, reason, who, until: this.#deps.clock.now() + SUSPENDED_MS });
      return;
    }
    const found = { plugin, reason };
    this.#quarantined.set(plugin, found);
    this.#deps.log.error(found, 'plugin/quarantined-everywhere');
    this.#tell((child) => child.quarantine(found));
  }

  /** Told to those that run and to those that start meanwhile. */
  #suspend(found: Quarantined): void {
    const now = this.#deps.clock.now();
    const isOther = ({ plugin, who, until = 0 }: Quarantined): boolean =>
      until > now && (plugin !== found.plugin || who !== found.who);
    // They travel in the environment of a process: the last ones.
    this.#suspended = [...this.#suspended.filter(isOther), found].slice(-SUSPENDED_MAX);
    this.#deps.log.warn(found, 'plugin/suspended-everywhere');
    this.#tell((child) => child.quarantine(found));
  }

  #tell(say: (child: Child) => void): void {
    for (const { current, next } of this.#slots) {
      if (current) say(current.child);
      if (next) say(next.child);
    }
  }
}

function promised<T>() {
  let resolve: (value: T) => void = () => {};
  let reject: (error: Error) => void = () => {};
  const promise = new Promise<T>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}
