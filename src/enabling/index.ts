// Which plugins run for whom and with which settings: layers from the files to the agent's choice,
// groups, locks, administrators' changes, and who said what. Not what a plugin is (host).
// Called by the host, the session (through `app`), the web floor and the command line.
export type { ChangeRequest, CheckedChange } from './change-types';
export { choiceKey, choicesFrom } from './choices';
export { type ChangePreview, createEnabling, type Enabling, type EnablingDeps } from './enabling';
export type { ExplainedFault, ExplainSubject, LayerSay, PluginExplanation } from './explain';
export type { SiteFault } from './faults';
export { type EnablingFiles, enablingFromFiles } from './from-files';
export type { Impact, KnownUser } from './impact';
export type { Lock } from './locks';
export { enablingMigrations } from './migrations';
export type { PluginFault } from './model';
export type { Author } from './overrides';
export type { ConfigChange, HistoryQuery, PastChange } from './overrides-store';
export { type ChangeRefusal, formatRefusal, type RefusalReason } from './refusal';
export type { SiteSettings } from './site-settings';
export {
  type Choices,
  ENABLED,
  type EnabledSet,
  type EnablingPlugin,
  type EnablingSite,
  type LayerName,
  type Override,
  type Plain,
  type Subject,
} from './types';
export {
  type PlaceOn,
  pluginsThatChangesTurnOn,
  whereChangesTurnOn,
  whereFilesTurnOn,
} from './where-on';
