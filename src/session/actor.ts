import type { EnabledSet, PluginBudget, Presence } from '../kernel/hook-types';
import type { Site } from '../sites/site';
import type { LoadedSession } from './service-types';
import type { Actor } from './types';

export interface ActorOptions {
  readonly requestId: string;
  readonly locale: 'fr' | 'en';
  readonly budget?: PluginBudget;
  /** Plugins that run for the person; those of the site unless told. */
  readonly plugins?: EnabledSet;
  readonly presence?: Presence;
}

/** The actor of one request: a loaded session with its site, language and plugin time. */
export function createActor(
  loaded: LoadedSession,
  site: Site,
  { requestId, locale, budget, plugins, presence }: ActorOptions,
): Actor {
  const { session } = loaded;
  return {
    session,
    user: session.user,
    site,
    scope: {
      site: site.id,
      requestId,
      groups: session.user.groups,
      ...(budget && { budget }),
      ...(plugins && { plugins }),
      ...(presence && { presence }),
    },
    locale,
    credential: (server) => loaded.openCredential(server),
    password: () => loaded.openPassword(),
  };
}
