import path from 'node:path';
import type { SiteId } from '../base/types';
import type { ConfigSource } from '../kernel/config-check';
import type { ConfigSources } from '../kernel/config-files';
import { pathKey } from '../kernel/config-json';
import { isPlain } from '../kernel/config-layer';
import { ENABLED, type Plain } from './types';

/** A place in a configuration file. */
export interface Place {
  readonly file: string;
  /** Path within the file: `groups.0.plugins.calendar.firstDay`. */
  readonly path: string;
  readonly line?: number;
}

/** What a file says of a plugin: its entry as an object with `enabled`, and where it stands. */
export interface FileEntry {
  readonly value: Plain;
  /** Where a key of the entry is written; what is only implied has the line of what holds it. */
  place(keys: readonly string[]): Place;
}

/** The configuration files, asked for what they say of plugins. */
export interface ConfigFiles {
  defaults(plugin: string): FileEntry | undefined;
  site(site: SiteId, plugin: string): FileEntry | undefined;
  group(site: SiteId, group: string, plugin: string): FileEntry | undefined;
  /** Plugins that the site's file or a group of it names. */
  named(site: SiteId): readonly string[];
  /** Where the site or a group locks; `lock` is an element of its list. */
  lock(site: SiteId, group: string | undefined, lock: string): Place | undefined;
}

export function readConfigFiles(sources: ConfigSources): ConfigFiles {
  const sites = new Map(
    sources.sites.map((source) => [path.basename(source.file, '.json'), source]),
  );

  function groupAt(site: SiteId, group: string) {
    const source = sites.get(site);
    const groups = listAt(source?.value, 'groups');
    const index = groups.findIndex((entry) => isPlain(entry) && entry['id'] === group);
    return source && index >= 0 ? { source, index, value: groups[index] } : undefined;
  }

  return {
    defaults(plugin) {
      const entry = childOf(sources.plugins.value, plugin);
      // Settings for every site turn nothing on by themselves.
      return isPlain(entry) ? fileEntry(sources.plugins, [plugin], entry) : undefined;
    },
    site(site, plugin) {
      const source = sites.get(site);
      return source && readEntry(source, ['plugins', plugin], pluginOf(source.value, plugin));
    },
    group(site, group, plugin) {
      const found = groupAt(site, group);
      if (!found) return undefined;
      const at = ['groups', found.index, 'plugins', plugin];
      return readEntry(found.source, at, pluginOf(found.value, plugin));
    },
    named(site) {
      const value = sites.get(site)?.value;
      return [value, ...listAt(value, 'groups')].flatMap((holder) => {
        const plugins = childOf(holder, 'plugins');
        return isPlain(plugins) ? Object.keys(plugins) : [];
      });
    },
    lock(site, group, lock) {
      const found = group === undefined ? undefined : groupAt(site, group);
      const source = found?.source ?? sites.get(site);
      if (!source || (group !== undefined && !found)) return undefined;
      const index = listAt(found ? found.value : source.value, 'locked').indexOf(lock);
      const at = found ? ['groups', found.index, 'locked', index] : ['locked', index];
      return index < 0 ? undefined : placeIn(source, at);
    },
  };
}

const childOf = (value: unknown, key: string): unknown =>
  isPlain(value) && Object.hasOwn(value, key) ? value[key] : undefined;

const pluginOf = (holder: unknown, plugin: string): unknown =>
  childOf(childOf(holder, 'plugins'), plugin);

function listAt(value: unknown, key: string): readonly unknown[] {
  const list = childOf(value, key);
  return Array.isArray(list) ? list : [];
}

// `true`, or settings that do not say otherwise, turn the plugin on.
function readEntry(
  source: ConfigSource,
  at: readonly PropertyKey[],
  entry: unknown,
): FileEntry | undefined {
  if (typeof entry === 'boolean') return fileEntry(source, at, { [ENABLED]: entry });
  return isPlain(entry) ? fileEntry(source, at, { [ENABLED]: true, ...entry }) : undefined;
}

const fileEntry = (source: ConfigSource, at: readonly PropertyKey[], value: Plain): FileEntry => ({
  value,
  place(keys) {
    const full = [...at, ...keys];
    const lengths = keys.map((_, index) => full.length - index);
    const written = lengths.find((length) => source.lines.has(pathKey(full.slice(0, length))));
    const { line } = placeIn(source, full.slice(0, written ?? at.length));
    return { file: source.file, path: pathKey(full), ...(line !== undefined && { line }) };
  },
});

function placeIn(source: ConfigSource, at: readonly PropertyKey[]): Place {
  const key = pathKey(at);
  const line = source.lines.get(key);
  return { file: source.file, path: key, ...(line !== undefined && { line }) };
}
