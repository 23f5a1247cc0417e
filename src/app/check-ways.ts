import { mapLimit } from '../base/async';
import type { SiteId } from '../base/types';
import { enablingFromFiles, whereFilesTurnOn } from '../enabling';
import { enablingPlugin } from '../host/plugin-faults';
import type { SignInHost } from '../host/sign-in';
import type { AppConfig, Site } from '../sites';
import { installedPlugins } from './plugins';

const AT_ONCE = 6;

/** What came of asking the provider of one way in. */
export interface WayCheck {
  readonly site: SiteId;
  /** `sso.cerbere`. */
  readonly via: string;
  readonly ms: number;
  readonly problem: string | undefined;
}

/** Whether one of the sites has a plugin that can ask its providers: else nothing has to be built. */
export function canAskProviders(config: AppConfig, sites: readonly Pick<Site, 'id'>[]): boolean {
  const { found } = installedPlugins(config, {
    isWanted: (id) => whereFilesTurnOn(config, id).length > 0,
  });
  const askers = found.filter(({ definition }) => definition.contributes?.signIn?.check);
  if (askers.length === 0) return false;
  const { reach } = enablingFromFiles({ ...config, plugins: found.map(enablingPlugin) });
  return sites.some(({ id }) => askers.some((plugin) => reach(id).has(plugin.id)));
}

/** Has the plugins of each site ask their providers, as a sign-in would. */
export function checkWays(
  sites: readonly Pick<Site, 'id'>[],
  signIn: Pick<SignInHost, 'methods' | 'check'>,
): Promise<readonly WayCheck[]> {
  const ways = sites.flatMap(({ id: site }) =>
    signIn.methods({ site }, 'fr').map((way) => ({ site, way })),
  );
  return mapLimit(ways, AT_ONCE, async ({ site, way }) => {
    const startedAt = performance.now();
    const problem = await signIn.check({ site }, way);
    const ms = Math.round(performance.now() - startedAt);
    return { site, via: `${way.plugin}.${way.method}`, ms, problem };
  });
}
