/**
 * `estafette/plugin`: the only module that a plugin imports.
 * Types of every hook and slot come with it; nothing here gives access to requests or secrets.
 */
export { z } from 'zod';
export type { MessageRef, SiteId, TextKey, UserId } from '../base/types';
export type {
  DeepReadonly,
  Denial,
  HandlerFor,
  HandlerOptions,
  HandlerScope,
  HookName,
  HookOf,
} from '../kernel/hook-types';
export type { Locale, Translate } from '../kernel/i18n-types';
export type { SettingField, SettingOption } from '../settings';
export type { SlotFacts, SlotName } from '../view';
export type {
  PluginCache,
  PluginContext,
  PluginDatabase,
  PluginHttpResponse,
} from './context-types';
export {
  API_VERSION,
  type Contributions,
  definePlugin,
  type PluginCommand,
  type PluginDefinition,
  type PluginJob,
  type PluginSettingField,
  type PluginSettingSection,
  type SlotContribution,
} from './define';
export type {
  PluginHandler,
  PluginRequest,
  PluginResponse,
  PluginRouter,
  RouteOptions,
  RouteRegistrar,
} from './route-types';

import '../compose/hooks';
import '../mail/hooks';
import '../session/hooks';
