import type { SiteId } from '../base/types';
import { ENABLED } from '../enabling';
import { type ConfigIssue, type ConfigSource, issueAt } from '../kernel/config';
import { nearest, shapeOf, shapesAt, suggestion } from '../kernel/config-shape';
import { CORE_SCOPE, CORE_SECTIONS } from '../settings';
import type { Site } from '../sites';
import type { BrokenPlugin, FoundPlugin } from './discover';
import { siteSource } from './plugin-faults';

export interface SiteCheckInput {
  readonly sites: readonly Pick<Site, 'id' | 'plugins' | 'groups' | 'choices' | 'locked'>[];
  readonly found: readonly FoundPlugin[];
  readonly broken: readonly BrokenPlugin[];
  /** Installed plugins whose code was not loaded: what they offer is not known either. */
  readonly unloaded?: readonly string[];
  /** The sites' files as read, for their names and lines; `config/sites/<id>.json` otherwise. */
  readonly sources?: readonly ConfigSource[];
}

/** A fault about plugins, which keeps nobody from their mail (decision 0007): told, not refused. */
export interface PluginFault extends ConfigIssue {
  /** Absent for what `plugins.json` says by itself, which is every site's. */
  readonly site?: SiteId;
}

/**
 * What site files say of plugins that only the installed plugins can confirm: ids under `plugins`
 * and `choices`, keys under `locked`, for the site and its groups. A wrong lock locks nothing, and nobody would notice.
 */
export function checkSiteFiles(input: SiteCheckInput): readonly PluginFault[] {
  const unread = new Set([...input.broken.map(({ id }) => id), ...(input.unloaded ?? [])]);
  const ids = [...input.found.map(({ id }) => id), ...unread];
  const keys = lockableKeys(input.found);
  return input.sites.flatMap((site) => {
    const source = siteSource(site.id, input.sources ?? []);
    const fault = (at: readonly PropertyKey[], message: string): PluginFault => ({
      site: site.id,
      ...issueAt(source, at, message),
    });
    const installed = (at: readonly PropertyKey[], id: string): readonly PluginFault[] =>
      ids.includes(id)
        ? []
        : [fault(at, `expected an installed plugin, found ${found(id, nearest(id, ids))}`)];
    const lockable = (at: readonly PropertyKey[], key: string): readonly PluginFault[] => {
      const [plugin = ''] = key.split('.');
      // What a plugin that cannot be loaded would offer is not known; its own fault is told apart.
      if (keys.has(key) || isConfigured(input.found, key) || unread.has(plugin)) return [];
      return [fault(at, `${EXPECTED_LOCK}, found ${found(key, nearKey(key, keys, input.found))}`)];
    };
    const holders = [
      { at: [] as readonly PropertyKey[], ...site },
      ...site.groups.map((group, index) => ({ at: ['groups', index], ...group })),
    ];
    return [
      ...holders.flatMap(({ at, plugins, locked }) => [
        ...Object.keys(plugins).flatMap((id) => installed([...at, 'plugins', id], id)),
        ...locked.flatMap((key, index) => lockable([...at, 'locked', index], key)),
      ]),
      ...site.choices.flatMap((id, index) => installed(['choices', index], id)),
    ];
  });
}

/** A key that an administrator could change: whether the plugin runs, or what its schema knows. */
function isConfigured(plugins: readonly FoundPlugin[], key: string): boolean {
  const [id, ...keys] = key.split('.');
  const plugin = plugins.find((candidate) => candidate.id === id);
  if (!plugin) return false;
  if (keys.join('.') === ENABLED) return true;
  const schema = plugin.definition.config;
  return schema !== undefined && shapesAt(shapeOf(schema), keys).length > 0;
}

const EXPECTED_LOCK = 'expected a setting of agents, as core.display.theme or plugin.setting';

/** Every `core.<section>.<key>` and `<plugin>.<key>` that an agent can set. */
function lockableKeys(plugins: readonly FoundPlugin[]): ReadonlySet<string> {
  const core = CORE_SECTIONS.flatMap(({ id, fields }) =>
    fields.map(({ key }) => `${CORE_SCOPE}.${id}.${key}`),
  );
  const own = plugins.flatMap(({ id, definition }) =>
    (definition.contributes?.settings ?? []).flatMap(({ fields }) =>
      fields.map(({ key }) => `${id}.${key}`),
    ),
  );
  return new Set([...core, ...own]);
}

function nearKey(
  key: string,
  keys: ReadonlySet<string>,
  plugins: readonly FoundPlugin[],
): string | undefined {
  const inCore = `${CORE_SCOPE}.${key}`; // what the address of the page, /settings/display, suggests
  return keys.has(inCore) ? inCore : nearest(key, [...keys, ...configKeys(plugins, key)]);
}

/** Keys of configuration beside the one that is wrong, of every plugin that knows its parent. */
function configKeys(plugins: readonly FoundPlugin[], key: string): readonly string[] {
  const parents = key.split('.').slice(1, -1);
  return plugins.flatMap(({ id, definition }) => {
    const shape = definition.config ? shapeOf(definition.config) : {};
    const known = shapesAt(shape, parents).flatMap(({ properties = {} }) =>
      Object.keys(properties),
    );
    const own = parents.length === 0 ? [ENABLED, ...known] : known;
    return own.map((name) => [id, ...parents, name].join('.'));
  });
}

const found = (name: string, near: string | undefined): string => `"${name}"${suggestion(near)}`;
