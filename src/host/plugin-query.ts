import { AppError } from '../base/errors';
import type { PluginDatabase } from './context-types';
import { foreignSql } from './plugin-sql';

/** Members of a query builder that lead out of it: the connection, the events, other statements. */
const CLOSED: ReadonlySet<string | symbol> = new Set([
  'client',
  'connection',
  'context',
  'constructor',
  'emit',
  'on',
  'once',
  'off',
  'addListener',
  'removeListener',
  'removeAllListeners',
  'prependListener',
  'listeners',
  'queryContext',
  'fromJS',
  'withSchema',
  'truncate',
  'columnInfo',
  'stream',
  'pipe',
  'transacting',
  'debug',
  'asCallback',
  '__proto__',
]);
/** How a builder is run: the statement is read first. */
const RUNS: ReadonlySet<string | symbol> = new Set(['then', 'catch', 'finally']);

type Query = ReturnType<PluginDatabase['table']>;
type AnyFunction = (...args: unknown[]) => unknown;

export interface QueryGuard {
  readonly plugin: string;
  readonly isOwn: (table: string) => boolean;
}

/**
 * Query builders as a plugin holds them: one cannot reach the connection, and the statement is read
 * when it is run, whatever was chained, cloned or written raw before.
 */
export function createQueryGuard(guard: QueryGuard): (builder: Query) => Query {
  const guards = new WeakMap<object, object>();
  const originals = new WeakMap<object, object>();

  function refuse(problem: string): AppError {
    return new AppError('request/forbidden', { details: { plugin: guard.plugin, problem } });
  }

  function wrap<T>(value: T): T {
    if (!isBuilder(value)) return value;
    const known = guards.get(value);
    if (known) return known as T;
    const made = new Proxy<object>(value, {
      get: (target, name) => read(target, name),
      set: () => false,
      defineProperty: () => false,
      deleteProperty: () => false,
      getPrototypeOf: () => Object.prototype,
      setPrototypeOf: () => false,
      ownKeys: () => [],
      getOwnPropertyDescriptor: () => undefined,
      has: (target, name) => !isClosed(target, name) && Reflect.has(target, name),
    });
    guards.set(value, made);
    originals.set(made, value);
    return made as T;
  }

  function read(target: object, name: string | symbol): unknown {
    if (isClosed(target, name)) return undefined;
    const value: unknown = Reflect.get(target, name);
    if (typeof value !== 'function') return wrap(isPlainValue(value) ? value : undefined);
    const method = value as AnyFunction;
    return (...args: unknown[]): unknown => {
      const problem = RUNS.has(name) ? problemOf(target) : undefined;
      // As a query fails: a rejection, whichever way it is awaited.
      const self = problem === undefined ? target : Promise.reject(refuse(problem));
      const run = problem === undefined ? method : (Reflect.get(self, name) as AnyFunction);
      return wrap(Reflect.apply(run, self, args.map(unwrap)));
    };
  }

  /** A subquery goes in as the builder that it is; a callback is given builders of this kind. */
  function unwrap(value: unknown): unknown {
    if (Array.isArray(value)) return value.map(unwrap);
    if (typeof value === 'function') {
      const callback = value as AnyFunction;
      return function (this: unknown, ...args: unknown[]): unknown {
        return unwrap(Reflect.apply(callback, wrap(this), args.map(wrap)));
      };
    }
    return (typeof value === 'object' && value !== null && originals.get(value)) || value;
  }

  const problemOf = (target: object): string | undefined =>
    foreignSql((target as Query).toSQL().sql, guard.isOwn);

  const isClosed = (target: object, name: string | symbol): boolean =>
    // A join's `on` is a condition, a query's is for events.
    (CLOSED.has(name) && !(name === 'on' && 'joinType' in target)) ||
    typeof name === 'symbol' ||
    name.startsWith('_');

  return wrap;
}

/** Anything of the library that builds: query, join clause, raw text. */
const isBuilder = (value: unknown): value is object =>
  typeof value === 'object' &&
  value !== null &&
  !(value instanceof Promise) &&
  !Array.isArray(value) &&
  ('toSQL' in value || 'joinType' in value);

const isPlainValue = (value: unknown): boolean => typeof value !== 'object' || isBuilder(value);
