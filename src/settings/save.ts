import { isDeepStrictEqual } from 'node:util';
import type { Denial, HookEmitter, HookScope } from '../kernel/hook-types';
import type { SettingChange, SettingsOwner } from './hooks';
import type { Settings } from './types';

export interface SectionSave {
  readonly scope: HookScope;
  readonly user: SettingsOwner;
  /** `core`, or the plugin whose section it is. */
  readonly owner: string;
  readonly section: string;
  /** Values in force, and those to write, by stored key; `undefined` follows the site again. */
  readonly before: Readonly<Record<string, string | boolean>>;
  readonly values: Readonly<Record<string, string | boolean | undefined>>;
}

/** Writes what changed, unless a plugin objects; the denials are for the form to show. */
export async function saveSection(
  { settings, hooks }: { readonly settings: Settings; readonly hooks: HookEmitter },
  { scope, user, owner, section, before, values }: SectionSave,
): Promise<readonly (Denial & { readonly plugin: string })[]> {
  const changes: SettingChange[] = Object.entries(values)
    .map(([key, to]) => ({ key, from: before[key], to }))
    .filter(({ from, to }) => !isDeepStrictEqual(from, to));
  const event = { user, owner, section, changes };
  const denials = await hooks.guard(scope, 'settings:saving', event, { all: true });
  if (denials.length > 0) return denials;
  await settings.write(user.id, owner, values);
  if (changes.length > 0) await hooks.action(scope, 'settings:saved', event);
  return [];
}
