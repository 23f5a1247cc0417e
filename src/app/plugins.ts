import { existsSync } from 'node:fs';
import path from 'node:path';
import { enablingFromFiles, whereFilesTurnOn } from '../enabling';
import {
  type Discovered,
  type DiscoverOptions,
  discoverPlugins,
  type FoundPlugin,
} from '../host/discover';
import { checkGrants, checkOrigins, grantProblem } from '../host/grants';
import { HOOK_TABLES } from '../host/hook-tables';
import { checkOrder } from '../host/order-check';
import { platformVersion } from '../host/platform-version';
import { enablingPlugin, siteSource } from '../host/plugin-faults';
import { checkSettings } from '../host/settings-check';
import { checkSignIn } from '../host/sign-in-check';
import { checkSiteFiles, type PluginFault } from '../host/site-check';
import { checkStart } from '../host/start-check';
import { issueAt } from '../kernel/config';
import type { AppConfig, Site } from '../sites';
import { findPackages } from './plugin-packages';
import { pluginViewFaults } from './plugin-views';
import { installedSkinFaults } from './skins';

/**
 * The plugins of an installation: `plugins/` and the packages named in `config/plugins.json`. Code
 * comes from `dist/plugins` when the platform itself runs compiled, resources from the source folder.
 */
export function installedPlugins(
  config: AppConfig,
  choice: Pick<DiscoverOptions, 'quarantined' | 'isWanted'> = {},
): Discovered {
  const { root } = config;
  const isCompiled = __filename.endsWith('.js');
  const codeDir = path.join(root, 'dist', 'plugins');
  const { packages, missing } = findPackages(config);
  const { broken, ...others } = discoverPlugins({
    dir: path.join(root, 'plugins'),
    platformVersion: platformVersion(root),
    ...(isCompiled && existsSync(codeDir) && { codeDir }),
    packages,
    ...choice,
  });
  return { ...others, broken: [...broken, ...missing] };
}

export { HOOK_TABLES };

/**
 * What is wrong in the files about plugins, without starting any: unknown ids, locks and orders,
 * plugins that cannot be loaded, names that two of them take, settings that their schema refuses.
 * A boot tells the same. The code of packages that the files turn on nowhere does not run here
 * either, though an administrator may have turned them on.
 */
export async function siteFaults(config: AppConfig): Promise<readonly PluginFault[]> {
  const { found, broken, unloaded } = installedPlugins(config, {
    isWanted: (id) => whereFilesTurnOn(config, id).length > 0,
  });
  const installed = [...found, ...broken, ...unloaded].map(({ id }) => id);
  const { sites, sources, plugins } = config;
  const enabled = enablingFromFiles({ ...config, plugins: found.map(enablingPlugin) });
  const order = checkOrder({
    order: plugins.order,
    plugins: installed,
    hooks: HOOK_TABLES.flatMap((table) => Object.keys(table)),
    source: sources.plugins,
  });
  return [
    ...broken.flatMap(({ issue }) => issue ?? []),
    ...order,
    ...checkGrants({
      grants: plugins.grants,
      found,
      installed,
      source: sources.plugins,
    }),
    ...checkOrigins({
      origins: plugins.origins,
      found,
      installed,
      source: sources.plugins,
    }),
    ...checkSiteFiles({
      sites,
      found,
      broken,
      unloaded: unloaded.map(({ id }) => id),
      sources: sources.sites,
    }),
    ...sites.flatMap((site) => unloadedOn(site, { found, broken }, config)),
    ...(await refusedIn(config, found, enabled)),
    ...checkSignIn({ sites, found, enabling: enabled, sources: sources.sites }),
    ...checkSettings({
      sites,
      found,
      enabling: enabled,
      origins: plugins.origins,
      secret: config.pluginSecret,
    }),
    ...pluginViewFaults(config.root, found),
    ...installedSkinFaults(config, { found, unloaded }),
  ];
}

/** What a boot says of each plugin: settings that do not hold, requirements that are off. */
async function refusedIn(
  config: AppConfig,
  found: readonly FoundPlugin[],
  { reach, faults }: ReturnType<typeof enablingFromFiles>,
): Promise<readonly PluginFault[]> {
  const problems = new Map(
    found.map((plugin) => [plugin.id, grantProblem(plugin, config.plugins.grants)]),
  );
  const refusals = await checkStart(found.filter(({ id }) => problems.get(id) === undefined));
  return config.sites.flatMap(({ id: site }) => {
    const on = reach(site);
    const source = siteSource(site, config.sources.sites);
    const ungranted = found
      .filter(({ id }) => on.has(id))
      .flatMap(({ id }) => {
        const problem = problems.get(id);
        if (problem === undefined) return [];
        return [{ site, ...issueAt(source, ['plugins', id], problem) }];
      });
    const refused = refusals
      .filter(({ id }) => on.has(id))
      .map(({ id, reason }) => ({ site, ...issueAt(source, ['plugins', id], reason) }));
    return [...ungranted, ...refused, ...faults(site)];
  });
}

function unloadedOn(
  { id: site, plugins, groups }: Site,
  { found, broken }: Pick<Discovered, 'found' | 'broken'>,
  config: AppConfig,
): readonly PluginFault[] {
  const source = siteSource(site, config.sources.sites);
  const named = new Set([plugins, ...groups.map((group) => group.plugins)].flatMap(Object.keys));
  return broken
    .filter(({ id, issue }) => issue === undefined && !found.some((plugin) => plugin.id === id))
    .filter(({ id }) => named.has(id))
    .map(({ id, reason }) => ({
      site,
      ...issueAt(source, ['plugins', id], `cannot be loaded: ${reason}`),
    }));
}
