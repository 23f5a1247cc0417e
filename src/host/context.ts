import type { Audit } from '../audit';
import type { Clock } from '../base/clock';
import { AppError } from '../base/errors';
import type { Log } from '../base/log';
import type { SiteId, UserId } from '../base/types';
import type { Compose } from '../compose';
import type { HookRegistry } from '../kernel/hook-types';
import type { Texts } from '../kernel/i18n-types';
import type { Metrics } from '../kernel/meter';
import type { PluginWorkers } from '../kernel/plugin-worker';
import type { Services } from '../kernel/services';
import type { UsedOnce } from '../kernel/used-once';
import type { Mail } from '../mail';
import type { Posts } from '../notify';
import { can, type KeyRing, networkSide } from '../session';
import type { Settings } from '../settings';
import type { Site } from '../sites';
import { hookProblem } from './awaited-hooks';
import { pluginAudit } from './capabilities/audit';
import { pluginCaches } from './capabilities/cache';
import { pluginCorrespondents } from './capabilities/correspondents';
import { type DirectoryCore, pluginDirectories } from './capabilities/directory';
import { pluginEmitter } from './capabilities/emit';
import { createGate } from './capabilities/gate';
import { type CreateFetch, pluginHttp } from './capabilities/http';
import { pluginIdentities } from './capabilities/identities';
import { pluginLog } from './capabilities/log';
import { pluginMail } from './capabilities/mail';
import { pluginMetrics } from './capabilities/metrics';
import { type PluginNotices, pluginNotice } from './capabilities/notice';
import { pluginOnce } from './capabilities/once';
import { type PluginPages, pluginPages } from './capabilities/pages';
import { pluginPost } from './capabilities/post';
import { pluginSeals } from './capabilities/seal';
import { pluginSend } from './capabilities/send';
import { type PluginSessions, pluginEndSessions } from './capabilities/sessions';
import { pluginWorker } from './capabilities/worker';
import type { PluginContext, PluginPlace } from './context-types';
import type { FoundPlugin } from './discover';
import type { Origins } from './grants';
import type { People } from './people';
import { createPluginClock } from './plugin-clock';
import type { PluginDatabases } from './plugin-databases';
import { pluginDatabase } from './plugin-db';
import { isDeclaredSecret } from './plugin-secrets';
import type { PluginSet } from './plugin-set';
import { readManyPluginSettings, readPluginSettings } from './plugin-settings';

export interface ContextDeps {
  readonly log: Log;
  readonly clock: Clock;
  readonly hooks: HookRegistry;
  readonly services: Services;
  readonly texts: Texts;
  readonly databases: PluginDatabases;
  readonly settings: Settings;
  readonly createFetch: CreateFetch;
  /** `config/plugins.json`: servers that the operator lists for each plugin. */
  readonly origins?: Origins;
  readonly set: Pick<PluginSet, 'isEnabled' | 'isReached'>;
  readonly core: ContextCore;
  readonly site: (id: SiteId) => Site;
  /** Parsed configuration; throws where the plugin may run for nobody. */
  readonly config: (plugin: string, where: PluginPlace) => Readonly<Record<string, unknown>>;
  readonly secret: (plugin: string, name: string, site?: SiteId) => string | undefined;
}

/** What plugins reach of the core, each part behind its need. */
export interface ContextCore {
  readonly people: People;
  readonly mail: Mail;
  readonly compose: Compose;
  readonly directories: DirectoryCore;
  readonly audit: Pick<Audit, 'record'>;
  readonly notices: PluginNotices;
  readonly posts: Pick<Posts, 'post'>;
  readonly sessions: PluginSessions;
  readonly usedOnce: Pick<UsedOnce, 'take'>;
  /** What keys of plugins are derived from. */
  readonly keys: KeyRing;
  readonly metrics: Metrics;
  readonly workers: Pick<PluginWorkers, 'run' | 'forget'>;
  /** Made after the host, which the renderer asks for slots. */
  readonly pages: () => PluginPages;
  /** Folder of short-lived files. */
  readonly tempDir: string;
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
  const { core } = deps;
  const gate = createGate(plugin.id, needs, { people: core.people, set: deps.set });
  const send = pluginSend(gate, core.compose);
  const timers = createPluginClock(deps.clock);
  registrations.add(timers.stop);
  registrations.add(() => core.workers.forget(plugin.id));
  const sections = plugin.definition.contributes?.settings ?? [];
  const settingsPlace = (where: PluginPlace) => {
    const { site, groups = [] } = typeof where === 'string' ? { site: where } : where;
    return {
      plugin: plugin.id,
      locked: deps.settings.locked(site, groups),
      config: deps.config(plugin.id, where),
    };
  };

  return {
    id: plugin.id,
    hooks: {
      on(name, handler, options) {
        const problem = hookProblem(name, deps.hooks.definitions());
        if (problem !== undefined) {
          throw new AppError('config/invalid', { details: { plugin: plugin.id, problem } });
        }
        registrations.add(deps.hooks.on(plugin.id, name, handler, options));
      },
      emit: pluginEmitter(gate, deps.hooks),
    },
    log: pluginLog(plugin.id, deps.log),
    clock: timers.clock,
    metrics: pluginMetrics(plugin.id, core.metrics),
    text: (locale) => deps.texts.for(locale),
    url: (path) => `/${plugin.id}/${path.replace(/^\/+/, '')}`,
    // The schema that parsed it is the one that types it in `definePlugin`.
    config: (where) => deps.config(plugin.id, where),
    site(wanted) {
      const { id, title, mailDomains, locale, timeZone } = deps.site(wanted);
      return { id, title, mailDomains, locale, timeZone };
    },
    networkSide: (site, remote) => networkSide(deps.site(site), remote),
    secret(name, site) {
      if (!isDeclaredSecret(plugin.definition.secrets ?? [], name)) {
        throw new AppError('request/forbidden', { details: { plugin: plugin.id, secret: name } });
      }
      return deps.secret(plugin.id, name, site);
    },
    // Ids of people come from hooks, slots and routes, whose payloads are plain data.
    settings: (where, user) =>
      readPluginSettings(deps.settings, user as UserId, sections, settingsPlace(where)),
    settingsOf: (where, users) =>
      readManyPluginSettings(
        deps.settings,
        users.map((user) => user as UserId),
        sections,
        settingsPlace(where),
      ),
    services: {
      provide(name, service) {
        // Before anything starts, sites must be known to have one provider each.
        if (!plugin.definition.provides?.includes(name)) {
          const problem = `provides: expected "${name}", which the plugin provides`;
          throw new AppError('config/invalid', { details: { plugin: plugin.id, problem } });
        }
        registrations.add(deps.services.provide(plugin.id, name, service));
      },
      get: (site, name) => deps.services.get(site, name),
      require(site, name) {
        const service = deps.services.get(site, name);
        if (service) return service;
        throw new AppError('plugin/unavailable', {
          details: { plugin: plugin.id, port: name, site, reason: 'no provider' },
        });
      },
    },
    db: pluginDatabase(plugin.id, deps.databases, needs.includes('db')),
    mail: (as) => pluginMail(gate, core, as),
    send: (as, message) => send(as, message),
    post: pluginPost(gate, core.posts),
    identities: pluginIdentities(gate, core.compose),
    correspondents: pluginCorrespondents(gate, core.compose),
    ...pluginDirectories(gate, {
      core: core.directories,
      portOf: (site) => deps.services.get(site, 'directory'),
    }),
    http: pluginHttp(plugin.id, {
      needs,
      createFetch: deps.createFetch,
      configured: deps.origins?.[plugin.id] ?? [],
    }),
    worker: pluginWorker(gate, plugin, core.workers),
    notice: pluginNotice(gate, core.notices),
    endSessions: pluginEndSessions(gate, core.sessions),
    audit: pluginAudit(gate, core.audit, deps.log),
    ...pluginPages(gate, core.pages),
    async can(as, permission, resource) {
      const { scope, session, site } = await gate.person(as);
      return can({ hooks: deps.hooks, site }, scope, session, permission, resource);
    },
    cache: pluginCaches(deps.clock),
    once: pluginOnce(gate, core.usedOnce),
    ...pluginSeals(plugin.id, core.keys),
  };
}
