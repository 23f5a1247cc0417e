import type { Audit } from '../audit';
import type { SiteId } from '../base/types';
import type { Enabling, KnownUser } from '../enabling';
import type { RunnableCommand } from '../host/plugin-commands';
import type { PluginDatabases } from '../host/plugin-databases';
import type { BootReport, PluginReport } from '../host/report';
import type { PluginFault } from '../host/site-check';
import type { Database, MigrationSet } from '../kernel/db-types';
import type { HookRegistry } from '../kernel/hook-types';
import type { Sessions, User, UserAffairs } from '../session';
import type { AppConfig, Site } from '../sites';
import type { SuperviseOptions } from './supervise';
import type { SupervisorLink } from './supervisor-types';

/** What commands need of a built application. */
export interface App {
  /** Listens; `url` is that of the first site. */
  start(): Promise<{ readonly url: string }>;
  /** Finishes what is under way and lets go of everything; harmless without `start`. */
  stop(): Promise<void>;
  readonly report: BootReport;
  readonly hooks: HookRegistry;
  plugins(): readonly PluginReport[];
  /** Of plugins in service on some site. */
  readonly commands: readonly RunnableCommand[];
  readonly sites: readonly Site[];
  readonly db: Database;
  readonly affairs: UserAffairs;
  readonly sessions: Pick<Sessions, 'linksOf' | 'unlink'>;
  /** Ends the lock of an account; false when there was none. */
  readonly unlock: (user: User) => Promise<boolean>;
}

export interface DemoOptions {
  /** Web port asked for; the next free one is taken when it is in use. */
  readonly port?: number;
  /** Plugins turned on beside the usual ones: `id` for the first site, or `id@site`. */
  readonly plugins?: readonly string[];
  /** Uses a private Dovecot in place of the built-in IMAP server. */
  readonly dovecot: boolean;
}

interface Address {
  readonly host: string;
  readonly port: number;
}

/** What a script needs to drive the demonstration. */
export interface DemoInfo {
  readonly url: string;
  readonly accounts: readonly {
    readonly username: string;
    readonly password: string;
    readonly name: string;
    readonly site: string;
    /** Groups of the site that they belong to. */
    readonly groups: readonly string[];
  }[];
  readonly imap: Address;
  readonly smtp: Address;
  readonly ldap: Address;
  /** Providers where the same accounts sign in too. */
  readonly signIn?: readonly {
    readonly site: string;
    readonly kind: string;
    readonly label: string;
    readonly issuer: string;
  }[];
  /** Accounts that are asked for a second factor: at their next sign-in, or after days of grace. */
  readonly secondFactor?: readonly {
    readonly site: string;
    readonly username: string;
    readonly asked: 'now' | 'later';
  }[];
}

export interface Demo {
  readonly info: DemoInfo;
  /** Something to tell before the address, such as a port that was taken. */
  readonly notice?: string;
  stop(): Promise<void>;
}

/** One try at a server of a site: resolves when it answered as it should, rejects otherwise. */
export type Ping = (site: Site) => Promise<void>;

/** Who has which plugin and who says so, without starting any plugin. */
export interface EnablingDoor {
  readonly enabling: Pick<
    Enabling,
    'explainFor' | 'check' | 'impactOf' | 'set' | 'rollbackRequest' | 'rollback' | 'history'
  >;
  /** Somebody who has signed in at least once, by login or address. */
  findPerson(site: SiteId, name: string): Promise<KnownUser | undefined>;
  close(): Promise<void>;
}

/** The audit log alone. */
export interface AuditDoor {
  readonly audit: Pick<Audit, 'record' | 'verify' | 'heads' | 'lost' | 'acceptHeads'>;
  close(): Promise<void>;
}

/** Everything commands do not do themselves: the composition gives it. */
export interface Deps {
  readonly version: string;
  /** Folder of the installation. */
  readonly root: string;
  loadConfig(): AppConfig;
  /** `migrate: false` looks at an installation without touching its schema. */
  createApp(
    config: AppConfig,
    options?: { readonly migrate?: boolean; readonly supervisor?: SupervisorLink },
  ): Promise<App>;
  startDemo(options: DemoOptions): Promise<Demo>;
  openDatabase(config: AppConfig): Promise<Database>;
  /** Those of plugins, each opened by what is asked of it. */
  pluginDatabases(config: AppConfig): PluginDatabases;
  /**
   * The core's and every plugin's, in the order in which they apply; those that may not run are
   * named. Packages that are on nowhere are left alone.
   */
  migrationSets(
    config: AppConfig,
    db: Database,
  ): Promise<{
    readonly sets: readonly MigrationSet[];
    readonly skipped: readonly { readonly id: string; readonly reason: string }[];
  }>;
  /** What the files say of plugins that the installed plugins do not confirm. */
  siteFaults(config: AppConfig): Promise<readonly PluginFault[]>;
  /** Has plugins ask the providers that people of these sites sign in by, as a sign-in would. */
  askProviders(
    config: AppConfig,
    sites: readonly Site[],
  ): Promise<
    readonly {
      readonly site: SiteId;
      /** `sso.cerbere`. */
      readonly via: string;
      readonly ms: number;
      readonly problem: string | undefined;
    }[]
  >;
  /** Fails where the schema is not up to date. */
  openEnabling(config: AppConfig): Promise<EnablingDoor>;
  /** Fails where the schema is not up to date. */
  openAudit(config: AppConfig): Promise<AuditDoor>;
  /** Processes of this program; without them commands run here. */
  readonly processes?: {
    /** In a process that a supervisor started. */
    readonly link?: SupervisorLink;
    supervise(options: SuperviseOptions): Promise<number>;
  };
  readonly pings: { readonly imap: Ping; readonly smtp: Ping; readonly ldap: Ping };
}
