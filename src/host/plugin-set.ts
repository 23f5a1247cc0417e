import type { SiteId } from '../base/types';

/** Which plugin answers for which site: what the hook registry and the ports ask at each emit list. */
export interface PluginSet {
  isEnabled(site: SiteId, plugin: string): boolean;
  /** Place in the dependency order. */
  rank(plugin: string): number;
  enable(site: SiteId, plugin: string): void;
  setOrder(ids: readonly string[]): void;
  /** Takes a plugin out of service everywhere in this process. */
  exclude(plugin: string): void;
  sitesOf(plugin: string): readonly SiteId[];
}

export function createPluginSet(): PluginSet {
  const enabled = new Map<SiteId, Set<string>>();
  const excluded = new Set<string>();
  let ranks = new Map<string, number>();
  const isOn = (site: SiteId, plugin: string): boolean =>
    !excluded.has(plugin) && (enabled.get(site)?.has(plugin) ?? false);
  return {
    isEnabled: isOn,
    rank: (plugin) => ranks.get(plugin) ?? Number.MAX_SAFE_INTEGER,
    enable(site, plugin) {
      enabled.set(site, (enabled.get(site) ?? new Set()).add(plugin));
    },
    setOrder(ids) {
      ranks = new Map(ids.map((id, index) => [id, index]));
    },
    exclude: (plugin) => void excluded.add(plugin),
    sitesOf: (plugin) => [...enabled.keys()].filter((site) => isOn(site, plugin)),
  };
}
