import type { PluginBudget } from '../kernel/hook-types';
import type { Site } from '../sites/site';
import type { LoadedSession } from './service-types';
import type { Actor } from './types';

/** The actor of one request: a loaded session with its site, language and plugin time. */
export function createActor(
  loaded: LoadedSession,
  site: Site,
  requestId: string,
  locale: 'fr' | 'en',
  budget?: PluginBudget,
): Actor {
  const { session } = loaded;
  return {
    session,
    user: session.user,
    site,
    scope: { site: site.id, requestId, ...(budget && { budget }) },
    locale,
    credential: () => loaded.openCredential(),
  };
}
