import type { AppConfig, Site } from '../sites';
import { UsageError } from './command';

/** The site of `--site`; the only one needs not be named. Throws {@link UsageError}. */
export function chooseSite({ sites }: Pick<AppConfig, 'sites'>, id: string | undefined): Site {
  const only = sites.length === 1 && id === undefined ? sites[0] : undefined;
  const site = only ?? sites.find((candidate) => candidate.id === id);
  if (site) return site;
  const list = sites.map((candidate) => candidate.id).join(', ');
  throw new UsageError(id === undefined ? `--site is one of ${list}` : `no site "${id}": ${list}`);
}

/** The site of `--site`, or all of them. Throws {@link UsageError}. */
export function chooseSites(sites: readonly Site[], id: string | undefined): readonly Site[] {
  const chosen = id === undefined ? sites : sites.filter((site) => site.id === id);
  if (chosen.length === 0) throw new UsageError(`no site "${id}"`);
  return chosen;
}
