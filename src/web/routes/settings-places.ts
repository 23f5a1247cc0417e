// Sections of settings with where their values live, as a person finds them.
import { AppError } from '../../base/errors';
import type { PluginSettingSection } from '../../host';
import { isLocked, readPluginSettings, sitePluginSettings } from '../../host/plugin-settings';
import {
  CORE_SCOPE,
  CORE_SECTIONS,
  corePrefix,
  coreSettingsFrom,
  type SettingSection,
} from '../../settings';
import type { OpenCall } from '../route';
import { MODULES, modulesEntry, modulesPlace } from './settings-modules';

/** A section of the core or of a plugin, with where its values live. */
export interface Place {
  readonly section: PluginSettingSection | SettingSection;
  readonly scope: string;
  readonly prefix: string;
  readonly locked: readonly string[];
  readonly values: Readonly<Record<string, string | boolean>>;
  /** In place of the usual words, by field. */
  readonly lockedTexts?: Readonly<Record<string, string>>;
  /** Fields that the person chose; all others follow the site. */
  readonly own: ReadonlySet<string>;
  /** What each field is for who chose nothing, where one value can tell it. */
  readonly siteValues: Readonly<Record<string, string | boolean>>;
}

/** Sections of the menu: the core's, then those of the plugins in service on the site. */
export function sections(call: OpenCall): { readonly id: string; readonly labelKey: string }[] {
  const { deps, ctx } = call;
  const plugins = deps
    .host()
    .running(ctx.scope)
    .flatMap(({ definition }) => definition.contributes?.settings ?? []);
  return [...CORE_SECTIONS, ...modulesEntry(call), ...plugins].map(({ id, labelKey }) => ({
    id,
    labelKey,
  }));
}

/** The section as plugins leave it: what they took out is neither shown nor read from the form. */
export async function findPlace(call: OpenCall, id: string): Promise<Place> {
  const { deps, actor } = call;
  const place = await storedPlace(call, id);
  const { fields } = place.section;
  const form = { form: 'settings' as const, id, fields };
  const user = ownerOf(actor);
  const shown = await deps.hooks.filter(actor.scope, 'form:definition', form, { user });
  const own = new Map(fields.map((field) => [field.key, field]));
  return {
    ...place,
    section: {
      ...place.section,
      // What the section's owner alone knows of a field stays.
      fields: shown.fields.map((field) => ({ ...own.get(field.key), ...field })),
    },
  };
}

/** Whose settings, as hooks are told. */
export const ownerOf = ({ user }: OpenCall['actor']) => ({
  id: user.id,
  site: user.site,
  mail: user.mail,
});

async function storedPlace(call: OpenCall, id: string): Promise<Place> {
  const place = await foundPlace(call, id);
  const stored = await call.deps.settings.read(call.actor.user.id, place.scope);
  const own = place.section.fields.filter(
    ({ key }) => !place.locked.includes(key) && Object.hasOwn(stored, `${place.prefix}${key}`),
  );
  return { ...place, own: new Set(own.map(({ key }) => key)) };
}

async function foundPlace(call: OpenCall, id: string): Promise<Omit<Place, 'own'>> {
  const { deps, ctx, actor } = call;
  const core = CORE_SECTIONS.find((section) => section.id === id);
  if (core) {
    const locked = deps.settings
      .locked(actor.user.site, actor.user.groups)
      .filter((path) => path.startsWith(`core.${core.id}.`))
      .map((path) => path.slice(`core.${core.id}.`.length));
    return {
      section: core,
      scope: CORE_SCOPE,
      prefix: corePrefix(core),
      locked,
      values: ctx.core[core.id],
      siteValues: coreSettingsFrom({}, actor.user, deps.settings)[core.id],
    };
  }
  const modules = id === MODULES ? modulesPlace(call) : undefined;
  if (modules) return { ...modules, scope: CORE_SCOPE, siteValues: {} };
  for (const plugin of deps.host().running(ctx.scope)) {
    const section = plugin.definition.contributes?.settings?.find(
      (candidate) => candidate.id === id,
    );
    if (!section) continue;
    const place = {
      plugin: plugin.id,
      locked: deps.settings.locked(actor.user.site, actor.user.groups),
      config: deps.host().config(plugin.id, ctx.scope),
    };
    return {
      section,
      scope: plugin.id,
      prefix: '',
      locked: section.fields.filter((field) => isLocked(place, field)).map(({ key }) => key),
      values: await readPluginSettings(deps.settings, actor.user.id, [section], place),
      siteValues: sitePluginSettings([section], place),
    };
  }
  throw new AppError('request/not-found');
}
