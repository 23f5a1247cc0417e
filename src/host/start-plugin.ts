import { withDeadline } from '../base/async';
import type { SiteId } from '../base/types';
import { runAs } from '../kernel/isolate';
import type { Jobs } from '../kernel/job-types';
import { type ContextDeps, createPluginContext, type Registrations } from './context';
import type { PluginContext } from './context-types';
import type { DavHandler } from './dav-types';
import type { PluginDefinition, PluginJob } from './define';
import type { FoundPlugin } from './discover';
import type { PluginSet } from './plugin-set';
import type { PluginRoute } from './route-types';
import { collectRoutes } from './router';

/** For its routes, and then for its activation (plugins.md 3.1). */
export const ACTIVATE_MS = 10_000;

/** A started plugin. */
export interface RunningPlugin {
  readonly id: string;
  readonly definition: PluginDefinition;
  readonly context: PluginContext;
  readonly dir: string;
  readonly routes: readonly PluginRoute[];
  readonly dav?: DavHandler | undefined;
}

export interface StartDeps extends ContextDeps {
  readonly jobs: Jobs;
  readonly set: PluginSet;
  readonly siteIds: readonly SiteId[];
  readonly activateMs: number;
}

/** Registers what a plugin declares and activates it; rejects with the reason, undoing nothing. */
export async function startPlugin(
  plugin: FoundPlugin,
  deps: StartDeps,
  registrations: Registrations,
): Promise<RunningPlugin> {
  const { id, definition, dir } = plugin;
  for (const locale of deps.texts.locales) deps.texts.add(id, locale, plugin.locales[locale]);
  const context = createPluginContext(plugin, deps, registrations);
  const routes = await loadRoutes(plugin, deps.activateMs);
  const dav = await loadDav(plugin, deps.activateMs);
  for (const job of definition.contributes?.jobs ?? []) addJob(job, context, deps, registrations);
  await within(id, 'activate', deps.activateMs, () => definition.activate?.(context));
  return { id, definition, context, dir, routes, dav };
}

/** The routes of a plugin that is not activated; rejects with what is wrong with them. */
export async function loadRoutes(
  { id, definition: { contributes } }: Pick<FoundPlugin, 'id' | 'definition'>,
  ms: number,
): Promise<readonly PluginRoute[]> {
  const load = contributes?.routes;
  const loaded = load ? await within(id, 'routes', ms, () => load()) : undefined;
  return collectRoutes(id, loaded?.routes, contributes);
}

async function loadDav(
  { id, definition }: FoundPlugin,
  ms: number,
): Promise<DavHandler | undefined> {
  const load = definition.contributes?.dav?.load;
  if (!load) return undefined;
  const { dav } = await within(id, 'dav', ms, () => load());
  if (typeof dav !== 'function') throw new Error('contributes.dav: no handler "dav"');
  return dav;
}

const within = <T>(
  plugin: string,
  what: string,
  ms: number,
  run: () => T | Promise<T>,
): Promise<T> =>
  withDeadline(
    runAs({ plugin, hook: what }, async () => run()),
    ms,
    () => new Error(`${what}: no answer in ${ms} ms`),
  );

function addJob(
  job: PluginJob,
  context: PluginContext,
  { jobs, set, siteIds }: StartDeps,
  registrations: Registrations,
): void {
  // Every site: an administrator may turn the plugin on meanwhile.
  const sites = job.perSite ? siteIds : [undefined];
  for (const site of sites) {
    const id = [context.id, job.id, ...(site === undefined ? [] : [site])].join(':');
    // Asked at each run: a plugin can be taken out of service meanwhile, or be on nowhere.
    const isInService = (): boolean =>
      site === undefined ? set.sitesOf(context.id).length > 0 : set.isReached(site, context.id);
    const run = async (signal: AbortSignal): Promise<void> => {
      await runAs({ plugin: context.id, hook: `job:${job.id}` }, async () =>
        job.run(context, { ...(site !== undefined && { site }), signal }),
      );
    };
    registrations.add(
      jobs.add({ id, every: job.every, timeoutS: job.timeoutS, isDue: isInService, run }),
    );
  }
}
