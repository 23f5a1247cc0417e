import type { Clock } from '../base/clock';
import { AppError } from '../base/errors';
import type { Log } from '../base/log';
import type { SiteId } from '../base/types';
import { suspendedUntil } from './askers';
import { currentFrame, type Frame, frameOf, runInFrame } from './attribution';
import { isOthersError } from './blame';
import { type Breaker, type BreakerState, createBreaker, type Ticket } from './breaker';
import type { HookKind } from './hook-types';
import type { Meter } from './meter';
import type { RequestTimings } from './request-timings';
import { enterMark, leaveMark, type Mark, markOf } from './running';
import { toError } from './thrown';

export { type Attribution, currentAttribution, runAs, runDetached } from './attribution';
export { toError };

const MAX_DEPTH = 8; // hooks emitted from handlers of hooks; deeper is a loop, not a design
const LOG_EVERY_MS = 60_000; // one line a minute per plugin and hook: a bad hour stays readable
/** Deadlines by kind (plugins.md 2.1), in milliseconds. */
export const KIND_TIMEOUT_MS: Readonly<Record<HookKind, number>> = {
  filter: 250,
  action: 2_000,
  first: 1_000,
  collect: 250,
  guard: 500,
};

export type FailureReason = 'error' | 'timeout' | 'check' | 'recursion' | 'breaker';

export type Outcome<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly reason: FailureReason; readonly error: Error };

export interface FailureReport {
  readonly plugin: string;
  readonly hook: string;
  readonly reason: FailureReason;
  readonly err: Error;
  readonly site?: SiteId;
  readonly requestId?: string;
}

export interface IsolatedCall {
  readonly plugin: string;
  /** A name from a bounded set: figures and breakers are kept per (plugin, hook). */
  readonly hook: string;
  readonly timeoutMs: number;
  readonly site?: SiteId;
  readonly requestId?: string;
  /** Makes of an answer what is used of it; its failure counts as the plugin's. */
  readonly read?: ((value: unknown) => unknown) | undefined;
  /** Refuses a wrong result, which then counts as the plugin's failure. */
  readonly accept?: ((value: unknown) => boolean) | undefined;
}

export interface IsolatorDeps {
  readonly log: Log;
  readonly clock: Clock;
  readonly meter: Meter;
  /** Time by plugin of the requests that somebody looks at. */
  readonly timings?: RequestTimings;
  /** Told of every failure of a plugin's own, except those met while telling. */
  readonly onReported?: (report: FailureReport) => void;
}

export interface Isolator {
  /**
   * Makes one call of plugin code: attribution, deadline, result check, breaker, metering. Never
   * throws nor rejects; the outcome comes at once when the code is synchronous.
   */
  readonly isolated: <T>(
    call: IsolatedCall,
    run: () => T | PromiseLike<T>,
  ) => Outcome<T> | Promise<Outcome<T>>;
  readonly breakerState: (plugin: string, hook: string) => BreakerState;
  /** Every breaker of a plugin, for the decision to quarantine it. */
  readonly breakers: (plugin: string) => ReadonlyMap<string, BreakerState>;
  /** Forgets breakers and log limits of a plugin that was removed. */
  readonly forget: (plugin: string) => void;
}

/** State kept per (plugin, hook). */
interface Channel {
  readonly breaker: Breaker;
  readonly mark: Mark;
  loggedAt: number;
  suppressed: number;
}
interface Attempt {
  readonly call: IsolatedCall;
  readonly channel: Channel;
  readonly frame: Frame;
  /** Absent when the call was refused before the breaker was asked. */
  ticket: Ticket | undefined;
  readonly startedMs: number;
  syncMs: number;
}

export function createIsolator(deps: IsolatorDeps): Isolator {
  const { log, clock, meter } = deps;
  const channels = new Map<string, Map<string, Channel>>();

  function channelOf(plugin: string, hook: string): Channel {
    const known = channels.get(plugin)?.get(hook);
    if (known) return known;
    const hooks = channels.get(plugin) ?? new Map<string, Channel>();
    channels.set(plugin, hooks);
    const channel = {
      breaker: createBreaker(clock),
      mark: markOf(plugin, hook),
      loggedAt: -Infinity,
      suppressed: 0,
    };
    hooks.set(hook, channel);
    return channel;
  }

  function logFailure({ call, channel, frame }: Attempt, reason: FailureReason, err: Error): void {
    if (clock.now() - channel.loggedAt < LOG_EVERY_MS) {
      channel.suppressed += 1;
      return;
    }
    const { plugin, hook, site } = call;
    const { requestId } = frame;
    const { suppressed } = channel;
    log.error({ plugin, hook, site, requestId, reason, suppressed, err }, 'plugin/failed');
    channel.loggedAt = clock.now();
    channel.suppressed = 0;
  }

  function report({ call, frame }: Attempt, reason: FailureReason, err: Error): void {
    if (frame.isReporting || !deps.onReported) return;
    const { plugin, hook, site } = call;
    const { requestId } = frame;
    try {
      deps.onReported({
        plugin,
        hook,
        reason,
        err,
        ...(site !== undefined && { site }),
        ...(requestId !== undefined && { requestId }),
      });
    } catch (error) {
      log.error({ err: toError(error), plugin, hook }, 'plugin/report-failed');
    }
  }

  function measure(attempt: Attempt, outcome: 'ok' | 'error' | 'timeout'): void {
    const { call, startedMs, syncMs } = attempt;
    const ms = performance.now() - startedMs;
    meter.called(call.plugin, call.hook, { ms, syncMs, outcome });
    deps.timings?.add(attempt.frame.requestId, call.plugin, ms);
  }

  function settle(attempt: Attempt, outcome: 'ok' | 'error' | 'timeout'): void {
    const { call, channel, ticket } = attempt;
    measure(attempt, outcome);
    if (ticket && channel.breaker.settle(ticket, outcome === 'ok')) {
      log.warn({ plugin: call.plugin, hook: call.hook }, 'plugin/breaker-open');
    }
  }

  /** Somebody else's error: in the figures, but no failure of the plugin. */
  function passOn(attempt: Attempt, error: Error): Outcome<never> {
    measure(attempt, 'error');
    if (attempt.ticket) attempt.channel.breaker.giveBack(attempt.ticket);
    return { ok: false, reason: 'error', error };
  }

  function fail(attempt: Attempt, reason: FailureReason, thrown: unknown): Outcome<never> {
    const error = toError(thrown);
    if (reason === 'error' && isOthersError(error)) return passOn(attempt, error);
    settle(attempt, reason === 'timeout' ? 'timeout' : 'error');
    logFailure(attempt, reason, error);
    report(attempt, reason, error);
    return { ok: false, reason, error };
  }

  function succeed<T>(attempt: Attempt, value: T): Outcome<T> {
    const { hook, read, accept } = attempt.call;
    let answer: unknown = value;
    try {
      if (read && value !== undefined) answer = readAnswer(attempt, read, value);
      if (accept && !accept(answer)) throw new Error(`${hook}: result refused`);
    } catch (error) {
      return fail(attempt, 'check', error);
    }
    settle(attempt, 'ok');
    return { ok: true, value: answer as T }; // what `read` makes has the same members
  }

  /** Getters and proxies of an answer run plugin code: charged to it like the call. */
  function readAnswer(attempt: Attempt, read: (value: unknown) => unknown, value: unknown) {
    const begun = performance.now();
    const before = enterMark(attempt.channel.mark);
    try {
      return runInFrame(attempt.frame, read, value);
    } finally {
      leaveMark(before);
      attempt.syncMs += performance.now() - begun;
    }
  }

  /** Races the work with its deadline; a late answer is dropped, a late rejection is handled. */
  function race<T>(attempt: Attempt, work: Promise<T>): Promise<Outcome<T>> {
    const { hook, timeoutMs } = attempt.call;
    return new Promise((resolve) => {
      let isOver = false;
      const end = (outcome: () => Outcome<T>) => {
        if (isOver) return;
        isOver = true;
        cancel();
        resolve(outcome());
      };
      const cancel = clock.after(timeoutMs, () =>
        end(() => fail(attempt, 'timeout', new Error(`${hook}: no answer in ${timeoutMs} ms`))),
      );
      work.then(
        (value) => end(() => succeed(attempt, value)),
        (error: unknown) => end(() => fail(attempt, 'error', error)),
      );
    });
  }

  function isolated<T>(
    call: IsolatedCall,
    run: () => T | PromiseLike<T>,
  ): Outcome<T> | Promise<Outcome<T>> {
    const parent = currentFrame();
    const depth = (parent?.depth ?? 0) + 1;
    const frame = frameOf(call, parent, depth);
    const channel = channelOf(call.plugin, call.hook);
    const startedMs = performance.now();
    const attempt: Attempt = { call, channel, frame, ticket: undefined, startedMs, syncMs: 0 };
    if (depth > MAX_DEPTH) {
      return fail(attempt, 'recursion', new Error(`${call.hook}: recursion, ${depth} calls deep`));
    }
    const until = suspendedUntil(call.plugin, frame.requestId, clock.now());
    if (until !== undefined) {
      meter.skipped(call.plugin, call.hook);
      const retryAfterS = Math.ceil((until - clock.now()) / 1_000);
      return {
        ok: false,
        reason: 'breaker',
        error: new AppError('plugin/suspended', { retryAfterS }),
      };
    }
    attempt.ticket = channel.breaker.admit();
    if (!attempt.ticket) {
      meter.skipped(call.plugin, call.hook);
      return { ok: false, reason: 'breaker', error: new Error(`${call.hook}: breaker open`) };
    }
    const before = enterMark(channel.mark);
    try {
      // A lazy thenable (a query builder) starts its work when it is subscribed to: inside as well.
      const value = runInFrame(frame, subscribeTo<T>, run);
      attempt.syncMs = performance.now() - startedMs;
      return value instanceof Promise ? race(attempt, value) : succeed(attempt, value);
    } catch (error) {
      attempt.syncMs = performance.now() - startedMs;
      return fail(attempt, 'error', error);
    } finally {
      leaveMark(before);
    }
  }

  const stateOf = (channel: Channel | undefined) => channel?.breaker.state() ?? 'closed';
  return {
    isolated,
    breakerState: (plugin, hook) => stateOf(channels.get(plugin)?.get(hook)),
    breakers: (plugin) =>
      new Map([...(channels.get(plugin) ?? [])].map(([hook, channel]) => [hook, stateOf(channel)])),
    forget: (plugin) => void channels.delete(plugin),
  };
}

const subscribeTo = <T>(run: () => T | PromiseLike<T>): T | Promise<T> => subscribe(run());

/** A promise of our own for a thenable, the value itself otherwise. */
function subscribe<T>(value: T | PromiseLike<T>): T | Promise<T> {
  return isThenable(value) ? new Promise((resolve) => resolve(value)) : value;
}

/** Whether a value is a promise, ours or another's. */
export function isThenable<T>(value: T | PromiseLike<T>): value is PromiseLike<T> {
  if (value instanceof Promise) return true; // also one whose `then` was overwritten
  if (value === null || (typeof value !== 'object' && typeof value !== 'function')) return false;
  return 'then' in value && typeof value.then === 'function';
}
