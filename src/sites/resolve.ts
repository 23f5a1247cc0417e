import type { SiteId } from '../base/types';
import { normalizeHost } from './host';
import type { Site } from './site';

/** Finds sites; the list is closed, there is no default site. */
export interface SiteResolver {
  /** The site of a Host header; `undefined` is a 421 (RFC 9110 15.5.20). */
  byHost(header: string | undefined): Site | undefined;
  /** Sites whose people may sign in at a host that is another one's. */
  alsoAt(header: string | undefined): readonly Site[];
  byId(id: SiteId): Site | undefined;
  readonly sites: readonly Site[];
}

const ANY_LOCALHOST = '*.localhost';

/** `*.localhost` of a site takes every name of this machine that no site names itself (RFC 6761). */
export function createSiteResolver(sites: readonly Site[]): SiteResolver {
  const byHost = new Map(sites.flatMap((site) => site.hosts.map((host) => [host, site] as const)));
  const byId = new Map(sites.map((site) => [site.id, site]));
  return {
    sites,
    byId: (id) => byId.get(id),
    alsoAt(header) {
      const host = normalizeHost(header);
      return host === undefined ? [] : sites.filter((site) => site.alsoHosts?.includes(host));
    },
    byHost(header) {
      const host = normalizeHost(header);
      if (host === undefined) return undefined;
      const exact = byHost.get(host);
      if (exact || !host.endsWith('.localhost')) return exact;
      return byHost.get(ANY_LOCALHOST);
    },
  };
}
