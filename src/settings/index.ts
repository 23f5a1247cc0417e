// What each agent has chosen: rows by (user, scope, key), and the sections that describe them.
// Not configuration (sites, plugins), nor anything that a page draws.
// Called by web, mail, compose and, through their context, plugins.
export { isThreaded, setThreaded } from './conversations';
export {
  CORE_SECTIONS,
  type CoreSettings,
  corePrefix,
  coreSettingsFrom,
  DISPLAY_SECTION,
  NOTICES_SECTION,
  READING_SECTION,
  readCoreSettings,
  WRITING_SECTION,
} from './core-sections';
export {
  type FormDefinition,
  type SettingChange,
  type SettingsChange,
  type SettingsOwner,
  settingsHooks,
} from './hooks';
export {
  colourFrom,
  type MailboxMark,
  type MailboxMarks,
  markMailbox,
  moveMailboxChoices,
  NO_MARK,
} from './mailbox-marks';
export { settingsMigrations } from './migrations';
export { isMuted, type MutedConversation, setMuted } from './muted';
export { type SectionSave, saveSection } from './save';
export { fieldSchema, parseSectionForm, resolveSettings, type SectionForm } from './schema';
export { CORE_SCOPE } from './scope';
export {
  type ChoiceField,
  defineSection,
  type FieldValue,
  type SectionValues,
  type SettingField,
  type SettingOption,
  type SettingSection,
  type SwitchField,
  type TextField,
} from './section';
export { createSettings } from './store';
export {
  addTrusted,
  countTrusted,
  forgetTrusted,
  isTrusted,
  removeTrusted,
  trustedDomain,
  trustKey,
} from './trust';
export type { Settings } from './types';
