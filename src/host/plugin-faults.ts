import path from 'node:path';
import { z } from 'zod';
import type { SiteId } from '../base/types';
import {
  type ConfigIssue,
  type ConfigSource,
  type ConfigSources,
  checkSource,
  isPlain,
  issueAt,
  layer,
} from '../kernel/config';
import { valueAtPath } from '../kernel/explain';
import { deepFreeze } from '../kernel/freeze';
import type { Site } from '../sites';
import type { FoundPlugin } from './discover';

type Plain = Readonly<Record<string, unknown>>;

/** The files that speak of plugins, as read: for the place of what is wrong in them. */
export type PluginFiles = Pick<ConfigSources, 'plugins' | 'sites'>;

/** When values did not come from files: they are named as in a plain installation. */
export const NO_FILES: PluginFiles = {
  plugins: { file: 'config/plugins.json', value: {}, lines: new Map() },
  sites: [],
};

/** Whether a site's `plugins` entry turns the plugin on: `true` or an object of settings. */
export const isOnFor = (site: Pick<Site, 'plugins'>, plugin: string): boolean => {
  const entry = Object.hasOwn(site.plugins, plugin) ? site.plugins[plugin] : undefined;
  return entry === true || isPlain(entry);
};

/** The file of a site, as read; one without text where there is none. */
export function siteSource(site: SiteId, sites: readonly ConfigSource[]): ConfigSource {
  const read = sites.find(({ file }) => path.basename(file, '.json') === site);
  return read ?? { file: `config/sites/${site}.json`, value: undefined, lines: new Map() };
}

/**
 * Configuration of a plugin for a site, schema defaults < `plugins.json` < site, parsed and frozen;
 * or every fault of it, at the file and line of the layer that said it.
 */
export function pluginConfig(
  plugin: FoundPlugin,
  site: Pick<Site, 'id' | 'plugins'>,
  defaults: unknown,
  files: PluginFiles,
): { readonly value?: Plain; readonly issues: readonly ConfigIssue[] } {
  const { id, definition } = plugin;
  const own = site.plugins[id];
  const merged = layer(isPlain(defaults) ? defaults : {}, isPlain(own) ? own : {});
  const schema = definition.config ?? z.strictObject({});
  const told = (at: readonly string[], message: string) =>
    issueIn(files, { site: site.id, plugin: id, at }, message);
  try {
    const checked = checkSource(schema, { file: '', value: merged, lines: new Map() });
    if (isPlain(checked.value)) return { value: deepFreeze(checked.value), issues: [] };
    const { issues } = checked;
    if (issues.length === 0) return { issues: [told([], 'expected an object of settings')] };
    return {
      issues: issues.map((issue) => told(keysOf(issue.path), sentenceOf(issue, definition.config))),
    };
  } catch (error) {
    // A refinement of the plugin's own may throw: its fault, and no other plugin's.
    const reason = error instanceof Error ? error.message : String(error);
    return { issues: [told([], `cannot be checked: ${reason}`)] };
  }
}

const keysOf = (at: string): readonly string[] => (at === '' ? [] : at.split('.'));

const sentenceOf = ({ message }: ConfigIssue, schema: unknown): string =>
  schema === undefined ? `${message}: this plugin takes no settings` : message;

interface Place {
  readonly site: SiteId;
  readonly plugin: string;
  readonly at: readonly string[];
}

/** The site speaks last; what it does not say was said in `plugins.json`, or is missing in both. */
function issueIn(files: PluginFiles, { site, plugin, at }: Place, message: string): ConfigIssue {
  const own = siteSource(site, files.sites);
  const inSite = ['plugins', plugin, ...at];
  const inPlugins = [plugin, ...at];
  const isDefault =
    valueAt(own.value, inSite) === undefined &&
    valueAt(files.plugins.value, inPlugins) !== undefined;
  return isDefault ? issueNear(files.plugins, inPlugins, message) : issueNear(own, inSite, message);
}

/** Like {@link valueAtPath}, through lists too. */
const valueAt = (value: unknown, keys: readonly string[]): unknown =>
  keys.reduce<unknown>((inner, key) => {
    if (Array.isArray(inner)) return inner[Number(key)] as unknown;
    return valueAtPath(inner, [key]);
  }, value);

/** What is missing has no line: that of what should hold it. */
function issueNear(source: ConfigSource, at: readonly string[], message: string): ConfigIssue {
  const issue = issueAt(source, at, message);
  if (issue.line !== undefined) return issue;
  for (let length = at.length - 1; length > 0; length--) {
    const line = source.lines.get(at.slice(0, length).join('.'));
    if (line !== undefined) return { ...issue, line };
  }
  return issue;
}

/** A plugin that is on where one that it requires is not. */
export function offRequirements(
  plugin: FoundPlugin,
  site: Pick<Site, 'id'>,
  isOn: (plugin: string) => boolean,
  files: PluginFiles,
): readonly ConfigIssue[] {
  return (plugin.definition.requires ?? [])
    .filter((id) => !isOn(id))
    .map((id) =>
      issueIn(
        files,
        { site: site.id, plugin: plugin.id, at: [] },
        `requires ${id}, which is off there`,
      ),
    );
}
