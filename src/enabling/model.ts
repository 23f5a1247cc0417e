import { err, ok, type Result } from '../base/result';
import type { SiteId } from '../base/types';
import { layer, valueAt } from '../kernel/config-layer';
import { combinationsOf } from './combinations';
import type { InternSet } from './enabled-set';
import type { ConfigFiles } from './files';
import { createMemo } from './memo';
import { type ConfigFault, parseConfig } from './parse-config';
import { findTakenPorts, type TakenPort } from './ports';
import { type Say, saysOf } from './says';
import {
  ENABLED,
  type EnabledSet,
  type EnablingPlugin,
  type EnablingSite,
  type Override,
  type Plain,
  type Subject,
} from './types';

/** What is known of a plugin for a subject once every layer has spoken. */
export interface Resolved {
  readonly enabled: boolean;
  /** Merged settings, not yet parsed, without `enabled`. */
  readonly raw: Plain;
  readonly says: readonly Say[];
}

/** A fault with who said the value: a file and its line, or an administrator. */
export interface PluginFault extends ConfigFault {
  readonly plugin: string;
  /** The last that said something about the key; absent when nobody did. */
  readonly say?: Say;
}

/** All layers at one moment. Its answers never change: another moment is another model. */
export interface Model {
  readonly overrides: readonly Override[];
  /** Those installed. */
  readonly pluginIds: readonly string[];
  site(site: SiteId): EnablingSite | undefined;
  plugin(plugin: string): EnablingPlugin | undefined;
  resolve(plugin: string, subject: Subject): Resolved;
  /** Parsed settings; one object for all whose layers are the same. */
  config(plugin: string, subject: Subject): Result<Plain, readonly PluginFault[]>;
  /** Plugins that run for a subject: on, with settings that parse and all that they require. */
  enabled(subject: Subject): EnabledSet;
  /** Plugins that some layer of the site may turn on for somebody. */
  reach(site: SiteId): ReadonlySet<string>;
  /** What keeps a plugin off the whole site where another provides the same port. */
  takenPort(site: SiteId, plugin: string): TakenPort | undefined;
  /** Groups of the site that say something of a plugin. */
  speakingGroups(site: SiteId, plugin: string): readonly string[];
}

export interface ModelDeps {
  readonly files: ConfigFiles;
  readonly sites: readonly EnablingSite[];
  readonly plugins: readonly EnablingPlugin[];
  readonly intern: InternSet;
}

export function createModel(deps: ModelDeps, overrides: readonly Override[]): Model {
  return new LayeredModel(deps, overrides);
}

// Sites × plugins × combinations of groups that speak of them.
const CONFIGS_MAX = 2_000;
// Sites × combinations of groups and choices.
const SUBJECTS_MAX = 2_000;

class LayeredModel implements Model {
  readonly overrides: readonly Override[];
  readonly pluginIds: readonly string[];
  readonly #deps: ModelDeps;
  readonly #sites: ReadonlyMap<SiteId, EnablingSite>;
  readonly #plugins: ReadonlyMap<string, EnablingPlugin>;
  readonly #configs = createMemo<Result<Plain, readonly PluginFault[]>>(CONFIGS_MAX);
  readonly #sets = createMemo<EnabledSet>(SUBJECTS_MAX);
  readonly #reaches = createMemo<ReadonlySet<string>>(SUBJECTS_MAX);
  readonly #taken = createMemo<ReadonlyMap<string, TakenPort>>(SUBJECTS_MAX);
  readonly #speaking = createMemo<readonly string[]>(CONFIGS_MAX);

  constructor(deps: ModelDeps, overrides: readonly Override[]) {
    this.#deps = deps;
    this.overrides = overrides;
    this.pluginIds = deps.plugins.map(({ id }) => id);
    this.#sites = new Map(deps.sites.map((site) => [site.id, site]));
    this.#plugins = new Map(deps.plugins.map((plugin) => [plugin.id, plugin]));
  }

  site(site: SiteId): EnablingSite | undefined {
    return this.#sites.get(site);
  }

  plugin(plugin: string): EnablingPlugin | undefined {
    return this.#plugins.get(plugin);
  }

  resolve(plugin: string, subject: Subject): Resolved {
    const site = this.site(subject.site);
    const says = site
      ? saysOf({ files: this.#deps.files, overrides: this.overrides }, site, plugin, subject)
      : [];
    const { [ENABLED]: enabled, ...raw } = layer(
      {},
      ...says.filter(({ ignored }) => !ignored).map(({ value }) => value),
    );
    return { enabled: enabled === true, raw, says };
  }

  config(plugin: string, subject: Subject): Result<Plain, readonly PluginFault[]> {
    // An agent chooses whether a plugin runs, never its settings.
    const groups = this.#membership(subject).filter((group) =>
      this.speakingGroups(subject.site, plugin).includes(group),
    );
    return this.#configs([plugin, subject.site, ...groups].join('|'), () =>
      this.#parse(plugin, { site: subject.site, groups }),
    );
  }

  enabled(subject: Subject): EnabledSet {
    const groups = this.#membership(subject);
    const choices = this.#offered(subject);
    const key = [subject.site, groups.join(' '), choices.map(String).join(' ')].join('|');
    return this.#sets(key, () => this.#deps.intern(this.#running({ ...subject, groups })));
  }

  reach(site: SiteId): ReadonlySet<string> {
    return this.#reaches(site, () => this.#reached(site));
  }

  takenPort(site: SiteId, plugin: string): TakenPort | undefined {
    return this.#taken(site, () =>
      findTakenPorts(this.#deps.plugins, (id) => this.#mayBeOn(site, id)),
    ).get(plugin);
  }

  /** On for the site, for one of its groups or by choice, as far as its own settings go. */
  #mayBeOn(site: SiteId, plugin: string): boolean {
    const isOffered = this.site(site)?.choices.includes(plugin) ?? false;
    return combinationsOf(this.speakingGroups(site, plugin)).some((groups) => {
      const subject = { site, groups };
      const isOn = isOffered || this.resolve(plugin, subject).enabled;
      return isOn && this.config(plugin, subject).ok;
    });
  }

  #reached(id: SiteId): ReadonlySet<string> {
    const site = this.site(id);
    if (!site) return new Set();
    // Nobody's choice is more than all that is offered.
    const choices = Object.fromEntries(site.choices.map((plugin) => [plugin, true]));
    const sets = combinationsOf(site.groups.map((group) => group.id)).flatMap((groups) => [
      this.enabled({ site: id, groups }),
      this.enabled({ site: id, groups, choices }),
    ]);
    return new Set(this.pluginIds.filter((plugin) => sets.some((set) => set.has(plugin))));
  }

  speakingGroups(site: SiteId, plugin: string): readonly string[] {
    return this.#speaking(`${plugin}|${site}`, () => {
      const speaks = (group: string): boolean =>
        this.#deps.files.group(site, group, plugin) !== undefined ||
        this.overrides.some(
          (override) =>
            override.site === site &&
            override.group === group &&
            override.path.startsWith(`${plugin}.`),
        );
      const groups = this.site(site)?.groups ?? [];
      return groups.map(({ id }) => id).filter(speaks);
    });
  }

  /** Known groups in the order of the site file, which is the order in which they speak. */
  #membership({ site, groups = [] }: Subject): readonly string[] {
    if (groups.length === 0) return groups;
    const known = this.site(site)?.groups ?? [];
    return known.map(({ id }) => id).filter((id) => groups.includes(id));
  }

  #offered({ site, choices }: Subject): readonly (readonly [string, boolean])[] {
    if (!choices) return [];
    const offered = this.site(site)?.choices ?? [];
    return offered.flatMap((plugin) => {
      const choice = Object.hasOwn(choices, plugin) ? choices[plugin] : undefined;
      return choice === undefined ? [] : [[plugin, choice] as const];
    });
  }

  #running(subject: Subject): ReadonlySet<string> {
    const on = new Set(
      this.pluginIds
        .filter((id) => this.resolve(id, subject).enabled && this.config(id, subject).ok)
        .filter((id) => this.takenPort(subject.site, id) === undefined),
    );
    const lacks = (id: string): boolean =>
      this.plugin(id)?.requires?.some((required) => !on.has(required)) ?? false;
    // What requires an absent plugin is absent, and so is what requires that one.
    for (let lost = [...on].filter(lacks); lost.length > 0; lost = [...on].filter(lacks)) {
      for (const id of lost) on.delete(id);
    }
    return on;
  }

  #parse(id: string, subject: Subject): Result<Plain, readonly PluginFault[]> {
    const plugin = this.plugin(id);
    if (!plugin) return err([{ plugin: id, keys: [], message: 'not installed' }]);
    const { raw, says } = this.resolve(id, subject);
    const parsed = parseConfig(plugin, raw);
    if (parsed.ok) return ok(parsed.value);
    return err(
      parsed.error.map((fault) => {
        // A key that nobody gave is missed by who turned the plugin on.
        const say = lastToSay(says, fault.keys) ?? lastToSay(says, [ENABLED]);
        return { ...fault, plugin: id, ...(say && { say }) };
      }),
    );
  }
}

/** Who has the last word on a key or, when nobody names it, on what holds it. */
export function lastToSay(says: readonly Say[], keys: readonly string[]): Say | undefined {
  if (keys.length === 0) return undefined;
  const say = says.findLast(({ ignored, value }) => !ignored && valueAt(value, keys) !== undefined);
  return say ?? lastToSay(says, keys.slice(0, -1));
}
