import { AppError } from '../base/errors';
import type { SiteId } from '../base/types';
import type { Isolator } from './isolate';
import { isolatedService } from './service-calls';

export type ServiceName = Extract<keyof Estafette.ServiceMap, string>;

export interface ServicesDeps {
  readonly isEnabled: (site: SiteId, plugin: string) => boolean;
  /** Makes each call of a plugin's service within a deadline and a breaker; as it is without one. */
  readonly isolator?: Pick<Isolator, 'isolated'>;
  /** Milliseconds that a method of a port may take; 2 s otherwise. */
  readonly timeoutMs?: (port: string, method: string) => number | undefined;
}

/** Ports: what has exactly one answer per site (plugins.md 1.10). */
export interface Services {
  /**
   * Offers a service; returns the remover. A `fallback` (the core's own implementation) answers
   * only where no enabled plugin does, on the sites that it `serves`. Throws `config/invalid` for
   * what is no object of methods.
   */
  provide<N extends ServiceName>(
    plugin: string,
    name: N,
    service: Estafette.ServiceMap[N],
    options?: { readonly fallback?: boolean; readonly serves?: (site: SiteId) => boolean },
  ): () => void;
  get<N extends ServiceName>(site: SiteId, name: N): Estafette.ServiceMap[N] | undefined;
  removePlugin(plugin: string): void;
}

interface Provider {
  readonly plugin: string;
  readonly service: object;
  readonly isFallback: boolean;
  readonly serves: (site: SiteId) => boolean;
  /** What callers get, by site: made once. */
  readonly calls: Map<SiteId, object>;
}

/** The ports of a process; who provides is looked up per site among the enabled plugins. */
export function createServices({ isEnabled, isolator, timeoutMs }: ServicesDeps): Services {
  const providers = new Map<string, readonly Provider[]>();

  function remove(name: string, keep: (provider: Provider) => boolean): void {
    const rest = (providers.get(name) ?? []).filter(keep);
    if (rest.length > 0) providers.set(name, rest);
    else providers.delete(name);
  }

  function providerFor(site: SiteId, name: string): Provider | undefined {
    const enabled = (providers.get(name) ?? []).filter(
      ({ plugin, isFallback, serves }) => serves(site) && (isFallback || isEnabled(site, plugin)),
    );
    const chosen = enabled.filter(({ isFallback }) => !isFallback);
    if (chosen.length > 1) {
      const plugins = chosen.map(({ plugin }) => plugin);
      const problem = `two providers of one port: ${plugins.join(', ')}`;
      throw new AppError('config/invalid', { details: { site, port: name, plugins, problem } });
    }
    return chosen[0] ?? enabled[0];
  }

  /** The core's own services are called as they are: their failures are nobody's to be charged with. */
  function callable(site: SiteId, name: string, provider: Provider): object {
    const { plugin, service, isFallback, calls } = provider;
    if (isFallback || !isolator) return service;
    const known = calls.get(site);
    if (known) return known;
    const made = isolatedService({ plugin, port: name, site, service, isolator, timeoutMs });
    calls.set(site, made);
    return made;
  }

  return {
    provide(plugin, name, service: unknown, { fallback: isFallback = false, serves } = {}) {
      if (typeof service !== 'object' || service === null) {
        const problem = 'a service is an object of methods';
        throw new AppError('config/invalid', { details: { plugin, port: name, problem } });
      }
      const provider: Provider = {
        plugin,
        service,
        isFallback,
        serves: serves ?? (() => true),
        calls: new Map(),
      };
      providers.set(name, [...(providers.get(name) ?? []), provider]);
      return () => remove(name, (other) => other !== provider);
    },
    get<N extends ServiceName>(site: SiteId, name: N) {
      // `provide` tied the service's type to the name.
      const provider = providerFor(site, name);
      if (!provider) return undefined;
      return callable(site, name, provider) as Estafette.ServiceMap[N];
    },
    removePlugin(plugin) {
      for (const name of [...providers.keys()]) remove(name, (other) => other.plugin !== plugin);
    },
  };
}
