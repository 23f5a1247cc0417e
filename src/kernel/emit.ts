import { AppError } from '../base/errors';
import { chargeBudget, isSpent } from './budget';
import type { Given, Givens } from './given';
import {
  acceptsAnswer,
  acceptsDenial,
  acceptsFiltered,
  acceptsItems,
  GUARD_FAILED,
  isDenial,
  isNothing,
  toDenial,
} from './hook-results';
import type { Denial, HookDefinition, HookEmitter, HookScope } from './hook-types';
import { type Isolator, KIND_TIMEOUT_MS, type Outcome } from './isolate';
import type { Meter } from './meter';
import type { Orderable } from './order';

/** A handler as the registry keeps it; payload types were checked where it was registered. */
export interface HandlerEntry extends Orderable {
  readonly handler: (...args: unknown[]) => unknown;
}
/** The handlers of one hook for one site, in order; never empty. */
export interface HandlerList {
  readonly definition: HookDefinition;
  readonly entries: readonly HandlerEntry[];
}

interface EmitterDeps {
  readonly isolator: Isolator;
  readonly meter: Meter;
  readonly givens: Givens;
  readonly listFor: (scope: HookScope, name: string) => HandlerList | undefined;
}

/** One emit under way. */
interface Emit {
  readonly name: string;
  readonly list: HandlerList;
  readonly scope: HookScope;
  readonly given: Given;
}
type PluginDenial = Denial & { readonly plugin: string };
interface GuardOptions {
  readonly confirmed?: readonly string[];
  readonly all?: boolean;
}

// Shared by every emit that has no handler: nothing is allocated.
const DONE: Promise<void> = Promise.resolve();
const NO_ANSWER: Promise<undefined> = Promise.resolve(undefined);
const NO_ITEMS: Promise<readonly never[]> = Promise.resolve(Object.freeze([]));

export interface Emitter {
  readonly typed: HookEmitter;
  readonly emitAction: (scope: HookScope, name: string, event: unknown) => Promise<void>;
  readonly idle: () => Promise<void>;
}

/** Runs the five kinds (plugins.md 2.1): order, parallelism, and what a failure means. */
export function createEmitter({ isolator, meter, givens, listFor }: EmitterDeps): Emitter {
  const underWay = new Set<Promise<unknown>>();

  function start(scope: HookScope, name: string, list: HandlerList, ...payload: unknown[]): Emit {
    const given = givens(scope);
    for (const part of payload) given.freeze(part);
    return { name, list, scope, given };
  }

  function call(
    { name, list, scope, given }: Emit,
    entry: HandlerEntry,
    accept: ((value: unknown) => boolean) | undefined,
    ...payload: unknown[]
  ): Outcome<unknown> | Promise<Outcome<unknown>> {
    const { kind, timeoutMs = KIND_TIMEOUT_MS[kind] } = list.definition;
    const { plugin } = entry;
    const { site, requestId } = scope;
    return isolator.isolated(
      {
        plugin,
        hook: name,
        timeoutMs,
        site,
        requestId,
        // Nobody asks what an action answers.
        read: kind === 'action' ? undefined : given.read,
        accept,
      },
      () => entry.handler(...payload, given.scope),
    );
  }

  /** True when the request's budget is spent and the hook can do without this handler. */
  function isSkipped({ name, list, scope: { budget } }: Emit, entry: HandlerEntry) {
    if (!budget || list.definition.failClosed) return false;
    if (!isSpent(budget)) return false;
    meter.skipped(entry.plugin, name);
    return true;
  }

  /** The error of a hook that must not go on without one of its handlers. */
  function closed(
    { name, list }: Emit,
    { plugin }: HandlerEntry,
    cause: Error,
  ): AppError | undefined {
    if (!list.definition.failClosed) return undefined;
    return new AppError('plugin/guard-failed', { cause, details: { hook: name, plugin } });
  }

  async function filter<V>(emit: Emit, value: V, context: unknown): Promise<V> {
    let current = value;
    for (const entry of emit.list.entries) {
      if (isSkipped(emit, entry)) continue;
      const accept = acceptsFiltered(emit.list.definition, current);
      const work = call(emit, entry, accept, current, context);
      const outcome = work instanceof Promise ? await work : work;
      if (!outcome.ok) {
        const error = closed(emit, entry, outcome.error);
        if (error) throw error;
      } else if (outcome.value !== undefined) {
        current = outcome.value as V; // checked by `accept`
      }
    }
    return current;
  }

  async function first<A>(
    emit: Emit,
    query: unknown,
  ): Promise<{ readonly plugin: string; readonly answer: A } | undefined> {
    const accept = acceptsAnswer(emit.list.definition);
    for (const entry of emit.list.entries) {
      if (isSkipped(emit, entry)) continue;
      const work = call(emit, entry, accept, query);
      const outcome = work instanceof Promise ? await work : work;
      if (!outcome.ok) {
        const error = closed(emit, entry, outcome.error);
        if (error) throw error;
      } else if (!isNothing(outcome.value)) {
        return { plugin: entry.plugin, answer: outcome.value as A }; // checked by `accept`
      }
    }
    return undefined;
  }

  async function collect<I>(
    emit: Emit,
    query: unknown,
  ): Promise<readonly { readonly plugin: string; readonly item: I }[]> {
    const accept = acceptsItems(emit.list.definition);
    const answers = await Promise.all(
      emit.list.entries.map(async (entry) => {
        if (isSkipped(emit, entry)) return [];
        const work = call(emit, entry, accept, query);
        const outcome = work instanceof Promise ? await work : work;
        if (outcome.ok) {
          const items = (outcome.value ?? []) as readonly I[]; // checked by `accept`
          return items.map((item) => ({ plugin: entry.plugin, item }));
        }
        const error = closed(emit, entry, outcome.error);
        if (error) throw error;
        return [];
      }),
    );
    return answers.flat();
  }

  async function guard(emit: Emit, query: unknown, options: GuardOptions): Promise<PluginDenial[]> {
    const denials: PluginDenial[] = [];
    for (const entry of emit.list.entries) {
      const work = call(emit, entry, acceptsDenial, query);
      const outcome = work instanceof Promise ? await work : work;
      const denial = denialOf(emit, entry, outcome);
      if (!denial || isConfirmed(denial, options)) continue;
      denials.push(denial);
      if (!options.all) break;
    }
    return denials;
  }

  /** Every handler starts at once; they are outside the budget, since what happened must be told. */
  async function action(emit: Emit, event: unknown): Promise<void> {
    const outcomes = await Promise.all(
      emit.list.entries.map(async (entry) => {
        const work = call(emit, entry, undefined, event);
        const outcome = work instanceof Promise ? await work : work;
        return outcome.ok ? undefined : closed(emit, entry, outcome.error);
      }),
    );
    const errors = outcomes.filter((outcome) => outcome !== undefined);
    const [error, ...others] = errors;
    if (!error || !emit.list.definition.awaited) return;
    if (others.length === 0) throw error;
    const plugin = errors.map(({ details }) => String(details['plugin'])).join(' ');
    throw new AppError(error.code, { cause: error, details: { hook: emit.name, plugin } });
  }

  function emitAction(scope: HookScope, name: string, event: unknown): Promise<void> {
    const list = listFor(scope, name);
    if (!list) return DONE;
    const emit = start(scope, name, list, event);
    const run = () => action(emit, event);
    if (list.definition.awaited) return chargeBudget(scope.budget, run);
    const work = run();
    underWay.add(work);
    void work.finally(() => underWay.delete(work));
    return DONE;
  }

  const typed: HookEmitter = {
    filter(scope, name, value, context) {
      const list = listFor(scope, name);
      if (!list) return Promise.resolve(value);
      const emit = start(scope, name, list, value, context);
      return chargeBudget(scope.budget, () => filter(emit, value, context));
    },
    first(scope, name, query) {
      const list = listFor(scope, name);
      if (!list) return NO_ANSWER;
      const emit = start(scope, name, list, query);
      return chargeBudget(scope.budget, () => first(emit, query));
    },
    collect(scope, name, query) {
      const list = listFor(scope, name);
      if (!list) return NO_ITEMS;
      const emit = start(scope, name, list, query);
      return chargeBudget(scope.budget, () => collect(emit, query));
    },
    guard(scope, name, query, options = {}) {
      const list = listFor(scope, name);
      if (!list) return NO_ITEMS;
      const emit = start(scope, name, list, query);
      return chargeBudget(scope.budget, () => guard(emit, query, options));
    },
    action: emitAction,
  };

  async function idle(): Promise<void> {
    while (underWay.size > 0) await Promise.allSettled(underWay);
  }

  return { typed, emitAction, idle };
}

/** A guard that fails denies (an authority that cannot answer has not agreed), unless advisory. */
function denialOf(
  { list }: Emit,
  { plugin }: HandlerEntry,
  outcome: Outcome<unknown>,
): PluginDenial | undefined {
  if (outcome.ok) return isDenial(outcome.value) ? toDenial(outcome.value, plugin) : undefined;
  return list.definition.advisory ? undefined : { plugin, deny: true, code: GUARD_FAILED };
}

const isConfirmed = ({ plugin, code, confirm }: PluginDenial, { confirmed }: GuardOptions) =>
  confirm === true && confirmed?.includes(`${plugin}:${code}`) === true;
