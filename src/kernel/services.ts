import { AppError } from '../base/errors';
import type { SiteId } from '../base/types';

export type ServiceName = Extract<keyof Estafette.ServiceMap, string>;

export interface ServicesDeps {
  readonly isEnabled: (site: SiteId, plugin: string) => boolean;
}

/** Ports: what has exactly one answer per site (plugins.md 1.10). */
export interface Services {
  /**
   * Offers a service; returns the remover. A `fallback` (the core's own implementation) answers
   * only where no enabled plugin does.
   */
  provide<N extends ServiceName>(
    plugin: string,
    name: N,
    service: Estafette.ServiceMap[N],
    options?: { readonly fallback?: boolean },
  ): () => void;
  get<N extends ServiceName>(site: SiteId, name: N): Estafette.ServiceMap[N] | undefined;
  /** Boot check: throws `config/invalid` listing both providers when a site has two of one port. */
  assertUnique(sites: readonly SiteId[]): void;
  removePlugin(plugin: string): void;
}

interface Provider {
  readonly plugin: string;
  readonly service: unknown;
  readonly isFallback: boolean;
}

/** The ports of a process; who provides is looked up per site among the enabled plugins. */
export function createServices({ isEnabled }: ServicesDeps): Services {
  const providers = new Map<string, readonly Provider[]>();

  function remove(name: string, keep: (provider: Provider) => boolean): void {
    const rest = (providers.get(name) ?? []).filter(keep);
    if (rest.length > 0) providers.set(name, rest);
    else providers.delete(name);
  }

  function providerFor(site: SiteId, name: string): Provider | undefined {
    const enabled = (providers.get(name) ?? []).filter(
      ({ plugin, isFallback }) => isFallback || isEnabled(site, plugin),
    );
    const chosen = enabled.filter(({ isFallback }) => !isFallback);
    if (chosen.length > 1) {
      const plugins = chosen.map(({ plugin }) => plugin);
      const problem = `two providers of one port: ${plugins.join(', ')}`;
      throw new AppError('config/invalid', { details: { site, port: name, plugins, problem } });
    }
    return chosen[0] ?? enabled[0];
  }

  return {
    provide(plugin, name, service, { fallback: isFallback = false } = {}) {
      const provider: Provider = { plugin, service, isFallback };
      providers.set(name, [...(providers.get(name) ?? []), provider]);
      return () => remove(name, (other) => other !== provider);
    },
    get<N extends ServiceName>(site: SiteId, name: N) {
      // `provide` tied the service's type to the name.
      return providerFor(site, name)?.service as Estafette.ServiceMap[N] | undefined;
    },
    assertUnique(sites) {
      for (const name of providers.keys()) for (const site of sites) providerFor(site, name);
    },
    removePlugin(plugin) {
      for (const name of [...providers.keys()]) remove(name, (other) => other.plugin !== plugin);
    },
  };
}
