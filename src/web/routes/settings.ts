import { AppError } from '../../base/errors';
import type { PluginSettingSection } from '../../host';
import { isLocked, readPluginSettings } from '../../host/plugin-settings';
import {
  CORE_SCOPE,
  CORE_SECTIONS,
  corePrefix,
  parseSectionForm,
  type SettingSection,
  saveSection,
} from '../../settings';
import { formOf } from '../body';
import { setFlash } from '../flash';
import { plainShell } from '../mail-page';
import type { SettingsFieldModel, SettingsModel } from '../pages/other';
import { seeOther, sendPage } from '../reply';
import { type OpenCall, param, type RouteSpec } from '../route';
import { MODULES, modulesEntry, modulesPlace } from './settings-modules';

/** A section of the core or of a plugin, with where its values live. */
interface Place {
  readonly section: PluginSettingSection | SettingSection;
  readonly scope: string;
  readonly prefix: string;
  readonly locked: readonly string[];
  readonly values: Readonly<Record<string, string | boolean>>;
  /** In place of the usual words, by field. */
  readonly lockedTexts?: Readonly<Record<string, string>>;
  /** What the person leaves as it is goes on following the site. */
  readonly isSparse?: boolean;
}

/** Sections of the menu: the core's, then those of the plugins in service on the site. */
function sections(call: OpenCall): { readonly id: string; readonly labelKey: string }[] {
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

interface Problem {
  /** Key of a field; empty for what concerns the whole form. */
  readonly field: string;
  readonly text: string;
}

/** The section as plugins leave it: what they took out is neither shown nor read from the form. */
async function findPlace(call: OpenCall, id: string): Promise<Place> {
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

const ownerOf = ({ user }: OpenCall['actor']) => ({
  id: user.id,
  site: user.site,
  mail: user.mail,
});

async function storedPlace(call: OpenCall, id: string): Promise<Place> {
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
    };
  }
  const modules = id === MODULES ? modulesPlace(call) : undefined;
  if (modules) return { ...modules, scope: CORE_SCOPE, isSparse: true };
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
    };
  }
  throw new AppError('request/not-found');
}

async function showSection(call: OpenCall): Promise<void> {
  await sectionPage(call, await findPlace(call, param(call.req, 'section')), []);
}

async function sectionPage(
  call: OpenCall,
  place: Place,
  problems: readonly Problem[],
): Promise<void> {
  const { deps, req, res, ctx } = call;
  const { t } = ctx;
  const { section } = place;
  const label = t(section.labelKey);
  const model: SettingsModel = {
    sections: sections(call).map(({ id, labelKey }) => ({
      id,
      label: t(labelKey),
      href: `/settings/${id}`,
      isCurrent: id === section.id,
    })),
    current: {
      id: section.id,
      label,
      action: `/settings/${section.id}`,
      fields: section.fields.map((field) => fieldModel(field, place, problems, t)),
    },
    errors: problems,
  };
  await sendPage(deps, req, res, {
    view: 'settings',
    status: problems.length > 0 ? 422 : 200,
    model,
    // The menu of sections stands where the folders are elsewhere.
    shell: plainShell(call, { title: label, area: 'settings' }),
    facts: { section: { id: section.id } },
  });
}

function fieldModel(
  field: SettingSection['fields'][number],
  place: Place,
  problems: readonly Problem[],
  t: OpenCall['ctx']['t'],
): SettingsFieldModel {
  const value = place.values[field.key] ?? field.default;
  return {
    name: field.key,
    kind: field.kind,
    label: t(field.labelKey),
    help: field.helpKey === undefined ? undefined : t(field.helpKey),
    value: String(value),
    isChecked: value === true,
    options:
      field.kind === 'choice'
        ? field.options.map((option) => ({
            value: option.value,
            label: t(option.labelKey),
            isSelected: option.value === value,
          }))
        : [],
    maxLength: field.kind === 'text' || field.kind === 'textarea' ? field.maxLength : undefined,
    isLocked: place.locked.includes(field.key),
    lockedText: place.lockedTexts?.[field.key] ?? t('settings.locked'),
    error: problems.find((problem) => problem.field === field.key)?.text,
  };
}

async function postSection(call: OpenCall): Promise<void> {
  const { deps, actor, ctx, req, res } = call;
  const place = await findPlace(call, param(req, 'section'));
  const form = Object.fromEntries(
    [...formOf(req.body)].map(([name, values]) => [name, values[0] ?? '']),
  );
  const parsed = parseSectionForm(place.section, form, {
    prefix: place.prefix,
    locked: place.locked,
  });
  if (!parsed.ok) {
    const problems = parsed.invalid.map((field) => ({ field, text: ctx.t('settings.invalid') }));
    await sectionPage(call, place, problems);
    return;
  }
  const before = Object.fromEntries(
    Object.entries(place.values).map(([key, value]) => [`${place.prefix}${key}`, value]),
  );
  const denials = await saveSection(deps, {
    scope: actor.scope,
    user: ownerOf(actor),
    owner: place.scope,
    section: place.section.id,
    before,
    values: place.isSparse ? changed(before, parsed.values) : parsed.values,
  });
  if (denials.length > 0) {
    const problems = denials.map(({ field = '', message, code, values }) => ({
      field,
      text: ctx.t(message ?? (code === 'guard-failed' ? 'error.guardFailed' : 'error.denied'), {
        ...values,
      }),
    }));
    await sectionPage(call, place, problems);
    return;
  }
  setFlash(deps, res, { level: 'ok', key: 'settings.saved', values: {} });
  seeOther(res, `/settings/${place.section.id}`);
}

const changed = <V>(before: Readonly<Record<string, V>>, values: Readonly<Record<string, V>>) =>
  Object.fromEntries(Object.entries(values).filter(([key, value]) => before[key] !== value));

export const settingsRoutes: readonly RouteSpec[] = [
  {
    method: 'get',
    path: '/settings',
    access: 'open',
    handle: async ({ res }: OpenCall) => seeOther(res, '/settings/display'),
  },
  { method: 'get', path: '/settings/:section', access: 'open', handle: showSection },
  { method: 'post', path: '/settings/:section', access: 'open', handle: postSection },
];
