/**
 * `estafette/plugin`: the only module that a plugin imports.
 * Types of every hook and slot come with it; nothing here gives access to requests or secrets.
 */
export { z } from 'zod';
export { isWithin, skeletonOf } from '../base/alike';
export { initialsOf, tintOf } from '../base/faces';
export { dialled, numbersMeant, numberTyped, telHref } from '../base/phones';
export { type Picture, pictureOf } from '../base/picture';
export type { MessageRef, SiteId, TextKey, UserId } from '../base/types';
export type { DirectoryPort, DirectoryScope } from '../directory';
export type { Migration } from '../kernel/db-types';
export type {
  Action,
  Collect,
  DeepReadonly,
  Denial,
  DenialList,
  Filter,
  First,
  Guard,
  HandlerFor,
  HandlerOptions,
  HandlerScope,
  HookDefinition,
  HookName,
  HookOf,
  PersonRef,
  Presence,
} from '../kernel/hook-types';
export type { Locale, Translate } from '../kernel/i18n-types';
export { cleanLine } from '../mime';
export { deviceText, type SecretHandle, secretHandle } from '../session';
export type { SettingField, SettingOption } from '../settings';
export type { SlotFacts, SlotName } from '../view';
export type {
  CalendarMethod,
  DirectoryAnswer,
  DirectoryFilter,
  DirectoryPicture,
  DirectoryQuery,
  DirectoryQuestion,
  DirectoryRecord,
  PluginAttachment,
  PluginAuditEvent,
  PluginCorrespondents,
  PluginDirectory,
  PluginEmitter,
  PluginHttpOptions,
  PluginIdentity,
  PluginListQuery,
  PluginLog,
  PluginMail,
  PluginMessage,
  PluginMessageRef,
  PluginMetrics,
  PluginNotice,
  PluginPost,
  PluginPostResult,
  PluginSelection,
  PluginSendResult,
  PluginStreamAction,
  RenderTarget,
} from './capability-types';
export type {
  PluginCache,
  PluginContext,
  PluginDatabase,
  PluginHttpResponse,
  PluginSite,
} from './context-types';
export {
  type DavAsked,
  type DavProps,
  type DavValue,
  davAsked,
  davRow,
  davWants,
} from './dav-props';
export { davChanges, davChild, davChildren, davIs, davTags } from './dav-read';
export { davCut, davFitting, davRoom, davWhole } from './dav-room';
export type {
  DavContribution,
  DavElement,
  DavHandler,
  DavRequest,
  DavResponse,
} from './dav-types';
export {
  DAV_NS,
  type DavName,
  type DavRow,
  davAnswer,
  davElement,
  davError,
  davHref,
  davMultistatus,
  davText,
} from './dav-xml';
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
export type { Need } from './needs';
export type {
  CalendarEvent,
  CalendarPort,
  DocumentStorePort,
  PortScope,
  SecondFactorPort,
  SpellCheckPort,
  StoredDocument,
} from './ports';
export type {
  PluginFile,
  PluginHandler,
  PluginRequest,
  PluginResponse,
  PluginRouter,
  RouteOptions,
  RouteRegistrar,
} from './route-types';

import '../audit/hooks';
import '../compose/hooks';
import '../directory/contact-hooks';
import '../directory/hooks';
import '../kernel/platform-hooks';
import '../mail/hooks';
import '../session/hooks';
import '../settings/hooks';
import '../view/hooks';

export type { CheckedSite, SettingsProblem } from './settings-check';
export type {
  OfferedWay,
  SignInBegin,
  SignInContribution,
  SignInEnded,
  SignInIdentity,
  SignInMethod,
  SignInNotice,
  SignInRefusal,
  SignInReturn,
  SignInStarted,
  SignInTokens,
} from './sign-in-types';
