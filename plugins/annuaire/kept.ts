import type { PluginRequest } from 'estafette/plugin';
import type { Asker, Context } from './ask';

/** Any address: what is asked is whether the site has networks of its own at all. */
const SOMEWHERE = '192.0.2.1';

/**
 * Whether the site keeps its directory from who asks: from outside its networks, with a password
 * alone. Nobody knows where a job asks from, so that it is outside.
 */
export function isKept(
  context: Context,
  asker: Asker,
  outside: string = context.config(asker).outside,
): boolean {
  if (outside !== 'hide') return false;
  if (!asker.presence) return context.networkSide(asker.site, SOMEWHERE) !== undefined;
  return asker.presence.network === 'outside' && !asker.presence.hasFactor;
}

/** The same for a page. */
export function isKeptFrom(
  { site, remote, hasFactor }: PluginRequest,
  context: Context,
  outside: string,
): boolean {
  const network = context.networkSide(site, remote);
  return isKept(context, { site, presence: { ...(network && { network }), hasFactor } }, outside);
}
