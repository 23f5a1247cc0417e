import type { Knex } from 'knex';
import type { Clock } from '../base/clock';
import type { Log } from '../base/log';
import type { SiteId } from '../base/types';
import type { HandlerFor, HandlerOptions, HookName, HookOf } from '../kernel/hook-types';
import type { Locale, Translate } from '../kernel/i18n-types';
import type { ServiceName } from '../kernel/services';

/** A bounded memory of one plugin; site and user are part of every key. */
export interface PluginCache<V> {
  get(site: SiteId, user: number | undefined, key: string): V | undefined;
  set(site: SiteId, user: number | undefined, key: string, value: V): void;
}

/** All that a plugin is given. No request, no session secret, no environment. */
export interface PluginContext<C = unknown> {
  readonly id: string;
  readonly hooks: {
    /** Handles a hook, for the sites that have this plugin on. */
    on<N extends HookName>(name: N, handler: HandlerFor<HookOf<N>>, options?: HandlerOptions): void;
  };
  readonly log: Log;
  readonly clock: Clock;
  /** Texts of the core and of every plugin, in one language. */
  text(locale: Locale): Translate;
  /** `/<plugin id>/<path>`. */
  url(path: string): string;
  /** Parsed and frozen configuration for a site where the plugin is on. */
  config(site: SiteId): Readonly<C>;
  /** A declared secret, for core clients only; never log it. */
  secret(name: string): string | undefined;
  /**
   * Values of the plugin's settings for a person (`user.id` of a hook, a slot or a route): own
   * value, else site default, else default.
   */
  settings(site: SiteId, user: number): Promise<Readonly<Record<string, string | boolean>>>;
  readonly services: {
    provide<N extends ServiceName>(name: N, service: Estafette.ServiceMap[N]): void;
    get<N extends ServiceName>(site: SiteId, name: N): Estafette.ServiceMap[N] | undefined;
  };
  /** Tables named `<id>_*` only (dashes as underscores); needs `db`. */
  readonly db: PluginDatabase;
  /** Outbound HTTP to the hosts of `needs` (`http:https://host`), guarded by the core. */
  http(
    url: string,
    options?: { readonly maxBytes?: number; readonly timeoutMs?: number },
  ): Promise<PluginHttpResponse>;
  cache<V>(name: string, options: { readonly max: number; readonly ttlS: number }): PluginCache<V>;
}

export interface PluginHttpResponse {
  readonly status: number;
  readonly contentType: string;
  readonly body: Buffer;
}

export interface PluginDatabase {
  /** A query on one of the plugin's tables; refuses any other name. */
  table(name: string): Knex.QueryBuilder;
  transaction<T>(run: (table: (name: string) => Knex.QueryBuilder) => Promise<T>): Promise<T>;
}
