import type { SiteId, UserId } from '../base/types';
import { conversationsFrom } from './conversations';
import { type MailboxMarks, marksFrom } from './mailbox-marks';
import { type MutedConversation, mutedFrom } from './muted';
import { resolveSettings } from './schema';
import { CORE_SCOPE } from './scope';
import { defineSection, type SectionValues } from './section';
import type { Settings } from './types';

const options = <const V extends string>(field: string, values: readonly V[]) =>
  values.map((value) => ({ value, labelKey: `settings.${field}.${value}` }));

export const DISPLAY_SECTION = defineSection({
  id: 'display',
  labelKey: 'settings.display.title',
  fields: [
    {
      key: 'theme',
      kind: 'choice',
      labelKey: 'settings.display.theme.label',
      options: options('display.theme', ['auto', 'light', 'dark']),
      default: 'auto',
    },
    {
      key: 'density',
      kind: 'choice',
      labelKey: 'settings.display.density.label',
      options: options('display.density', ['compact', 'normal', 'comfortable']),
      default: 'normal',
    },
    {
      key: 'layout',
      kind: 'choice',
      labelKey: 'settings.display.layout.label',
      helpKey: 'settings.display.layout.help',
      options: options('display.layout', ['side', 'below', 'list']),
      default: 'side',
    },
    {
      key: 'groups',
      kind: 'choice',
      labelKey: 'settings.display.groups.label',
      options: options('display.groups', ['on', 'off']),
      default: 'on',
    },
    {
      key: 'keys',
      kind: 'choice',
      labelKey: 'settings.display.keys.label',
      helpKey: 'settings.display.keys.help',
      options: options('display.keys', ['estafette', 'gmail', 'thunderbird']),
      default: 'estafette',
    },
    {
      key: 'conversations',
      kind: 'choice',
      labelKey: 'settings.display.conversations.label',
      helpKey: 'settings.display.conversations.help',
      options: options('display.conversations', ['off', 'on']),
      default: 'off',
    },
    {
      key: 'language',
      kind: 'choice',
      labelKey: 'settings.display.language.label',
      options: options('display.language', ['fr', 'en']),
      default: 'fr',
    },
  ],
});

export const READING_SECTION = defineSection({
  id: 'reading',
  labelKey: 'settings.reading.title',
  fields: [
    {
      key: 'prefer',
      kind: 'choice',
      labelKey: 'settings.reading.prefer.label',
      options: options('reading.prefer', ['html', 'text']),
      default: 'html',
    },
    {
      key: 'remoteImages',
      kind: 'choice',
      labelKey: 'settings.reading.remoteImages.label',
      helpKey: 'settings.reading.remoteImages.help',
      options: options('reading.remoteImages', ['ask', 'never']),
      default: 'ask',
    },
    {
      key: 'archive',
      kind: 'choice',
      labelKey: 'settings.reading.archive.label',
      helpKey: 'settings.reading.archive.help',
      options: options('reading.archive', ['one', 'year', 'month', 'sender']),
      default: 'one',
    },
    {
      key: 'receipts',
      kind: 'choice',
      labelKey: 'settings.reading.receipts.label',
      helpKey: 'settings.reading.receipts.help',
      options: options('reading.receipts', ['ask', 'never']),
      default: 'ask',
    },
  ],
});

export const WRITING_SECTION = defineSection({
  id: 'writing',
  labelKey: 'settings.writing.title',
  fields: [
    {
      key: 'signature',
      kind: 'textarea',
      labelKey: 'settings.writing.signature.label',
      helpKey: 'settings.writing.signature.help',
      default: '',
      maxLength: 4_000,
    },
    {
      key: 'format',
      kind: 'choice',
      labelKey: 'settings.writing.format.label',
      options: options('writing.format', ['html', 'plain']),
      default: 'html',
    },
    {
      key: 'quotePosition',
      kind: 'choice',
      labelKey: 'settings.writing.quotePosition.label',
      helpKey: 'settings.writing.quotePosition.help',
      options: options('writing.quotePosition', ['top', 'bottom']),
      default: 'bottom',
    },
    {
      key: 'collect',
      kind: 'choice',
      labelKey: 'settings.writing.collect.label',
      helpKey: 'settings.writing.collect.help',
      options: options('writing.collect', ['yes', 'no']),
      default: 'yes',
    },
    {
      key: 'undo',
      kind: 'choice',
      labelKey: 'settings.writing.undo.label',
      helpKey: 'settings.writing.undo.help',
      options: options('writing.undo', ['site', '0', '5', '10', '20', '30']),
      default: 'site',
    },
    {
      key: 'disconnect',
      kind: 'choice',
      labelKey: 'settings.writing.disconnect.label',
      helpKey: 'settings.writing.disconnect.help',
      options: options('writing.disconnect', ['on', 'off']),
      default: 'on',
    },
  ],
});

export const NOTICES_SECTION = defineSection({
  id: 'notices',
  labelKey: 'settings.notices.title',
  fields: [
    {
      key: 'content',
      kind: 'choice',
      labelKey: 'settings.notices.content.label',
      helpKey: 'settings.notices.content.help',
      options: options('notices.content', ['full', 'sender', 'none']),
      default: 'full',
    },
    {
      key: 'quietFrom',
      kind: 'choice',
      labelKey: 'settings.notices.quietFrom.label',
      helpKey: 'settings.notices.quietFrom.help',
      options: options('notices.quietFrom', ['none', '17', '18', '19', '20', '21', '22']),
      default: '20',
    },
    {
      key: 'quietTo',
      kind: 'choice',
      labelKey: 'settings.notices.quietTo.label',
      options: options('notices.quietTo', ['6', '7', '8', '9']),
      default: '7',
    },
    {
      key: 'weekend',
      kind: 'choice',
      labelKey: 'settings.notices.weekend.label',
      options: options('notices.weekend', ['quiet', 'on']),
      default: 'quiet',
    },
  ],
});

/** The core's sections in the order of their menu. */
export const CORE_SECTIONS = [
  DISPLAY_SECTION,
  READING_SECTION,
  WRITING_SECTION,
  NOTICES_SECTION,
] as const;

export interface CoreSettings {
  readonly display: SectionValues<typeof DISPLAY_SECTION>;
  readonly reading: SectionValues<typeof READING_SECTION>;
  readonly writing: SectionValues<typeof WRITING_SECTION>;
  readonly notices: SectionValues<typeof NOTICES_SECTION>;
  /** Mailboxes that are listed by conversation, or not, whatever `display.conversations` says. */
  readonly conversations: ReadonlyMap<string, boolean>;
  /** Favourites, colours and notices of single mailboxes. */
  readonly marks: MailboxMarks;
  /** Conversations whose answers do not disturb. */
  readonly muted: readonly MutedConversation[];
}

/** Keys of the core scope are `<section>.<field>`. */
export const corePrefix = (section: { readonly id: string }): string => `${section.id}.`;

export interface SettingsReader {
  readonly id: UserId;
  readonly site: SiteId;
  readonly locale: 'fr' | 'en';
  readonly groups?: readonly string[];
}

/** A user's core settings; see {@link coreSettingsFrom}. */
export const readCoreSettings = async (
  settings: Settings,
  user: SettingsReader,
): Promise<CoreSettings> =>
  coreSettingsFrom(await settings.read(user.id, CORE_SCOPE), user, settings);

/**
 * Core settings from what a user has stored, complete: defaults fill in, `locale` being the default
 * language. What they chose before the site locked a setting no longer counts.
 */
export function coreSettingsFrom(
  chosen: Readonly<Record<string, unknown>>,
  user: SettingsReader,
  settings: Pick<Settings, 'locked'>,
): CoreSettings {
  const locked = new Set(settings.locked(user.site, user.groups));
  const own = Object.fromEntries(
    Object.entries(chosen).filter(([key]) => !locked.has(`${CORE_SCOPE}.${key}`)),
  );
  const stored = { 'display.language': user.locale, ...own };
  return {
    display: resolveSettings(DISPLAY_SECTION, stored, corePrefix(DISPLAY_SECTION)),
    reading: resolveSettings(READING_SECTION, stored, corePrefix(READING_SECTION)),
    writing: resolveSettings(WRITING_SECTION, stored, corePrefix(WRITING_SECTION)),
    notices: resolveSettings(NOTICES_SECTION, stored, corePrefix(NOTICES_SECTION)),
    conversations: conversationsFrom(chosen),
    marks: marksFrom(chosen),
    muted: mutedFrom(chosen),
  };
}
