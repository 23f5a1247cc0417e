import type { SiteId } from '../base/types';
import type { HandlerList } from './emit';
import type { HookScope } from './hook-types';

/** Lists of one site, or of one set of plugins there, by hook; `undefined`: nothing to run. */
type Lists = Map<string, HandlerList | undefined>;

interface SiteLists {
  readonly own: Lists;
  readonly bySet: Map<string, Lists>;
}

/** Distinct sets kept for a site: combinations of groups and choices. */
const SETS_MAX = 200;

export interface HandlerLists {
  /** The list of a hook where it is emitted, built once. Allocates nothing when it is known. */
  find(scope: HookScope, name: string): HandlerList | undefined;
  /** Forgets one hook everywhere. */
  forget(name: string): void;
  clear(): void;
}

/** Keeps the lists that emits read, for each site and set of plugins. */
export function createHandlerLists(
  build: (scope: HookScope, name: string) => HandlerList | undefined,
  max = SETS_MAX,
): HandlerLists {
  const sites = new Map<SiteId, SiteLists>();

  function listsOf({ site, plugins }: HookScope): Lists {
    const known = sites.get(site);
    const own = known ?? { own: new Map(), bySet: new Map<string, Lists>() };
    if (!known) sites.set(site, own);
    return plugins ? listsOfSet(own.bySet, plugins.key) : own.own;
  }

  function listsOfSet(bySet: Map<string, Lists>, key: string): Lists {
    const known = bySet.get(key);
    if (known) return known;
    const oldest = bySet.keys().next();
    if (bySet.size >= max && !oldest.done) bySet.delete(oldest.value);
    const made: Lists = new Map();
    bySet.set(key, made);
    return made;
  }

  return {
    find(scope, name) {
      const lists = listsOf(scope);
      const known = lists.get(name);
      if (known !== undefined || lists.has(name)) return known;
      const list = build(scope, name);
      lists.set(name, list);
      return list;
    },
    forget(name) {
      for (const { own, bySet } of sites.values()) {
        own.delete(name);
        for (const lists of bySet.values()) lists.delete(name);
      }
    },
    clear: () => sites.clear(),
  };
}
