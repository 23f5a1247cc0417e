import path from 'node:path';
import { AppError } from '../../base/errors';
import { silentLog } from '../../base/log';
import type { UserId } from '../../base/types';
import { openDatabase } from '../../kernel/db';
import type { Database } from '../../kernel/db-types';
import type { GuardedFetch } from '../../kernel/fetch';
import { createHooks } from '../../kernel/hooks';
import { createTexts } from '../../kernel/i18n';
import { createJobs } from '../../kernel/jobs';
import { createMeter, createMetrics } from '../../kernel/meter';
import { migrate } from '../../kernel/migrate';
import { createServices } from '../../kernel/services';
import { createSettings } from '../../settings';
import { locksOf } from '../../sites';
import { createRenderer, loadAssets } from '../../view';
import { coreMigrations } from '../core-migrations';
import type { PluginDefinition } from '../define';
import { type FoundPlugin, readResources } from '../discover';
import { grantAll } from '../grants';
import { HOOK_TABLES } from '../hook-tables';
import { startHost } from '../host';
import { parseManifest } from '../manifest';
import { createPluginDatabases } from '../plugin-databases';
import { createPluginSet } from '../plugin-set';
import { IN_MEMORY } from '../plugin-store';
import { portTimeoutMs } from '../ports';
import { createSlotSource } from '../slot-source';
import { createTestClock } from './clock';
import { createTestCore, type TestCore } from './core';
import { createTestEnabling, filesOf } from './enabling';
import { createPerson } from './person';
import { findPluginDir, platformRoot } from './root';
import { buildSites, TEST_SITE } from './sites';
import type { PluginTestOptions } from './types';

/** Who handles hooks for a test, beside the plugin. */
export const OTHER_PLUGIN = 'test-other';
const USER = { name: 'Camille Durand', mail: 'camille.durand@test.example' };

export type World = Awaited<ReturnType<typeof createWorld>>;

/** Everything of the platform that a plugin touches, real but for mail, directory and network. */
export async function createWorld<C>(options: PluginTestOptions<C>) {
  const root = platformRoot();
  const log = silentLog();
  const clock = createTestClock();
  const metrics = createMetrics();
  const meter = createMeter(metrics);
  const sites = buildSites(options);
  const set = createPluginSet({ sites, enabling: () => enabling });
  const failures: { plugin: string; hook: string; error: Error }[] = [];
  const hooks = createHooks({
    log,
    clock,
    meter,
    isEnabled: (site, plugin, plugins) =>
      plugin === OTHER_PLUGIN || set.isEnabled(site, plugin, plugins),
    rank: (plugin) => set.rank(plugin),
    onReported: ({ plugin, hook, err: error }) => void failures.push({ plugin, hook, error }),
  });
  const services = createServices({
    isEnabled: set.isReached,
    isolator: hooks.isolator,
    timeoutMs: portTimeoutMs,
  });
  for (const table of HOOK_TABLES) hooks.define(table);
  const texts = createTexts({ coreDir: path.join(root, 'locales'), fallback: 'fr' });
  const found = [...(options.with ?? []).map((one) => asFound(one)), foundOf(options)];

  const db = await openDatabase({ client: 'sqlite', filename: ':memory:', log });
  await migrate(db, [coreMigrations]);
  const databases = createPluginDatabases({ place: IN_MEMORY, log });
  for (const { id, migrations } of found) await databases.migrate({ owner: id, migrations });
  const user = await addUser(db);
  const settings = createSettings({ db, clock, locked: locksOf(sites) });
  await settings.write(user.id, options.plugin.id, options.settings ?? {});
  const jobs = createJobs({ db, clock, log, instanceId: 'test' });

  const files = filesOf(sites, { [options.plugin.id]: options.defaults ?? {} });
  const enabling = createTestEnabling({ db, clock, hooks, sites, found, files });
  const core: TestCore = createTestCore(options, {
    user: () => user,
    sites,
    scope: (site) => person.scope(site),
  });
  if (core.directory) services.provide('core', 'directory', core.directory, { fallback: true });
  const person = createPerson(options, { enabling, settings, user, ref: core.ref });
  const host = await startHost({
    log,
    clock,
    hooks,
    services,
    texts,
    databases,
    settings,
    jobs,
    set,
    enabling,
    found,
    broken: [],
    sites,
    files,
    grants: grantAll(found),
    origins: { [options.plugin.id]: options.origins ?? [] },
    pending: async () => [],
    core: {
      ...core,
      pages: () => ({
        render: (view, model, { site, locale }) =>
          renderer.fragment(
            {
              site,
              skin: 'base',
              locale,
              timeZone: 'Europe/Paris',
              scope: { site },
              csrf: '',
            },
            { view, model, shell: undefined, facts: { site: { id: site, title: '' } } },
          ),
        open: (_site, who) => (who === user.id ? [core.page] : []),
      }),
    },
    createFetch: () => fetchFrom(options.http),
    secret: (_plugin, name) => options.secrets?.[name],
    ...(options.deadlines && { deadlines: options.deadlines }),
  }).catch(async (error: unknown) => {
    await databases.closeAll();
    await db.close();
    throw error;
  });
  const skin = { id: 'base', dir: path.join(root, 'skins', 'base'), includes: new Set<string>() };
  const renderer = createRenderer({
    // The base skin alone: a plugin's views use nothing of a ministry's.
    skins: { chain: () => [skin] },
    assets: loadAssets(path.join(root, 'dist', 'assets')),
    texts,
    slots: createSlotSource({ running: host.running, hooks, texts }),
    pluginViews: (id) => {
      const dir = found.find((plugin) => plugin.id === id)?.dir;
      return dir === undefined || dir === '' ? undefined : path.join(dir, 'views');
    },
    now: () => clock.now(),
  });
  return {
    core,
    /** Challenges that routes of the plugin marked as satisfied. */
    satisfied: [] as string[],
    /** What a test says of each of them. */
    satisfy: options.satisfy ?? (() => {}),
    clock,
    hooks,
    failures,
    texts,
    db,
    databases,
    user,
    person,
    settings,
    jobs,
    host,
    renderer,
  };
}

function foundOf<C>({ plugin, dir }: PluginTestOptions<C>): FoundPlugin {
  // A definition of C is one of the host, which gives each plugin its own parsed configuration.
  return asFound(plugin as PluginDefinition, dir ?? findPluginDir(plugin.id));
}

/** Throws what the boot report would say of a wrong definition or a broken file. */
function asFound(plugin: PluginDefinition, dir?: string): FoundPlugin {
  const parsed = parseManifest(plugin, plugin.id);
  if (!parsed.ok) throw new Error(`plugin ${plugin.id}: ${parsed.error}`);
  const none = { migrations: [], locales: { fr: {}, en: {} } };
  return {
    id: plugin.id,
    version: plugin.version ?? '0.0.0',
    dir: dir ?? '',
    definition: parsed.value,
    ...(dir === undefined ? none : readResources(plugin.id, dir)),
  };
}

async function addUser(db: Database) {
  const [id] = await db.knex('users').insert({
    site: TEST_SITE,
    login: 'camille.durand',
    ...USER,
    aliases: '[]',
    locale: 'fr',
    created_at: '2026-01-01T00:00:00.000Z',
    signed_in_at: '2026-01-01T00:00:00.000Z',
  });
  return { id: id as UserId, ...USER };
}

const fetchFrom =
  (http: PluginTestOptions<unknown>['http']): GuardedFetch =>
  async (url, { method = 'GET', ...options }) => {
    if (!http) throw new AppError('fetch/failed', { details: { isConnected: false } });
    const answer = await http(String(url), { ...options, method });
    return { headers: {}, ...answer, url: String(url) };
  };
