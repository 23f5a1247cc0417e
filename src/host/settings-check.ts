import type { SiteId } from '../base/types';
import type { Enabling, SiteSettings } from '../enabling';
import { secretVariable } from '../kernel/config-secrets';
import { toError } from '../kernel/isolate';
import type { Site } from '../sites';
import type { FoundPlugin } from './discover';
import type { Origins } from './grants';
import { originsOf } from './needs';
import type { PluginFault } from './site-check';

/** A site as the settings of a plugin are held against it. */
export interface CheckedSite {
  readonly id: SiteId;
  readonly hosts: readonly string[];
  /** Whether it names networks of its own (`protection.networks`). */
  readonly hasNetworks: boolean;
  /** The variable that would give a declared secret, where none does; else `undefined`. */
  missingSecret(name: string): string | undefined;
  /** Whether the plugin may reach the server of an address, by its needs or the operator's list. */
  mayReach(address: string): boolean;
}

/** What is wrong with settings that parse. */
export interface SettingsProblem {
  /** Path of the key: `['providers', '0', 'issuer']`. */
  readonly keys: readonly string[];
  /** What was expected, and what happens otherwise; one line, no secret. */
  readonly message: string;
}

export interface SettingsCheckInput {
  readonly sites: readonly Pick<Site, 'id' | 'hosts' | 'protection'>[];
  readonly found: readonly FoundPlugin[];
  readonly enabling: Pick<Enabling, 'settingsOn'>;
  readonly origins: Origins;
  readonly secret: (plugin: string, name: string, site?: SiteId) => string | undefined;
}

/** What plugins say of their settings on each site: told, and nothing is turned off for it. */
export function checkSettings(input: SettingsCheckInput): readonly PluginFault[] {
  return input.sites.flatMap((site) =>
    input.found.flatMap((plugin) => {
      if (!plugin.definition.check) return [];
      const facts = factsOf(plugin, site, input);
      const faults = input.enabling
        .settingsOn(site.id, plugin.id)
        .flatMap((settings) => problemsOf(plugin, settings, facts));
      // What the site says is wrong for each of its groups too.
      const distinct = new Map(faults.map((fault) => [JSON.stringify(fault), fault]));
      return [...distinct.values()];
    }),
  );
}

function problemsOf(
  { definition }: FoundPlugin,
  { value, place }: SiteSettings,
  site: CheckedSite,
): readonly PluginFault[] {
  try {
    const problems = definition.check?.(value, site) ?? [];
    return problems.map(({ keys, message }) => ({ site: site.id, ...place(keys), message }));
  } catch (error) {
    const message = `the plugin cannot check its settings: ${toError(error).message}`;
    return [{ site: site.id, ...place([]), message }];
  }
}

function factsOf(
  { id: plugin, definition }: FoundPlugin,
  { id, hosts, protection }: SettingsCheckInput['sites'][number],
  { origins, secret }: SettingsCheckInput,
): CheckedSite {
  const needs = definition.needs ?? [];
  const listed = needs.includes('http:configured') ? (origins[plugin] ?? []) : [];
  const reached = new Set([...listed, ...originsOf(needs).map(({ origin }) => origin)]);
  return {
    id,
    hosts,
    hasNetworks: protection?.networks !== undefined,
    missingSecret: (name) =>
      isGiven(() => secret(plugin, name, id)) ? undefined : secretVariable(id, plugin, name),
    mayReach(address) {
      const { origin, protocol } = new URL(address);
      return reached.has(origin) || (protocol === 'https:' && needs.includes('http:public'));
    },
  };
}

/** A variable that names a file which cannot be read gives nothing. */
function isGiven(read: () => string | undefined): boolean {
  try {
    return read() !== undefined;
  } catch {
    return false;
  }
}
