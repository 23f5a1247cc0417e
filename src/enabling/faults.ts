import { parseDn } from './dn';
import { type ExplainedFault, explainFault } from './explain';
import type { ConfigFiles, FileEntry } from './files';
import type { Model } from './model';
import { ENABLED, type EnablingPlugin, type EnablingSite } from './types';

/** What a site cannot have as it is written, for the boot report and `sites:check`. */
export interface SiteFault extends ExplainedFault {
  readonly site: string;
  readonly plugin?: string;
}

export interface FaultsDeps {
  readonly files: ConfigFiles;
  readonly model: Model;
  readonly plugins: readonly EnablingPlugin[];
}

/** Every fault of a site's groups, choices and plugins, each with its place. */
export function findFaults(deps: FaultsDeps, site: EnablingSite): readonly SiteFault[] {
  return [
    ...badMatches(site),
    ...notInstalled(deps, site),
    ...deps.plugins.flatMap((plugin) => [
      ...badEnabled(deps, site, plugin),
      ...badSettings(deps, site, plugin),
    ]),
  ];
}

function badMatches({ id, groups }: EnablingSite): readonly SiteFault[] {
  const isBad = (dn: string | undefined): boolean => dn !== undefined && !parseDn(dn);
  return groups
    .filter(({ match }) => isBad(match.dn) || isBad(match.memberOf))
    .map((group) => ({
      site: id,
      path: `groups.${group.id}.match`,
      message: 'expected a distinguished name as ou=…,dc=…',
    }));
}

function notInstalled({ files, model }: FaultsDeps, site: EnablingSite): readonly SiteFault[] {
  const named = new Set([...files.named(site.id), ...site.choices]);
  return [...named]
    .filter((plugin) => !model.plugin(plugin))
    .map((plugin) => ({ site: site.id, plugin, path: plugin, message: 'not installed' }));
}

// `"enabled": "no"` would leave on or off by accident what its author meant otherwise.
function badEnabled(
  { files }: FaultsDeps,
  { id, groups }: EnablingSite,
  { id: plugin }: EnablingPlugin,
): readonly SiteFault[] {
  const entries = [
    files.defaults(plugin),
    files.site(id, plugin),
    ...groups.map((group) => files.group(id, group.id, plugin)),
  ];
  return entries
    .filter((entry): entry is FileEntry => entry !== undefined)
    .filter(({ value }) => !['boolean', 'undefined'].includes(typeof value[ENABLED]))
    .map((entry) => {
      const { file, line } = entry.place([ENABLED]);
      const path = `${plugin}.${ENABLED}`;
      const place = { file, ...(line !== undefined && { line }) };
      return { site: id, plugin, path, message: 'expected true or false', ...place };
    });
}

function badSettings(
  { model }: FaultsDeps,
  { id: site }: EnablingSite,
  { id: plugin }: EnablingPlugin,
): readonly SiteFault[] {
  const groups = model.speakingGroups(site, plugin);
  const found = new Map<string, SiteFault>();
  for (const subject of [{ site }, ...groups.map((group) => ({ site, groups: [group] }))]) {
    const parsed = model.config(plugin, subject);
    if (parsed.ok || !model.resolve(plugin, subject).enabled) continue;
    for (const fault of parsed.error.map(explainFault)) {
      found.set(JSON.stringify(fault), { site, plugin, ...fault });
    }
  }
  return [...found.values()];
}
