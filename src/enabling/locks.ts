import type { ConfigFiles, Place } from './files';
import { overlaps } from './paths';
import type { EnablingSite } from './types';

/** Who decided that a path is the file's alone. */
export interface Lock {
  readonly by: 'site' | 'group';
  readonly group?: string;
  /** The locked path, which may be above or below the one asked for. */
  readonly path: string;
  readonly place?: Place;
}

/**
 * The lock that keeps a path from whoever is not the author of the site's file: the site's own, or
 * that of one of these groups.
 */
export function findLock(
  files: Pick<ConfigFiles, 'lock'>,
  site: EnablingSite,
  groups: readonly string[],
  path: string,
): Lock | undefined {
  const own = site.locked.find((lock) => overlaps(lock, path));
  if (own !== undefined) return { by: 'site', path: own, ...placeOf(files, site, undefined, own) };
  for (const group of site.groups.filter(({ id }) => groups.includes(id))) {
    const found = group.locked.find((lock) => overlaps(lock, path));
    if (found === undefined) continue;
    return {
      by: 'group',
      group: group.id,
      path: found,
      ...placeOf(files, site, group.id, found),
    };
  }
  return undefined;
}

function placeOf(
  files: Pick<ConfigFiles, 'lock'>,
  site: EnablingSite,
  group: string | undefined,
  lock: string,
): { readonly place?: Place } {
  const place = files.lock(site.id, group, lock);
  return place ? { place } : {};
}
