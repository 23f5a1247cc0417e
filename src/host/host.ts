import { withDeadline } from '../base/async';
import { AppError } from '../base/errors';
import type { SiteId } from '../base/types';
import type { Enabling, SiteFault } from '../enabling';
import { formatIssue } from '../kernel/config';
import type { HookScope } from '../kernel/hook-types';
import type { Hooks } from '../kernel/hooks';
import { runAs, toError } from '../kernel/isolate';
import type { Jobs } from '../kernel/job-types';
import type { Site } from '../sites';
import { createCollisions } from './collisions';
import type { ContextDeps } from './context';
import type { PluginPlace } from './context-types';
import type { BrokenPlugin, FoundPlugin, UnloadedPlugin } from './discover';
import { checkGrants, checkOrigins, type Grants, grantProblem } from './grants';
import { checkOrder } from './order-check';
import { NO_FILES, type PluginFiles } from './plugin-faults';
import type { PluginSet } from './plugin-set';
import { createRegistrations, type UndoableRegistrations } from './registrations';
import {
  type BootReport,
  inService,
  type PluginProblem,
  type PluginReport,
  type PluginState,
} from './report';
import { resolvePlugins } from './resolve';
import { checkSettings } from './settings-check';
import { checkSignIn } from './sign-in-check';
import { guardsSignIn, type SignInClosed } from './sign-in-guards';
import { checkSiteFiles } from './site-check';
import { ACTIVATE_MS, type RunningPlugin, startPlugin } from './start-plugin';

export type { RunningPlugin } from './start-plugin';

// plugins.md 3.1
const DEACTIVATE_MS = 5_000;
/** One failing hook out of one says little; two, and more than half, say that the plugin is ill. */
const QUARANTINE_BREAKERS_MIN = 2;

const ON_NOWHERE = 'installed, not loaded: turned on nowhere';
const ON_SINCE_START = 'turned on since the start: it is loaded at the next one';

type Plain = Readonly<Record<string, unknown>>;

export interface HostDeps extends Omit<ContextDeps, 'config' | 'site'> {
  readonly hooks: Hooks;
  readonly jobs: Jobs;
  readonly set: PluginSet;
  readonly enabling: Pick<Enabling, 'config' | 'faults' | 'reach' | 'settingsOn'>;
  readonly sites: readonly Site[];
  readonly found: readonly FoundPlugin[];
  readonly broken: readonly BrokenPlugin[];
  /** Packages that are on nowhere. */
  readonly unloaded?: readonly UnloadedPlugin[];
  /** Plugins among the broken ones that guarded sign-in when they could last be loaded. */
  readonly guards?: readonly string[];
  /** Files as read, to name file and line of what is wrong in them. */
  readonly files?: PluginFiles;
  /** `config/plugins.json`: hook name → plugin ids. */
  readonly order?: Readonly<Record<string, readonly string[]>>;
  /** `config/plugins.json`: what the operator lets each plugin touch. */
  readonly grants: Grants;
  /** Plugins that cost other processes too much: they are not started in this one. */
  readonly quarantined?: readonly { readonly plugin: string; readonly reason: string }[];
  /** Names of migrations not yet applied. */
  readonly pending: (plugin: FoundPlugin) => Promise<readonly string[]>;
  /** For tests; 10 s and 5 s otherwise. */
  readonly deadlines?: { readonly activateMs?: number; readonly deactivateMs?: number };
}

export interface Host {
  readonly report: BootReport;
  /** Plugins in service for somebody, or for a site by itself, in dependency order. */
  running(where: SiteId | Pick<HookScope, 'site' | 'plugins'>): readonly RunningPlugin[];
  /** Every started plugin, whatever the sites. */
  all(): readonly RunningPlugin[];
  /** As it is now: what administrators repaired since the start is repaired here. */
  state(): readonly PluginReport[];
  /** Asks again for the migrations that were missing. */
  recheck(): Promise<void>;
  /** Parsed configuration; throws where the plugin may run for nobody, or cannot as it is. */
  config(plugin: string, where: PluginPlace): Plain;
  /** Why no session may open on a site, when one of the plugins that guard its sign-in is missing. */
  signInClosed(site: SiteId): SignInClosed | undefined;
  /** Takes a plugin out of service in this process. */
  quarantine(plugin: string, reason: string): void;
  /** Quarantines a plugin whose breakers are open on most of its hooks; called after a failure. */
  review(plugin: string): void;
  stop(): Promise<void>;
}

interface Started {
  readonly plugin: RunningPlugin;
  readonly registrations: UndoableRegistrations;
}

/** Starts plugins in dependency order. Never rejects, unless a plugin asks to `abort` the boot. */
export async function startHost(deps: HostDeps): Promise<Host> {
  const boot = new Boot(deps);
  await boot.run();
  return boot.host();
}

class Boot {
  readonly #deps: HostDeps;
  readonly #startedAt = performance.now();
  readonly #reports = new Map<string, PluginReport>();
  /** Names of missing migrations. */
  readonly #missing = new Map<string, readonly string[]>();
  readonly #started: Started[] = [];
  readonly #warnings: string[] = [];
  readonly #collisions = createCollisions();
  readonly #sites: ReadonlyMap<SiteId, Site>;

  constructor(deps: HostDeps) {
    this.#deps = deps;
    this.#sites = new Map(deps.sites.map((site) => [site.id, site]));
  }

  async run(): Promise<void> {
    const deps = this.#deps;
    for (const { id, reason } of deps.broken) {
      if (!this.#isKeptOut(id)) this.#note(id, 'failed', { reason });
    }
    for (const { id, version } of deps.unloaded ?? []) {
      this.#note(id, 'not-loaded', { version, reason: ON_NOWHERE });
    }
    const { order, refused } = resolvePlugins(deps.found);
    for (const { id, reason } of refused) this.#note(id, 'refused', { reason });
    deps.set.setOrder(order.map((plugin) => plugin.id));
    this.#warnings.push(...findUnusable(deps));
    const defined = order.filter((plugin) => this.#defineHooks(plugin));
    for (const plugin of defined) await this.#boot(plugin);
    deps.hooks.invalidate();
  }

  /** Before any plugin starts: who handles a hook may start before who emits it. */
  #defineHooks({ id, definition }: FoundPlugin): boolean {
    try {
      this.#deps.hooks.define(definition.contributes?.hooks ?? {}, id);
      return true;
    } catch (error) {
      this.#note(id, 'refused', { reason: reasonOf(toError(error)) });
      return false;
    }
  }

  host(): Host {
    const { set } = this.#deps;
    const all = () => this.all();
    return {
      report: {
        plugins: this.#state(),
        warnings: this.#warnings,
        ms: Math.round(performance.now() - this.#startedAt),
      },
      running(where) {
        const { site, plugins } = typeof where === 'string' ? { site: where } : where;
        return all().filter(({ id }) => set.isEnabled(site, id, plugins));
      },
      all,
      state: () => this.#state(),
      recheck: () => this.#recheck(),
      config: (plugin, where) => this.#config(plugin, where),
      signInClosed: (site) => this.#signInClosed(site),
      quarantine: (plugin, reason) => this.#quarantine(plugin, reason),
      review: (plugin) => this.#review(plugin),
      stop: () => this.#stop(),
    };
  }

  all(): readonly RunningPlugin[] {
    return this.#started.map(({ plugin }) => plugin);
  }

  /** Sites and settings change while the process runs; the rest is as it was noted. */
  #state(): readonly PluginReport[] {
    const { set } = this.#deps;
    const faults = this.#faults();
    return [...this.#reports.values()].map((report) => {
      const { id, state } = report;
      if (state === 'active')
        return inService({ ...report, sites: set.sitesOf(id) }, this.#problems(id, faults));
      if (state === 'not-loaded' && set.sitesOf(id).length > 0)
        return { ...report, reason: ON_SINCE_START };
      return report;
    });
  }

  /** A second factor that is not there must not be one that is not asked. */
  #signInClosed(site: SiteId): SignInClosed | undefined {
    const { enabling, found, guards = [] } = this.#deps;
    const ids = [
      ...found.filter((plugin) => guardsSignIn(plugin.definition)),
      ...guards.map((id) => ({ id })),
    ];
    if (ids.length === 0) return undefined;
    const faults = enabling.faults(site);
    for (const { id } of ids) {
      const fault = faults.find(({ plugin }) => plugin === id);
      if (fault) return { plugin: id, reason: formatIssue(fault) };
      const { state, reason } = this.#reports.get(id) ?? { state: 'not installed' };
      if (state !== 'active' && enabling.reach(site).has(id))
        return { plugin: id, reason: [state, reason].filter(Boolean).join(': ') };
    }
    return undefined;
  }

  #note(id: string, state: PluginState, more: Partial<PluginReport> = {}): void {
    const version = this.#deps.found.find((plugin) => plugin.id === id)?.version ?? '';
    this.#reports.set(id, {
      id,
      version,
      state,
      ms: 0,
      problems: [],
      sites: [],
      publicRoutes: [],
      ...more,
    });
  }

  async #boot(plugin: FoundPlugin): Promise<void> {
    const { id, definition } = plugin;
    const reason =
      grantProblem(plugin, this.#deps.grants) ??
      this.#lostRequirement(plugin) ??
      this.#collisions.claim(definition);
    if (reason !== undefined) {
      this.#note(id, 'refused', { reason });
      return;
    }
    if (this.#isKeptOut(id)) return;
    const begun = performance.now();
    const registrations = createRegistrations(id, this.#deps.log);
    try {
      await this.#findMissing(plugin);
      // Settings that a site has wrong keep it off there, and close that site where it guards sign-in.
      const running = await startPlugin(plugin, this.#startDeps(), registrations);
      this.#started.push({ plugin: running, registrations });
      this.#note(id, 'active', {
        ms: Math.round(performance.now() - begun),
        publicRoutes: publicRoutes(running),
      });
    } catch (error) {
      await this.#giveUp(plugin, registrations, toError(error));
    }
  }

  #isKeptOut(id: string): boolean {
    const found = this.#deps.quarantined?.find(({ plugin }) => plugin === id);
    if (!found) return false;
    this.#deps.set.exclude(id);
    this.#note(id, 'quarantined', { reason: found.reason });
    return true;
  }

  /** Undoes what a plugin did before it failed; ends the boot when the plugin asks for it. */
  async #giveUp({ id, definition }: FoundPlugin, registrations: UndoableRegistrations, err: Error) {
    registrations.undo();
    this.#collisions.release(id);
    this.#deps.set.exclude(id);
    this.#deps.hooks.removePlugin(id);
    this.#deps.log.error({ plugin: id, err }, 'plugin/start-failed');
    await this.#deps.databases.close(id);
    const reason = reasonOf(err);
    this.#note(id, 'failed', { reason });
    if (definition.onBootFailure !== 'abort') return;
    await this.#stop();
    throw new AppError('config/invalid', { cause: err, details: { plugin: id, reason } });
  }

  /** Why a requirement that was installed is not in service, with the chain of reasons. */
  #lostRequirement({ definition }: Pick<FoundPlugin, 'definition'>): string | undefined {
    for (const id of definition.requires ?? []) {
      const report = this.#reports.get(id);
      if (report?.state === 'failed') return `requires ${id}: failed: ${report.reason ?? ''}`;
      if (report?.state === 'quarantined')
        return `requires ${id}: quarantined: ${report.reason ?? ''}`;
      if (report?.state === 'refused') return `requires ${id}: ${report.reason ?? ''}`;
    }
    return undefined;
  }

  #faults(): readonly SiteFault[] {
    const { enabling, sites } = this.#deps;
    return sites.flatMap((site) => enabling.faults(site.id));
  }

  /** What keeps a plugin off for a site or a group where it is said to be on, or half able. */
  #problems(id: string, faults: readonly SiteFault[]): readonly PluginProblem[] {
    const own = faults.filter(({ plugin }) => plugin === id);
    const names = this.#missing.get(id) ?? [];
    return [
      ...own.map((fault) => ({ site: fault.site, text: formatIssue(fault) })),
      ...(names.length === 0
        ? []
        : [{ text: `pending migrations: run "estafette migrate" (${names.join(', ')})` }]),
    ];
  }

  async #findMissing(plugin: FoundPlugin): Promise<void> {
    const names = await this.#deps.pending(plugin);
    if (names.length > 0) this.#missing.set(plugin.id, names);
    else this.#missing.delete(plugin.id);
  }

  async #recheck(): Promise<void> {
    const incomplete = this.#deps.found.filter(({ id }) => this.#missing.has(id));
    for (const plugin of incomplete) await this.#findMissing(plugin);
  }

  #startDeps() {
    return {
      ...this.#deps,
      config: (plugin: string, where: PluginPlace) => this.#config(plugin, where),
      site: (id: SiteId) => this.#site(id),
      siteIds: [...this.#sites.keys()],
      activateMs: this.#deps.deadlines?.activateMs ?? ACTIVATE_MS,
    };
  }

  #config(plugin: string, where: PluginPlace): Plain {
    const { site, groups } = typeof where === 'string' ? { site: where } : where;
    const { set, enabling } = this.#deps;
    if (set.isReached(site, plugin)) {
      const parsed = enabling.config(plugin, { site, groups });
      if (parsed.ok) return parsed.value;
    }
    throw new AppError('internal/unexpected', { details: { plugin, site, problem: 'off' } });
  }

  #site(id: SiteId): Site {
    const site = this.#sites.get(id);
    if (site) return site;
    throw new AppError('site/unknown', { details: { site: id } });
  }

  #quarantine(id: string, reason: string): void {
    const report = this.#reports.get(id);
    if (report?.state !== 'active') return;
    this.#deps.set.exclude(id);
    // It does not come back in this process: its timers, threads and jobs end with it.
    this.#started.find(({ plugin }) => plugin.id === id)?.registrations.undo();
    this.#deps.hooks.invalidate();
    this.#reports.set(id, { ...report, state: 'quarantined', reason, sites: [] });
    this.#deps.log.error({ plugin: id, reason }, 'plugin/quarantined');
    // It would call what is no longer there, and say that it is in service.
    for (const { plugin } of [...this.#started]) {
      const lost = this.#lostRequirement(plugin);
      if (lost !== undefined) this.#quarantine(plugin.id, lost);
    }
  }

  #review(id: string): void {
    const states = [...this.#deps.hooks.isolator.breakers(id).values()];
    const open = states.filter((state) => state === 'open').length;
    if (open < QUARANTINE_BREAKERS_MIN || open * 2 <= states.length) return;
    this.#quarantine(id, `failing on ${open} of ${states.length} hooks`);
  }

  /** Last started first: nobody loses a requirement while running. */
  async #stop(): Promise<void> {
    for (const started of this.#started.splice(0).reverse()) await this.#stopOne(started);
  }

  async #stopOne({ plugin, registrations }: Started): Promise<void> {
    const { log, set, hooks, deadlines } = this.#deps;
    const { id, definition } = plugin;
    set.exclude(id);
    registrations.undo();
    hooks.removePlugin(id);
    const work = runAs({ plugin: id, hook: 'deactivate' }, async () => definition.deactivate?.());
    const ms = deadlines?.deactivateMs ?? DEACTIVATE_MS;
    await withDeadline(work, ms, () => new Error(`deactivate: no answer in ${ms} ms`)).catch(
      (error: unknown) => log.error({ plugin: id, err: toError(error) }, 'plugin/stop-failed'),
    );
    await this.#deps.databases.close(id);
    this.#note(id, 'stopped');
  }
}

const publicRoutes = (plugin: RunningPlugin): readonly string[] =>
  plugin.routes
    .filter((route) => route.options.public)
    .map((route) => `/${plugin.id}${route.path}`);

/** What an operator can act on: our own errors say what they mean in their details. */
function reasonOf(error: Error): string {
  if (!(error instanceof AppError)) return error.message;
  const details = Object.entries(error.details)
    .filter(([name]) => name !== 'plugin')
    .map(([name, value]) => `${name} ${String(value)}`);
  return [error.code, ...details].join(', ');
}

/** What the configuration asks for and cannot have: told at boot, not discovered by agents. */
function findUnusable(deps: HostDeps): readonly string[] {
  const usable = new Set(deps.found.map(({ id }) => id));
  const hidden = deps.broken.filter(({ id, issue }) => usable.has(id) && !issue);
  const files = deps.files ?? NO_FILES;
  const unloaded = (deps.unloaded ?? []).map(({ id }) => id);
  const installed = [...[...deps.found, ...deps.broken].map(({ id }) => id), ...unloaded];
  const order = checkOrder({
    order: deps.order ?? {},
    plugins: installed,
    hooks: [...deps.hooks.definitions().keys()],
    source: files.plugins,
  });
  return [
    ...hidden.map(({ id, reason }) => `plugin ${id}: ${reason}`),
    ...deps.broken.flatMap(({ issue }) => (issue ? formatIssue(issue) : [])),
    ...order.map(formatIssue),
    ...checkGrants({
      grants: deps.grants,
      found: deps.found,
      installed,
      source: files.plugins,
    }).map(formatIssue),
    ...checkOrigins({
      origins: deps.origins ?? {},
      found: deps.found,
      installed,
      source: files.plugins,
    }).map(formatIssue),
    ...checkSiteFiles({ ...deps, unloaded, sources: files.sites }).map(formatIssue),
    ...checkSignIn({
      sites: deps.sites,
      found: deps.found,
      enabling: deps.enabling,
      sources: files.sites,
    }).map(formatIssue),
    ...checkSettings({ ...deps, origins: deps.origins ?? {} }).map(formatIssue),
  ];
}
