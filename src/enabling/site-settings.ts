import { type FaultsDeps, placeOf } from './faults';
import type { Place } from './files';
import { lastToSay } from './model';
import { ENABLED, type EnablingSite, type Plain } from './types';

/** Settings of a plugin that hold for a site, or for those of one of its groups. */
export interface SiteSettings {
  readonly value: Plain;
  /** Where a key was said; what nobody said, where the plugin was turned on. */
  place(keys: readonly string[]): Place;
}

/** Every version of a plugin's settings on a site that parses, where the plugin is on. */
export function settingsOn(
  { model }: Pick<FaultsDeps, 'model'>,
  { id: site }: Pick<EnablingSite, 'id'>,
  plugin: string,
): readonly SiteSettings[] {
  const groups = model.speakingGroups(site, plugin);
  const subjects = [{ site }, ...groups.map((group) => ({ site, groups: [group] }))];
  return subjects.flatMap((subject): readonly SiteSettings[] => {
    const { enabled, says } = model.resolve(plugin, subject);
    const parsed = model.config(plugin, subject);
    if (!enabled || !parsed.ok) return [];
    const place = (keys: readonly string[]): Place =>
      placeOf(lastToSay(says, keys) ?? lastToSay(says, [ENABLED]), plugin, keys);
    return [{ value: parsed.value, place }];
  });
}
