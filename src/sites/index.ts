// Sites: one ministry each, read from config/sites, found by host name. Holds the door to the
// whole configuration, because a configuration without its sites is not one.
// Not here: skins, sessions, connections. Called by everything from session upwards.
import {
  type Environment,
  type LoadOptions,
  loadPlatformConfig,
  type PlatformConfig,
  parsePlatformConfig,
  type RawConfig,
} from '../kernel/config';
import { parseSites } from './load';
import type { Site } from './site';

export {
  choicesSchema,
  groupsSchema,
  lockedSchema,
  pluginEntriesSchema,
  type SiteGroup,
} from './groups';
export { normalizeHost } from './host';
export { locksOf } from './locks';
export type { MailAccess } from './mail-access';
export { type GroupCandidate, grantsPermission, groupsOf, isMeant } from './memberships';
export { createSiteResolver, type SiteResolver } from './resolve';
export { siteSchema } from './schema';
export type { SignInRules } from './sign-in-schema';
export type {
  LdapDirectory,
  Security,
  ServerAddress,
  SignInSource,
  Site,
  SiteDirectory,
  SiteHelp,
  SiteNotices,
  SiteProtection,
  SiteReading,
  SiteText,
  SmtpServer,
  SupportContact,
} from './site';
export { siteText, supportFor } from './texts';

export type AppConfig = PlatformConfig<Site>;

/** Configuration from files and the environment; throws one `ConfigError` with every fault. */
export const loadConfig = (options: LoadOptions): AppConfig =>
  loadPlatformConfig(options, parseSites);

/** Configuration from values in memory, through the same schemas. */
export const parseAppConfig = (raw: RawConfig, env: Environment): AppConfig =>
  parsePlatformConfig(raw, env, parseSites);
