import type { Clock } from '../base/clock';
import { AppError } from '../base/errors';
import type { Log } from '../base/log';
import type { SiteId } from '../base/types';
import { REPORT_HOOK } from './attribution';
import { createEmitter, type HandlerEntry, type HandlerList } from './emit';
import { createGivens, type Givens } from './given';
import { createHandlerLists } from './handler-lists';
import { hookNameProblem } from './hook-names';
import type {
  EnabledSet,
  HandlerInfo,
  HandlerOptions,
  HookDefinition,
  HookRegistry,
  HookScope,
} from './hook-types';
import { createIsolator, type FailureReport, type Isolator } from './isolate';
import type { Meter } from './meter';
import { orderHandlers } from './order';
import type { RequestTimings } from './request-timings';

export interface HooksDeps {
  readonly log: Log;
  readonly clock: Clock;
  readonly meter: Meter;
  /** Time by plugin of the requests that somebody looks at. */
  readonly timings?: RequestTimings;
  /**
   * Whether a plugin runs on a site, for whom a set is given or for the site itself; answers are
   * cached until `invalidate()`.
   */
  readonly isEnabled: (site: SiteId, plugin: string, plugins?: EnabledSet) => boolean;
  /** Load order of a plugin, which is dependency order. */
  readonly rank: (plugin: string) => number;
  /** The operator's order of plugins by hook: the last word. */
  readonly order?: Readonly<Record<string, readonly string[]>>;
  /** Told of each failure of a handler, beside the hook `error:reported`. */
  readonly onReported?: (report: FailureReport) => void;
}

export interface Hooks extends HookRegistry {
  /** Forgets the cached lists: after a plugin's state or a site's set of plugins changed. */
  invalidate(): void;
  /** Resolves when the actions under way have ended; each is bounded by its deadline. */
  idle(): Promise<void>;
  /** The same breakers, metering and reports for slots, routes and jobs. */
  readonly isolator: Isolator;
  /** What was handed out under a scope, by hooks and whoever else calls plugins. */
  readonly givens: Givens;
}

type Definition = HookDefinition & { readonly owner: string };
const MAX_ERROR_CHARS = 500;
const NO_ENTRIES: readonly HandlerEntry[] = [];

/** The hook registry: definitions, handlers, and their order for each site. */
export function createHooks(deps: HooksDeps): Hooks {
  const definitions = new Map<string, Definition>();
  // Lists are replaced, never changed: an emit under way keeps the one it started with.
  const registered = new Map<string, readonly HandlerEntry[]>();
  const lists = createHandlerLists(buildList);
  const warned = new Set<string>();
  const isolator = createIsolator({ ...deps, onReported: report });
  const givens = createGivens();
  const emitter = createEmitter({
    isolator,
    meter: deps.meter,
    givens,
    listFor: lists.find,
  });

  function report(failure: FailureReport): void {
    const { site, plugin, hook, reason, err, requestId } = failure;
    if (site !== undefined && definitions.has(REPORT_HOOK)) {
      // A message alone: an error object may carry a whole request in its fields.
      const error = `${err.name}: ${err.message}`.slice(0, MAX_ERROR_CHARS);
      const event = { plugin, hook, reason, error, ...(requestId && { requestId }) };
      void emitter.emitAction({ site, ...(requestId && { requestId }) }, REPORT_HOOK, event);
    }
    deps.onReported?.(failure);
  }

  function warnOnce(key: string, fields: object, event: string): void {
    if (warned.has(key)) return;
    warned.add(key);
    deps.log.warn(fields, event);
  }

  /** `undefined` when there is nothing to run, which is the common case and must cost nothing. */
  function buildList({ site, plugins }: HookScope, name: string): HandlerList | undefined {
    const definition = definitions.get(name);
    if (!definition) {
      warnOnce(`undefined ${name}`, { hook: name }, 'hook/undefined');
      return undefined;
    }
    const enabled = (registered.get(name) ?? NO_ENTRIES).filter((entry) =>
      deps.isEnabled(site, entry.plugin, plugins),
    );
    if (enabled.length === 0) return undefined;
    const entries = orderHandlers(enabled, {
      operator: deps.order?.[name] ?? [],
      rank: deps.rank,
      onCycle: (first, then) =>
        warnOnce(`cycle ${name} ${first} ${then}`, { hook: name, first, then }, 'hook/order-cycle'),
    });
    return { definition, entries };
  }

  function replace(name: string, entries: readonly HandlerEntry[]): void {
    if (entries.length > 0) registered.set(name, entries);
    else registered.delete(name);
    lists.forget(name);
  }

  function define(table: object, owner = 'core'): void {
    for (const [name, definition] of Object.entries(table) as [string, HookDefinition][]) {
      const problem = definitions.has(name)
        ? `already defined by ${definitions.get(name)?.owner}`
        : hookNameProblem(name, definition.kind);
      if (problem)
        throw new AppError('config/invalid', { details: { hook: name, owner, problem } });
      definitions.set(name, Object.freeze({ ...definition, owner }));
      lists.forget(name);
    }
  }

  function on(
    plugin: string,
    name: string,
    handler: (...args: never[]) => unknown,
    options: HandlerOptions = {},
  ): () => void {
    if (!definitions.has(name)) {
      throw new AppError('config/invalid', {
        details: { hook: name, plugin, problem: 'no such hook' },
      });
    }
    const { priority = 0, before = [], after = [] } = options;
    // `HandlerFor` tied the function to the hook's payload; from here on it is called by name.
    const run = handler as HandlerEntry['handler'];
    const entry: HandlerEntry = { plugin, priority, before, after, handler: run };
    replace(name, [...(registered.get(name) ?? NO_ENTRIES), entry]);
    return () => {
      const rest = (registered.get(name) ?? NO_ENTRIES).filter((other) => other !== entry);
      replace(name, rest);
    };
  }

  function removePlugin(plugin: string): void {
    for (const [name, entries] of [...registered]) {
      const rest = entries.filter((entry) => entry.plugin !== plugin);
      if (rest.length !== entries.length) replace(name, rest);
    }
    isolator.forget(plugin);
  }

  function describe(name: string, { plugin, priority }: HandlerEntry): HandlerInfo {
    const { calls, errors, timeouts, totalMs } = deps.meter.figures(plugin, name);
    const breaker = isolator.breakerState(plugin, name);
    const meanMs = calls === 0 ? 0 : totalMs / calls;
    return { plugin, priority, breaker, calls, errors, timeouts, meanMs };
  }

  return {
    ...emitter.typed,
    define,
    on,
    removePlugin,
    definitions: () => definitions,
    handlers: (site, name) =>
      (lists.find({ site }, name)?.entries ?? NO_ENTRIES).map((entry) => describe(name, entry)),
    invalidate: () => lists.clear(),
    idle: emitter.idle,
    isolator,
    givens,
  };
}
