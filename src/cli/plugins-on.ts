import { isPlain } from '../kernel/config';
import type { AppConfig } from '../sites';

/** `true` or settings turn a plugin on, unless they say `"enabled": false`. */
const isOn = (entry: unknown): boolean =>
  entry === true || (isPlain(entry) && entry['enabled'] !== false);

/** Where the files let a plugin run, for everybody, for a group or for who chooses it. */
export function whereOn(
  { plugins, sites }: Pick<AppConfig, 'plugins' | 'sites'>,
  id: string,
): readonly string[] {
  const byDefault = plugins.defaults[id];
  const everywhere = isPlain(byDefault) && byDefault['enabled'] === true;
  return [
    ...(everywhere ? ['every site (plugins.json)'] : []),
    ...sites.flatMap((site) => [
      ...(isOn(site.plugins[id]) ? [String(site.id)] : []),
      ...site.groups
        .filter((group) => isOn(group.plugins[id]))
        .map((group) => `${site.id} (group ${group.id})`),
      ...(site.choices.includes(id) ? [`${site.id} (choice of agents)`] : []),
    ]),
  ];
}
