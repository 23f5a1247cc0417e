import type { UserId } from '../base/types';
import { valueAt } from '../kernel/config-layer';
import { fieldSchema, type Settings } from '../settings';
import type { PluginSettingField, PluginSettingSection } from './define';

type Values = Readonly<Record<string, string | boolean>>;

interface SettingsPlace {
  readonly plugin: string;
  /** What agents of the site, or of these groups of it, may not change. */
  readonly locked: readonly string[];
  /** Parsed configuration of the plugin for the site. */
  readonly config: unknown;
}

/** True when the ministry fixed the field: `locked` holds `<plugin>.<key>`. */
export const isLocked = ({ locked, plugin }: SettingsPlace, field: PluginSettingField): boolean =>
  locked.includes(`${plugin}.${field.key}`);

/** What the site says when the person said nothing. */
function siteDefault(field: PluginSettingField, config: unknown): string | boolean {
  if (field.defaultFrom === undefined) return field.default;
  const parsed = fieldSchema(field).safeParse(valueAt(config, field.defaultFrom.split('.')));
  return parsed.success ? parsed.data : field.default;
}

/** Own value unless locked or unusable, else the site's, else the field's. */
function resolveFields(
  sections: readonly PluginSettingSection[],
  own: Readonly<Record<string, unknown>>,
  place: SettingsPlace,
): Values {
  const values: Record<string, string | boolean> = {};
  for (const field of sections.flatMap((section) => section.fields)) {
    const parsed = isLocked(place, field)
      ? undefined
      : fieldSchema(field).safeParse(own[field.key]);
    values[field.key] = parsed?.success ? parsed.data : siteDefault(field, place.config);
  }
  return values;
}

/** What the settings of a plugin are for who chose nothing. */
export const sitePluginSettings = (
  sections: readonly PluginSettingSection[],
  place: SettingsPlace,
): Values => resolveFields(sections, {}, place);

/** Reads a plugin's settings for a person. */
export async function readPluginSettings(
  settings: Settings,
  user: UserId,
  sections: readonly PluginSettingSection[],
  place: SettingsPlace,
): Promise<Values> {
  if (sections.length === 0) return {};
  return resolveFields(sections, await settings.read(user, place.plugin), place);
}

/** The same for several people, in one read of what they chose. */
export async function readManyPluginSettings(
  settings: Settings,
  users: readonly UserId[],
  sections: readonly PluginSettingSection[],
  place: SettingsPlace,
): Promise<ReadonlyMap<number, Values>> {
  const own = sections.length === 0 ? undefined : await settings.readMany(users, place.plugin);
  return new Map(
    users.map((user) => [user, resolveFields(sections, own?.get(user) ?? {}, place)] as const),
  );
}
