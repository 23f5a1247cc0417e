import type { ConfigFiles, FileEntry } from './files';
import { findLock } from './locks';
import { nest, splitPath } from './paths';
import {
  ENABLED,
  type EnablingSite,
  type LayerName,
  type Override,
  type Plain,
  type Subject,
} from './types';

/** What one author says of a plugin: its keys, `enabled` among them. */
export interface Say {
  readonly layer: LayerName;
  readonly group?: string;
  readonly value: Plain;
  /** Absent for what an administrator or the agent says. */
  readonly entry?: FileEntry;
  readonly override?: Override;
  /** Said without effect: the file decides, or the site does not leave the choice. */
  readonly ignored?: 'locked' | 'not-offered';
}

export interface SaysDeps {
  readonly files: ConfigFiles;
  /** In force, oldest first. */
  readonly overrides: readonly Override[];
}

/** Everything that is said of a plugin for a subject, lowest layer first. */
export function saysOf(
  { files, overrides }: SaysDeps,
  site: EnablingSite,
  plugin: string,
  { groups = [], choices }: Pick<Subject, 'groups' | 'choices'>,
): readonly Say[] {
  const own = overrides.filter(({ path }) => path.startsWith(`${plugin}.`));
  const byAdmin = (group?: string): readonly Say[] =>
    own
      .filter((override) => override.site === site.id && override.group === group)
      .flatMap((override) => {
        const isLocked = findLock(files, site, group === undefined ? [] : [group], override.path);
        return overrideSay(group === undefined ? 'admin' : 'group', override, !!isLocked);
      });
  const members = site.groups.filter(({ id }) => groups.includes(id));
  return [
    ...fileSay('plugins', files.defaults(plugin)),
    ...fileSay('site', files.site(site.id, plugin)),
    ...byAdmin(),
    ...members.flatMap(({ id }) => [
      ...fileSay('group', files.group(site.id, id, plugin), id),
      ...byAdmin(id),
    ]),
    ...choiceSay(files, site, plugin, groups, choiceOf(choices, plugin)),
    ...own.filter(isStop).flatMap((override) => overrideSay('stop', override, false)),
  ];
}

/** The kill switch: off for every site, above whatever anybody says. */
export const isStop = ({ site, path, value }: Omit<Override, 'id' | 'author' | 'at'>): boolean =>
  site === '*' && path.endsWith(`.${ENABLED}`) && value === false;

function fileSay(layer: LayerName, entry: FileEntry | undefined, group?: string): readonly Say[] {
  return entry ? [{ layer, ...(group !== undefined && { group }), value: entry.value, entry }] : [];
}

function overrideSay(layer: LayerName, override: Override, isLocked: boolean): readonly Say[] {
  const split = splitPath(override.path);
  if (!split) return [];
  const { group } = override;
  return [
    {
      layer,
      ...(group !== undefined && { group }),
      value: nest(split.keys, override.value),
      override,
      ...(isLocked && { ignored: 'locked' }),
    },
  ];
}

const choiceOf = (choices: Subject['choices'], plugin: string): boolean | undefined =>
  choices && Object.hasOwn(choices, plugin) ? choices[plugin] : undefined;

function choiceSay(
  files: ConfigFiles,
  site: EnablingSite,
  plugin: string,
  groups: readonly string[],
  choice: boolean | undefined,
): readonly Say[] {
  if (choice === undefined) return [];
  const say = { layer: 'user', value: { [ENABLED]: choice } } as const;
  if (!site.choices.includes(plugin)) return [{ ...say, ignored: 'not-offered' }];
  const lock = findLock(files, site, groups, `${plugin}.${ENABLED}`);
  return [lock ? { ...say, ignored: 'locked' } : say];
}
