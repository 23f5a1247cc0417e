import type { SiteId } from '../base/types';
import type { Enabling } from '../enabling';
import type { EnabledSet } from '../kernel/hook-types';

/** Which plugin answers for whom: what the hook registry and the ports ask at each emit list. */
export interface PluginSet {
  /** For whom the set is given, or for the site when nobody in particular acts. */
  isEnabled(site: SiteId, plugin: string, plugins?: EnabledSet): boolean;
  /** Whether it may run for somebody of the site: its jobs, its commands, its ports. */
  isReached(site: SiteId, plugin: string): boolean;
  /** Place in the dependency order. */
  rank(plugin: string): number;
  setOrder(ids: readonly string[]): void;
  /** Takes a plugin out of service everywhere in this process. */
  exclude(plugin: string): void;
  /** Sites where it may run for somebody. */
  sitesOf(plugin: string): readonly SiteId[];
}

export interface PluginSetDeps {
  readonly sites: readonly { readonly id: SiteId }[];
  /** Asked only once the whole stands: who says it is built from what this set decides. */
  readonly enabling: () => Pick<Enabling, 'enabledFor' | 'reach'>;
}

export function createPluginSet({ sites, enabling }: PluginSetDeps): PluginSet {
  const excluded = new Set<string>();
  let ranks = new Map<string, number>();
  const isReached = (site: SiteId, plugin: string): boolean =>
    !excluded.has(plugin) && enabling().reach(site).has(plugin);
  return {
    // Reached too: a plugin that is stopped is off at once for what began with an older set.
    isEnabled: (site, plugin, plugins = enabling().enabledFor({ site })) =>
      plugins.has(plugin) && isReached(site, plugin),
    isReached,
    rank: (plugin) => ranks.get(plugin) ?? Number.MAX_SAFE_INTEGER,
    setOrder(ids) {
      ranks = new Map(ids.map((id, index) => [id, index]));
    },
    exclude: (plugin) => void excluded.add(plugin),
    sitesOf: (plugin) => sites.map(({ id }) => id).filter((id) => isReached(id, plugin)),
  };
}
