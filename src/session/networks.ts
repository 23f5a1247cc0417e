import type { BlockList } from 'node:net';
import { blockListOf, isListed } from '../base/addresses';
import type { Site } from '../sites/site';

/** On which side of the ministry's networks somebody is. */
export type NetworkSide = 'inside' | 'outside';

// A site is frozen for the life of the process, so that its ranges are read once.
const lists = new WeakMap<object, BlockList>();

/** Where a client address stands by the site's rule; `undefined` where the site has none. */
export function networkSide(
  { protection }: Pick<Site, 'protection'>,
  remote: string,
): NetworkSide | undefined {
  const networks = protection?.networks;
  if (!networks) return undefined;
  const list = lists.get(networks) ?? blockListOf(networks.inside);
  lists.set(networks, list);
  return isListed(list, remote) ? 'inside' : 'outside';
}

/** Whether the site may not be used at all from there. */
export const isRefusedFrom = (site: Pick<Site, 'protection'>, remote: string): boolean =>
  site.protection?.networks?.outside === 'refuse' && networkSide(site, remote) === 'outside';

/** Whether the site wants a second factor of whoever signs in from there. */
export const wantsFactorFrom = (site: Pick<Site, 'protection'>, remote: string): boolean =>
  site.protection?.networks?.outside === 'factor' && networkSide(site, remote) === 'outside';
