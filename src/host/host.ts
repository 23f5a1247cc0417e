import { withDeadline } from '../base/async';
import { AppError } from '../base/errors';
import type { SiteId } from '../base/types';
import type { Hooks } from '../kernel/hooks';
import { runAs, toError } from '../kernel/isolate';
import type { Jobs } from '../kernel/job-types';
import type { Site } from '../sites';
import { type ContextDeps, createPluginContext } from './context';
import type { PluginContext } from './context-types';
import type { PluginDefinition } from './define';
import type { BrokenPlugin, FoundPlugin } from './discover';
import type { PluginSet } from './plugin-set';
import type { BootReport, PluginReport, PluginState } from './report';
import { resolvePlugins } from './resolve';
import type { PluginRoute } from './route-types';
import { collectRoutes } from './router';
import { configFor, isOnFor } from './site-config';

const ACTIVATE_MS = 10_000; // plugins.md 3.1
const DEACTIVATE_MS = 5_000;

/** A started plugin. */
export interface RunningPlugin {
  readonly id: string;
  readonly definition: PluginDefinition;
  readonly context: PluginContext;
  readonly dir: string;
  readonly routes: readonly PluginRoute[];
}

export interface HostDeps extends Omit<ContextDeps, 'config' | 'site'> {
  readonly hooks: Hooks;
  readonly jobs: Jobs;
  readonly set: PluginSet;
  readonly sites: readonly Site[];
  readonly found: readonly FoundPlugin[];
  readonly broken: readonly BrokenPlugin[];
  /** `config/plugins.json`: plugin id → defaults. */
  readonly defaults: Readonly<Record<string, unknown>>;
  readonly layer: (
    base: Readonly<Record<string, unknown>>,
    ...over: Readonly<Record<string, unknown>>[]
  ) => Readonly<Record<string, unknown>>;
  /** Names of migrations not yet applied. */
  readonly pending: (plugin: FoundPlugin) => Promise<readonly string[]>;
}

export interface Host {
  readonly report: BootReport;
  /** Plugins in service on a site, in dependency order. */
  running(site: SiteId): readonly RunningPlugin[];
  /** Every started plugin, whatever the sites. */
  all(): readonly RunningPlugin[];
  state(): readonly PluginReport[];
  config(plugin: string, site: SiteId): Readonly<Record<string, unknown>>;
  /** Takes a plugin out of service in this process. */
  quarantine(plugin: string, reason: string): void;
  stop(): Promise<void>;
}

interface Started {
  readonly plugin: RunningPlugin;
  readonly removers: (() => void)[];
}

/** Starts plugins in dependency order. Never rejects, unless a plugin asks to `abort` the boot. */
export async function startHost(deps: HostDeps): Promise<Host> {
  const bootStarted = performance.now();
  const reports = new Map<string, PluginReport>();
  const started: Started[] = [];
  const configs = new Map<string, Readonly<Record<string, unknown>>>();
  const warnings: string[] = [];
  const siteById = new Map(deps.sites.map((site) => [site.id, site]));

  const config: Host['config'] = (plugin, site) => {
    const found = configs.get(`${plugin}|${site}`);
    if (!found)
      throw new AppError('internal/unexpected', { details: { plugin, site, problem: 'off' } });
    return found;
  };
  const contextDeps: ContextDeps = {
    ...deps,
    config,
    site(id) {
      const site = siteById.get(id);
      if (!site) throw new AppError('site/unknown', { details: { site: id } });
      return site;
    },
  };
  const note = (id: string, state: PluginState, more: Partial<PluginReport> = {}): void => {
    reports.set(id, { id, version: '', state, ms: 0, sites: [], publicRoutes: [], ...more });
  };

  for (const { id, reason } of deps.broken) note(id, 'failed', { reason });
  const { order, refused } = resolvePlugins(deps.found);
  for (const { id, reason } of refused) note(id, 'refused', { reason });
  deps.set.setOrder(order.map((plugin) => plugin.id));
  warnAboutUnknown(deps, warnings);

  for (const plugin of order) {
    const begun = performance.now();
    const { version } = plugin;
    const lost = (plugin.definition.requires ?? []).find(
      (id) => reports.get(id)?.state === 'failed',
    );
    if (lost !== undefined) {
      note(plugin.id, 'refused', { version, reason: `requires ${lost}: failed` });
      continue;
    }
    const problems = prepareSites(plugin);
    const removers: (() => void)[] = [];
    try {
      const pending = await deps.pending(plugin);
      if (pending.length > 0)
        problems.push(`pending migrations: run "estafette migrate" (${pending.join(', ')})`);
      const running = await start(plugin, removers);
      started.push({ plugin: running, removers });
      note(plugin.id, problems.length > 0 ? 'degraded' : 'active', {
        version,
        ms: Math.round(performance.now() - begun),
        sites: deps.set.sitesOf(plugin.id),
        publicRoutes: running.routes
          .filter((route) => route.options.public)
          .map((route) => `/${plugin.id}${route.path}`),
        ...(problems.length > 0 && { reason: problems.join('; ') }),
      });
    } catch (error) {
      const reason = toError(error).message;
      for (const remove of removers.reverse()) remove();
      deps.set.exclude(plugin.id);
      deps.log.error({ plugin: plugin.id, err: toError(error) }, 'plugin/start-failed');
      note(plugin.id, 'failed', { version, reason });
      if (plugin.definition.onBootFailure === 'abort') {
        throw new AppError('config/invalid', {
          cause: error,
          details: { plugin: plugin.id, reason },
        });
      }
    }
  }
  deps.hooks.invalidate();
  try {
    deps.services.assertUnique(deps.sites.map((site) => site.id));
  } catch (error) {
    throw new AppError('config/invalid', { cause: error });
  }

  /** Parses the configuration of each site that enables the plugin; a wrong one keeps it off there. */
  function prepareSites(plugin: FoundPlugin): string[] {
    const problems: string[] = [];
    for (const site of deps.sites.filter((candidate) => isOnFor(candidate, plugin.id))) {
      const parsed = configFor(plugin, site, deps.defaults[plugin.id], deps.layer);
      if (!parsed.ok) {
        problems.push(parsed.error);
        continue;
      }
      configs.set(`${plugin.id}|${site.id}`, parsed.value);
      deps.set.enable(site.id, plugin.id);
    }
    return problems;
  }

  async function start(plugin: FoundPlugin, removers: (() => void)[]): Promise<RunningPlugin> {
    for (const locale of ['fr', 'en'] as const)
      deps.texts.add(plugin.id, locale, plugin.locales[locale]);
    const context = createPluginContext(plugin, contextDeps, removers);
    const { contributes, activate } = plugin.definition;
    const loaded = contributes?.routes ? await contributes.routes() : undefined;
    const routes = loaded ? collectRoutes(plugin.id, loaded.routes) : [];
    for (const job of contributes?.jobs ?? []) {
      const targets = job.perSite ? deps.set.sitesOf(plugin.id) : [undefined];
      for (const site of targets) {
        const id = site === undefined ? `${plugin.id}:${job.id}` : `${plugin.id}:${job.id}:${site}`;
        const run = (signal: AbortSignal) =>
          runAs({ plugin: plugin.id, hook: `job:${job.id}` }, () =>
            job.run(context, { ...(site !== undefined && { site }), signal }),
          );
        removers.push(deps.jobs.add({ id, every: job.every, timeoutS: job.timeoutS, run }));
      }
    }
    if (activate) {
      const work = runAs({ plugin: plugin.id, hook: 'activate' }, async () => activate(context));
      await withDeadline(
        work,
        ACTIVATE_MS,
        () => new Error(`activate: no answer in ${ACTIVATE_MS} ms`),
      );
    }
    return { id: plugin.id, definition: plugin.definition, context, dir: plugin.dir, routes };
  }

  async function stopOne({ plugin, removers }: Started): Promise<void> {
    for (const remove of removers.splice(0).reverse()) remove();
    const { deactivate } = plugin.definition;
    if (!deactivate) return;
    const work = runAs({ plugin: plugin.id, hook: 'deactivate' }, async () => deactivate());
    await withDeadline(work, DEACTIVATE_MS, () => new Error('deactivate: no answer')).catch(
      (error: unknown) =>
        deps.log.error({ plugin: plugin.id, err: toError(error) }, 'plugin/stop-failed'),
    );
  }

  return {
    report: {
      plugins: [...reports.values()],
      warnings,
      ms: Math.round(performance.now() - bootStarted),
    },
    running: (site) =>
      started
        .filter(({ plugin }) => deps.set.isEnabled(site, plugin.id))
        .map(({ plugin }) => plugin),
    all: () => started.map(({ plugin }) => plugin),
    state: () => [...reports.values()],
    config,
    quarantine(id, reason) {
      const report = reports.get(id);
      if (!report || report.state === 'quarantined') return;
      deps.set.exclude(id);
      deps.hooks.invalidate();
      reports.set(id, { ...report, state: 'quarantined', reason });
      deps.log.error({ plugin: id, reason }, 'plugin/quarantined');
    },
    async stop() {
      for (const one of [...started].reverse()) await stopOne(one);
    },
  };
}

/** A site that names a plugin nobody installed is told at boot, not discovered by its agents. */
function warnAboutUnknown(deps: HostDeps, warnings: string[]): void {
  const known = new Set([...deps.found.map(({ id }) => id), ...deps.broken.map(({ id }) => id)]);
  for (const site of deps.sites) {
    for (const id of Object.keys(site.plugins)) {
      if (!known.has(id))
        warnings.push(`config/sites/${site.id}.json: plugins.${id}: not installed`);
    }
  }
}
