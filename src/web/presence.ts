import type { Presence } from '../kernel/hook-types';
import { type LoadedSession, networkSide } from '../session';
import type { Site } from '../sites';
import { hasFactorNow } from './confirmed';
import type { WebDeps } from './context';

/** What plugins are told of the place that a request of a session comes from. */
export function presenceOf(
  deps: Pick<WebDeps, 'isFactor'>,
  { site, remote, session }: { site: Site; remote: string; session: LoadedSession },
): Presence {
  const network = networkSide(site, remote);
  return { ...(network && { network }), hasFactor: hasFactorNow(deps, { session }) };
}
