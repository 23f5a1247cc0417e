import type { Clock } from '../../base/clock';
import type { SiteId, UserId } from '../../base/types';
import { type Cache, cacheKey, createCache } from '../../kernel/cache';
import type { PluginCache } from '../context-types';

/** `context.cache`: one memory for each name, whoever asks for it; the first one's limits count. */
export function pluginCaches(clock: Clock) {
  const stores = new Map<string, Cache<unknown>>();
  return <V>(name: string, { max, ttlS }: { max: number; ttlS: number }): PluginCache<V> => {
    const store = stores.get(name) ?? createCache<unknown>({ clock, max, ttlMs: ttlS * 1_000 });
    stores.set(name, store);
    const key = (site: SiteId, user: number | undefined, own: string) =>
      cacheKey(site, user === undefined ? 'shared' : (user as UserId), name, own);
    return {
      // What a name holds is the plugin's own to say, as with a table.
      get: (site, user, own) => store.get(key(site, user, own)) as V | undefined,
      set: (site, user, own, value) => store.set(key(site, user, own), value),
    };
  };
}
