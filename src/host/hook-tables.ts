import { auditHooks } from '../audit';
import { composeHooks } from '../compose';
import { contactHooks, directoryHooks } from '../directory';
import type { HookDefinition } from '../kernel/hook-types';
import { platformHooks } from '../kernel/platform-hooks';
import { mailHooks } from '../mail';
import { sessionHooks } from '../session';
import { settingsHooks } from '../settings';
import { pageHooks } from '../view';

/** Every hook of the core, by the folder that owns it: what a plugin may handle anywhere. */
export const HOOK_TABLES: readonly Readonly<Record<string, HookDefinition>>[] = [
  platformHooks,
  sessionHooks,
  settingsHooks,
  auditHooks,
  pageHooks,
  mailHooks,
  composeHooks,
  directoryHooks,
  contactHooks,
];

/** All of them by name. */
export const CORE_HOOKS: Readonly<Record<string, HookDefinition>> = Object.assign(
  {},
  ...HOOK_TABLES,
);
