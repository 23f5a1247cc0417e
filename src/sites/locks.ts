import type { SiteId } from '../base/types';
import type { Site } from './site';

/** What agents may not change: what their site locks, and their groups of it. */
export function locksOf(
  sites: readonly Pick<Site, 'id' | 'locked' | 'groups'>[],
): (site: SiteId, groups?: readonly string[]) => readonly string[] {
  const known = new Map(sites.map((site) => [site.id, site]));
  return (id, memberOf = []) => {
    const site = known.get(id);
    if (!site) return [];
    const groups = site.groups.filter((group) => memberOf.includes(group.id));
    return [...site.locked, ...groups.flatMap(({ locked }) => locked)];
  };
}
