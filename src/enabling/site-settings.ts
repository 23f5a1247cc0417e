import type { SiteId } from '../base/types';
import { placeOf, subjectsOf } from './faults';
import type { Place } from './files';
import { lastToSay, type Model } from './model';
import { ENABLED, type Plain } from './types';

/** Settings of a plugin that hold for a site, or for those of one of its groups. */
export interface SiteSettings {
  readonly value: Plain;
  /** Where a key was said; what nobody said, where the plugin was turned on. */
  place(keys: readonly string[]): Place;
}

/** Every version of a plugin's settings on a site that parses, where the plugin is on. */
export function settingsOn(model: Model, site: SiteId, plugin: string): readonly SiteSettings[] {
  return subjectsOf(model, site, plugin).flatMap((subject): readonly SiteSettings[] => {
    const { enabled, says } = model.resolve(plugin, subject);
    const parsed = model.config(plugin, subject);
    if (!enabled || !parsed.ok) return [];
    const place = (keys: readonly string[]): Place =>
      placeOf(lastToSay(says, keys) ?? lastToSay(says, [ENABLED]), plugin, keys);
    return [{ value: parsed.value, place }];
  });
}
