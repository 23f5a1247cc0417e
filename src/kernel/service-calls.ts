import { AppError } from '../base/errors';
import type { SiteId } from '../base/types';
import type { IsolatedCall, Isolator } from './isolate';

const TIMEOUT_MS = 2_000;
const TIMEOUT_MAX_MS = 30_000;
/** Breakers and figures are kept for each method. */
const MAX_METHODS = 50;

interface ServiceCalls {
  readonly plugin: string;
  readonly port: string;
  readonly site: SiteId;
  readonly service: object;
  readonly isolator: Pick<Isolator, 'isolated'>;
  readonly timeoutMs?: ((port: string, method: string) => number | undefined) | undefined;
}

/**
 * A service as others call it: its methods and nothing else, each call charged to its provider,
 * within a deadline and a breaker. A failure is `plugin/unavailable`, or the provider's own AppError.
 */
export function isolatedService(calls: ServiceCalls): object {
  const { service, port, isolator } = calls;
  const methods = methodsOf(service).map((method) => {
    const wanted = calls.timeoutMs?.(port, method) ?? TIMEOUT_MS;
    const call: IsolatedCall = {
      plugin: calls.plugin,
      hook: `port:${port}.${method}`,
      timeoutMs: Math.min(wanted, TIMEOUT_MAX_MS),
      site: calls.site,
    };
    const run = async (...args: unknown[]): Promise<unknown> => {
      const outcome = await isolator.isolated(call, (): unknown =>
        // Looked up at each call: a service may be a class whose methods use `this`.
        Reflect.apply(functionOf(service, method), service, args),
      );
      if (outcome.ok) return outcome.value;
      const { plugin } = calls;
      if (outcome.error instanceof AppError) throw outcome.error;
      const details = { plugin, port, method, reason: outcome.reason };
      throw new AppError('plugin/unavailable', { details, cause: outcome.error });
    };
    return [method, run] as const;
  });
  return Object.freeze(Object.fromEntries(methods));
}

function functionOf(service: object, method: string): (...args: unknown[]) => unknown {
  const found: unknown = Reflect.get(service, method);
  if (typeof found === 'function') return found as (...args: unknown[]) => unknown;
  throw new Error(`${method} is no method`);
}

/** Names of the functions of an object and of its class. */
function methodsOf(service: object): readonly string[] {
  const names = new Set<string>();
  for (
    let level: object | null = service;
    level !== null && level !== Object.prototype;
    level = Object.getPrototypeOf(level) as object | null
  ) {
    for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(level))) {
      // Getters are not read: they are code, and a port is methods.
      const isMethod = typeof value === 'function' && name !== 'constructor' && name !== 'then';
      if (isMethod) names.add(name);
    }
  }
  return [...names].slice(0, MAX_METHODS);
}
