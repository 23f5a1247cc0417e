import type { SiteId } from '../base/types';
import type { ConfigIssue } from '../kernel/config-errors';
import type { ConfigFiles, FileEntry, Place } from './files';
import { lastToSay, type Model } from './model';
import { describeTaken } from './ports';
import type { Say } from './says';
import { ENABLED, type EnablingPlugin, type EnablingSite, type Subject } from './types';

/** What a site cannot have of a plugin, where it was said: for the boot report and `sites:check`. */
export interface SiteFault extends ConfigIssue {
  readonly site: EnablingSite['id'];
  readonly plugin: string;
}

interface FaultsDeps {
  readonly files: ConfigFiles;
  readonly model: Model;
  readonly plugins: readonly EnablingPlugin[];
}

type Said = Omit<SiteFault, 'site' | 'plugin'>;

/** Every fault of the plugins of a site, for itself and for its groups, each with its place. */
export function findFaults(deps: FaultsDeps, site: EnablingSite): readonly SiteFault[] {
  return deps.plugins.flatMap((plugin) => {
    const { id } = plugin;
    const subjects = subjectsOf(deps.model, site.id, id);
    const said = [
      ...badEnabled(deps, site, id),
      ...subjects.flatMap((subject) => [
        ...lacking(deps, plugin, subject),
        ...badSettings(deps, id, subject),
        ...withoutPort(deps, id, subject),
      ]),
    ];
    // What the site says is wrong for each of its groups too.
    const distinct = new Map(said.map((fault) => [JSON.stringify(fault), fault]));
    return [...distinct.values()].map((fault) => ({ site: site.id, plugin: id, ...fault }));
  });
}

/** A site as it is, and those of each of its groups that has a word to say of a plugin. */
export const subjectsOf = (model: Model, site: SiteId, plugin: string): readonly Subject[] => [
  { site },
  ...model.speakingGroups(site, plugin).map((group) => ({ site, groups: [group] })),
];

// `"enabled": "no"` would leave on or off by accident what its author meant otherwise.
function badEnabled(
  { files }: FaultsDeps,
  { id, groups }: EnablingSite,
  plugin: string,
): readonly Said[] {
  const entries = [
    files.defaults(plugin),
    files.site(id, plugin),
    ...groups.map((group) => files.group(id, group.id, plugin)),
  ];
  return entries
    .filter((entry): entry is FileEntry => entry !== undefined)
    .filter(({ value }) => !['boolean', 'undefined'].includes(typeof value[ENABLED]))
    .map((entry) => issue(entry.place([ENABLED]), 'expected true or false'));
}

/** A plugin that is on where one that it requires is not. */
function lacking(
  { model }: FaultsDeps,
  { id, requires = [] }: EnablingPlugin,
  subject: Subject,
): readonly Said[] {
  const { enabled, says } = model.resolve(id, subject);
  if (!enabled) return [];
  const on = model.enabled(subject);
  return requires
    .filter((required) => !on.has(required))
    .map((required) =>
      issue(
        placeOf(lastToSay(says, [ENABLED]), id, []),
        `requires ${required}, which is off there`,
      ),
    );
}

/** A plugin that is on beside another provider of one port. */
function withoutPort({ model }: FaultsDeps, id: string, subject: Subject): readonly Said[] {
  const taken = model.takenPort(subject.site, id);
  const { enabled, says } = model.resolve(id, subject);
  if (!taken || !enabled) return [];
  return [issue(placeOf(lastToSay(says, [ENABLED]), id, []), describeTaken(taken))];
}

function badSettings({ model }: FaultsDeps, id: string, subject: Subject): readonly Said[] {
  const parsed = model.config(id, subject);
  if (parsed.ok || !model.resolve(id, subject).enabled) return [];
  return parsed.error.map(({ say, keys, message }) => issue(placeOf(say, id, keys), message));
}

const issue = ({ file, path, line }: Place, message: string): Said => ({
  file,
  path,
  message,
  ...(line !== undefined && { line }),
});

/** Where something was said of a plugin: a file and its line, or a change. */
export function placeOf(say: Say | undefined, plugin: string, keys: readonly string[]): Place {
  if (say?.entry) return say.entry.place(keys);
  const path = [plugin, ...keys].join('.');
  const { override } = say ?? {};
  const file = override ? `change ${override.id} by ${override.author}` : 'configuration';
  return { file, path };
}
