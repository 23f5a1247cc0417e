import type { Clock } from '../base/clock';
import { AppError } from '../base/errors';
import type { Log } from '../base/log';
import type { SiteId, UserId } from '../base/types';
import { type Cache, cacheKey, createCache } from '../kernel/cache';
import type { Database } from '../kernel/db-types';
import type { GuardedFetch, GuardedFetchDeps } from '../kernel/fetch';
import type { HookRegistry } from '../kernel/hook-types';
import type { Texts } from '../kernel/i18n-types';
import type { Services } from '../kernel/services';
import type { Settings } from '../settings';
import type { Site } from '../sites';
import type { PluginCache, PluginContext } from './context-types';
import type { FoundPlugin } from './discover';
import { pluginDatabase } from './plugin-db';
import { readPluginSettings } from './plugin-settings';

const HTTP_MAX_BYTES = 5_000_000;
const HTTP_TIMEOUT_MS = 8_000;

export interface ContextDeps {
  readonly log: Log;
  readonly clock: Clock;
  readonly hooks: HookRegistry;
  readonly services: Services;
  readonly texts: Texts;
  readonly db: Database;
  readonly settings: Settings;
  readonly createFetch: (options: Pick<GuardedFetchDeps, 'allowHosts'>) => GuardedFetch;
  readonly site: (id: SiteId) => Site;
  /** Parsed configuration of (plugin, site); throws when the plugin is off there. */
  readonly config: (plugin: string, site: SiteId) => Readonly<Record<string, unknown>>;
  readonly secret: (plugin: string, name: string) => string | undefined;
}

/** What a context has registered, to be undone when its plugin fails or stops. */
export interface Registrations {
  add(remove: () => void): void;
}

/** The narrow door of one plugin; whatever it registers is recorded. */
export function createPluginContext(
  plugin: FoundPlugin,
  deps: ContextDeps,
  registrations: Registrations,
): PluginContext {
  const needs = plugin.definition.needs ?? [];
  const origins = needs
    .filter((need) => need.startsWith('http:'))
    .map((need) => new URL(need.slice('http:'.length)));
  const isDeclared = (url: string): boolean => {
    const origin = URL.canParse(url) ? new URL(url).origin : undefined;
    return origins.some((declared) => declared.origin === origin);
  };
  let fetch: GuardedFetch | undefined;

  return {
    id: plugin.id,
    hooks: {
      on: (name, handler, options) =>
        registrations.add(deps.hooks.on(plugin.id, name, handler, options)),
    },
    log: deps.log.child({ plugin: plugin.id }),
    clock: deps.clock,
    text: (locale) => deps.texts.for(locale),
    url: (path) => `/${plugin.id}/${path.replace(/^\/+/, '')}`,
    // The schema that parsed it is the one that types it in `definePlugin`.
    config: (site) => deps.config(plugin.id, site),
    secret(name) {
      if (!(plugin.definition.secrets ?? []).includes(name)) {
        throw new AppError('request/forbidden', { details: { plugin: plugin.id, secret: name } });
      }
      return deps.secret(plugin.id, name);
    },
    settings: (site, user) =>
      // Ids of people come from hooks, slots and routes, whose payloads are plain data.
      readPluginSettings(
        deps.settings,
        user as UserId,
        plugin.definition.contributes?.settings ?? [],
        {
          plugin: plugin.id,
          site: deps.site(site),
          config: deps.config(plugin.id, site),
        },
      ),
    services: {
      provide: (name, service) =>
        registrations.add(deps.services.provide(plugin.id, name, service)),
      get: (site, name) => deps.services.get(site, name),
    },
    db: pluginDatabase(plugin.id, deps.db, needs.includes('db')),
    async http(url, options = {}) {
      if (!isDeclared(url)) {
        throw new AppError('fetch/refused', { details: { plugin: plugin.id, needs: 'http:' } });
      }
      // Redirects are held against the same hosts, one by one.
      fetch ??= deps.createFetch({ allowHosts: origins.map(({ host }) => host) });
      const answer = await fetch(url, {
        maxBytes: Math.min(options.maxBytes ?? HTTP_MAX_BYTES, HTTP_MAX_BYTES),
        timeoutMs: Math.min(options.timeoutMs ?? HTTP_TIMEOUT_MS, HTTP_TIMEOUT_MS),
      });
      return { status: answer.status, contentType: answer.contentType, body: answer.body };
    },
    cache<V>(name: string, { max, ttlS }: { max: number; ttlS: number }): PluginCache<V> {
      const store: Cache<V> = createCache<V>({ clock: deps.clock, max, ttlMs: ttlS * 1_000 });
      const key = (site: SiteId, user: number | undefined, own: string) =>
        cacheKey(site, user === undefined ? 'shared' : (user as UserId), name, own);
      return {
        get: (site, user, own) => store.get(key(site, user, own)),
        set: (site, user, own, value) => store.set(key(site, user, own), value),
      };
    },
  };
}
