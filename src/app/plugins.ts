import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { composeHooks } from '../compose';
import { type BrokenPlugin, discoverPlugins, type FoundPlugin } from '../host/discover';
import { checkOrder } from '../host/order-check';
import { isOnFor, offRequirements, pluginConfig, siteSource } from '../host/plugin-faults';
import { checkSiteFiles, type PluginFault } from '../host/site-check';
import { issueAt } from '../kernel/config';
import { mailHooks } from '../mail';
import { sessionHooks } from '../session';
import type { AppConfig, Site } from '../sites';
import { findPackages } from './plugin-packages';

/**
 * The plugins of an installation: `plugins/` and the packages named in `config/plugins.json`. Code
 * comes from `dist/plugins` when the platform itself runs compiled, resources from the source folder.
 */
export function installedPlugins(config: AppConfig): ReturnType<typeof discoverPlugins> {
  const { root } = config;
  const isCompiled = __filename.endsWith('.js');
  const codeDir = path.join(root, 'dist', 'plugins');
  const { packages, missing } = findPackages(config);
  const { found, broken } = discoverPlugins({
    dir: path.join(root, 'plugins'),
    platformVersion: readVersion(root),
    ...(isCompiled && existsSync(codeDir) && { codeDir }),
    packages,
  });
  return { found, broken: [...broken, ...missing] };
}

function readVersion(root: string): string {
  const parsed: unknown = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
  return typeof parsed === 'object' && parsed !== null && 'version' in parsed
    ? String(parsed.version)
    : '';
}

/** Tables of the hooks that plugins may handle. */
export const HOOK_TABLES = [sessionHooks, mailHooks, composeHooks] as const;

/**
 * What is wrong in the files about plugins, without starting any: unknown ids, locks and orders,
 * plugins that cannot be loaded, settings that their schema refuses. A boot tells the same.
 */
export function siteFaults(config: AppConfig): readonly PluginFault[] {
  const { found, broken } = installedPlugins(config);
  const { sites, sources, plugins } = config;
  const order = checkOrder({
    order: plugins.order,
    plugins: [...found, ...broken].map(({ id }) => id),
    hooks: HOOK_TABLES.flatMap((table) => Object.keys(table)),
    source: sources.plugins,
  });
  return [
    ...broken.flatMap(({ issue }) => issue ?? []),
    ...order,
    ...checkSiteFiles({ sites, found, broken, sources: sources.sites }),
    ...sites.flatMap((site) => faultsOn(site, { config, found, broken })),
  ];
}

interface Installed {
  readonly config: AppConfig;
  readonly found: readonly FoundPlugin[];
  readonly broken: readonly BrokenPlugin[];
}

function faultsOn(site: Site, { config, found, broken }: Installed): readonly PluginFault[] {
  const { sources, plugins } = config;
  const source = siteSource(site.id, sources.sites);
  const usable = found.map(({ id }) => id);
  const isOn = (id: string): boolean => usable.includes(id) && isOnFor(site, id);
  const unloaded = broken
    .filter(({ id, issue }) => isOnFor(site, id) && issue === undefined && !usable.includes(id))
    .map(({ id, reason }) => issueAt(source, ['plugins', id], `cannot be loaded: ${reason}`));
  const refused = found
    .filter(({ id }) => isOnFor(site, id))
    .flatMap((plugin) => [
      ...offRequirements(plugin, site, isOn, sources),
      ...pluginConfig(plugin, site, plugins.defaults[plugin.id], sources).issues,
    ]);
  return [...unloaded, ...refused].map((issue) => ({ site: site.id, ...issue }));
}
