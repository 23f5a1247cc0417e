import type { BootReport, PluginReport } from '../host/report';
import type { Database, MigrationSet } from '../kernel/db-types';
import type { HookRegistry } from '../kernel/hook-types';
import type { AppConfig, Site } from '../sites';

/** What commands need of a built application. */
export interface App {
  /** Listens; `url` is that of the first site. */
  start(): Promise<{ readonly url: string }>;
  /** Finishes what is under way and lets go of everything; harmless without `start`. */
  stop(): Promise<void>;
  readonly report: BootReport;
  readonly hooks: HookRegistry;
  plugins(): readonly PluginReport[];
  /** Parsed configuration of a plugin on a site; `undefined` where it is off. */
  pluginConfig(plugin: string, site: string): unknown;
  readonly sites: readonly Site[];
  readonly db: Database;
}

export interface DemoOptions {
  /** Web port asked for; the next free one is taken when it is in use. */
  readonly port?: number;
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
  }[];
  readonly imap: Address;
  readonly smtp: Address;
  readonly ldap: Address;
}

export interface Demo {
  readonly info: DemoInfo;
  /** Something to tell before the address, such as a port that was taken. */
  readonly notice?: string;
  stop(): Promise<void>;
}

/** One try at a server of a site: resolves when it answered as it should, rejects otherwise. */
export type Ping = (site: Site, signal: AbortSignal) => Promise<void>;

/** What is known of a plugin's key beyond the files. */
export interface PluginValue {
  /** The value in force for the site, after every layer and the plugin's schema. */
  readonly effective?: unknown;
  readonly defaultValue?: unknown;
  readonly userValue?: unknown;
}

/** Everything commands do not do themselves: the composition gives it. */
export interface Deps {
  readonly version: string;
  /** Folder of the installation. */
  readonly root: string;
  loadConfig(): AppConfig;
  /** `migrate: false` looks at an installation without touching its schema. */
  createApp(config: AppConfig, options?: { readonly migrate?: boolean }): Promise<App>;
  startDemo(options: DemoOptions): Promise<Demo>;
  openDatabase(config: AppConfig): Promise<Database>;
  /** The core's and every plugin's, in the order in which they apply. */
  migrationSets(config: AppConfig): Promise<readonly MigrationSet[]>;
  pluginValue(
    app: App,
    question: { readonly site: string; readonly user?: string; readonly path: string },
  ): Promise<PluginValue>;
  readonly pings: { readonly imap: Ping; readonly smtp: Ping; readonly ldap: Ping };
}
