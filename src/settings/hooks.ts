import type { SiteId, UserId } from '../base/types';
import { type Action, defineHooks, type Filter, type Guard } from '../kernel/hook-types';
import type { SettingField } from './section';

/** Whose settings; opaque to plugins but for what is shown on pages anyway. */
export interface SettingsOwner {
  readonly id: UserId;
  readonly site: SiteId;
  readonly mail: string;
}

export interface SettingChange {
  /** `display.theme` for the core, the field's key for a plugin. */
  readonly key: string;
  readonly from: string | boolean | undefined;
  /** Undefined where the value of the site is taken again. */
  readonly to: string | boolean | undefined;
}

export interface SettingsChange {
  readonly user: SettingsOwner;
  /** `core`, or the plugin whose section it is. */
  readonly owner: string;
  readonly section: string;
  readonly changes: readonly SettingChange[];
}

/** Fields of a form of the core: to leave out, put in order, describe, or narrow; never to add. */
export interface FormDefinition {
  readonly form: 'settings';
  /** Section of the settings. */
  readonly id: string;
  readonly fields: readonly SettingField[];
}

declare global {
  namespace Estafette {
    interface HookMap {
      'form:definition': Filter<FormDefinition, { readonly user: SettingsOwner }>;
      'settings:saving': Guard<SettingsChange>;
      'settings:saved': Action<SettingsChange>;
      'userdata:changed': Action<{
        readonly user: SettingsOwner;
        readonly kind: 'trusted-sender';
        readonly op: 'added' | 'removed';
        /** Names the thing without telling it: the hash of an address. */
        readonly id: string;
      }>;
    }
  }
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const fieldsOf = (value: unknown): readonly unknown[] | undefined => {
  const fields = isObject(value) ? value['fields'] : undefined;
  return Array.isArray(fields) ? fields : undefined;
};
const keyOf = (field: unknown): unknown => (isObject(field) ? field['key'] : undefined);
const optionsOf = (field: unknown): readonly unknown[] => {
  const options = isObject(field) ? field['options'] : undefined;
  return Array.isArray(options)
    ? options.map((option: unknown) => (isObject(option) ? option['value'] : undefined))
    : [];
};

/** Texts are the plugin's to choose; what a field is, and what it may hold, is not. */
function isFieldOf(before: unknown, field: unknown): boolean {
  if (!isObject(before) || !isObject(field)) return false;
  const options = optionsOf(field);
  const fits = typeof field['default'] === typeof before['default'];
  const isChoice = before['kind'] === 'choice';
  const longest = before['maxLength'] ?? Number.POSITIVE_INFINITY;
  return (
    fits &&
    field['kind'] === before['kind'] &&
    typeof field['labelKey'] === 'string' &&
    (field['helpKey'] === undefined || typeof field['helpKey'] === 'string') &&
    (field['maxLength'] ?? 0) <= longest &&
    (!isChoice || (options.length > 0 && options.includes(field['default']))) &&
    options.every((value) => optionsOf(before).includes(value))
  );
}

function isForm(value: unknown, before?: unknown): boolean {
  const fields = fieldsOf(value);
  const known = new Map((fieldsOf(before) ?? []).map((field) => [keyOf(field), field]));
  if (!isObject(value) || !isObject(before) || !fields) return false;
  return (
    value['form'] === before['form'] &&
    value['id'] === before['id'] &&
    new Set(fields.map(keyOf)).size === fields.length &&
    fields.every((field) => isFieldOf(known.get(keyOf(field)), field))
  );
}

/** Hooks of what people choose for themselves. */
export const settingsHooks = defineHooks({
  'form:definition': {
    kind: 'filter',
    doc: 'The fields of a settings section: may be left out, put in order, described or narrowed; none can be added.',
    check: isForm,
  },
  'settings:saving': {
    kind: 'guard',
    doc: 'Settings are about to change; a denial with `field` is shown beside that field.',
  },
  'settings:saved': { kind: 'action', doc: 'Settings have changed, with old and new values.' },
  'userdata:changed': {
    kind: 'action',
    doc: 'Something that a person keeps has changed, such as a sender whose images are shown.',
  },
});
