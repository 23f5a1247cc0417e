import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { systemClock } from '../../../src/base/clock';
import { silentLog } from '../../../src/base/log';
import type { SiteId, UserId } from '../../../src/base/types';
import { coreMigrations } from '../../../src/host/core-migrations';
import type { PluginDefinition } from '../../../src/host/define';
import type { BrokenPlugin, FoundPlugin } from '../../../src/host/discover';
import { grantAll } from '../../../src/host/grants';
import { HOOK_TABLES } from '../../../src/host/hook-tables';
import { type Host, type HostDeps, startHost } from '../../../src/host/host';
import { createPluginDatabases } from '../../../src/host/plugin-databases';
import { createPluginSet } from '../../../src/host/plugin-set';
import { portTimeoutMs } from '../../../src/host/ports';
import { createTestCore, type TestCore } from '../../../src/host/testing/core';
import { createTestEnabling, filesOf } from '../../../src/host/testing/enabling';
import { plainSite } from '../../../src/host/testing/sites';
import type { PluginTestOptions } from '../../../src/host/testing/types';
import { openDatabase } from '../../../src/kernel/db';
import { createHooks, type Hooks } from '../../../src/kernel/hooks';
import { createTexts } from '../../../src/kernel/i18n';
import { createJobs } from '../../../src/kernel/jobs';
import { createMeter, createMetrics } from '../../../src/kernel/meter';
import { migrate } from '../../../src/kernel/migrate';
import { createServices } from '../../../src/kernel/services';
import { createSettings } from '../../../src/settings';
import { locksOf, type Site } from '../../../src/sites';

export const SITE_A = 'a' as SiteId;
export const SITE_B = 'b' as SiteId;

/** A site with these plugins on. */
export const aSite = (
  id: string,
  plugins: Readonly<Record<string, unknown>>,
  more: Partial<Site> = {},
): Site => ({ ...plainSite(id), title: id, plugins, ...more });

export const aPlugin = <C = unknown>(
  id: string,
  more: Partial<PluginDefinition<C>> = {},
): PluginDefinition => ({ id, api: '^1.0', title: `${id}:title`, ...more }) as PluginDefinition;

export const asFound = (definition: PluginDefinition): FoundPlugin => ({
  id: definition.id,
  version: '1.2.3',
  dir: '',
  definition,
  migrations: [],
  locales: { fr: { title: `Titre ${definition.id}` }, en: { title: `Title ${definition.id}` } },
});

type Overrides = Partial<
  Pick<
    HostDeps,
    | 'grants'
    | 'files'
    | 'order'
    | 'pending'
    | 'quarantined'
    | 'deadlines'
    | 'createFetch'
    | 'secret'
  >
>;

export interface HostInput extends Overrides {
  /** What the capabilities of contexts answer. */
  readonly given?: Pick<PluginTestOptions<unknown>, 'mail' | 'send' | 'directory'>;
  readonly plugins: readonly PluginDefinition[];
  /** `config/plugins.json`: plugin id → defaults. */
  readonly defaults?: Readonly<Record<string, unknown>>;
  readonly broken?: readonly BrokenPlugin[];
  /** By default one site, `a`, with every plugin on. */
  readonly sites?: readonly Site[];
}

export interface HostTest {
  readonly core: TestCore;
  readonly host: Host;
  readonly hooks: Hooks;
  readonly world: Awaited<ReturnType<typeof createWorld>>;
  stop(): Promise<void>;
}

/** What a host stands on: the real kernel, with a database in memory. */
export async function createWorld({
  sites,
  found,
  files,
}: Pick<Required<HostDeps>, 'sites' | 'found' | 'files'>) {
  const log = silentLog();
  const clock = systemClock;
  const set = createPluginSet({ sites, enabling: () => enabling });
  const hooks = createHooks({
    log,
    clock,
    meter: createMeter(createMetrics()),
    isEnabled: set.isEnabled,
    rank: (plugin) => set.rank(plugin),
  });
  for (const table of HOOK_TABLES) hooks.define(table);
  const coreDir = mkdtempSync(path.join(tmpdir(), 'estafette-texts-'));
  const core = { app: { slotUnavailable: '{{name}} indisponible' } };
  writeFileSync(path.join(coreDir, 'fr.json'), JSON.stringify(core));
  const texts = createTexts({ coreDir, fallback: 'fr' });
  rmSync(coreDir, { recursive: true });
  const db = await openDatabase({ client: 'sqlite', filename: ':memory:', log });
  await migrate(db, [coreMigrations]);
  const databases = createPluginDatabases({ place: ':memory:', log });
  const jobs = createJobs({ db, clock, log, instanceId: 'test' });
  const settings = createSettings({ db, clock, locked: locksOf(sites) });
  const services = createServices({
    isEnabled: set.isReached,
    isolator: hooks.isolator,
    timeoutMs: portTimeoutMs,
  });
  const enabling = createTestEnabling({ db, clock, hooks, sites, found, files });
  return { log, clock, set, enabling, hooks, services, texts, db, databases, jobs, settings };
}

const open: HostTest[] = [];

/** Starts a host; {@link stopAll} ends every one of them. */
export async function startTest(input: HostInput): Promise<HostTest> {
  const on = Object.fromEntries(input.plugins.map(({ id }) => [id, true]));
  const sites = input.sites ?? [aSite('a', on)];
  const found = input.plugins.map(asFound);
  const files = input.files ?? filesOf(sites, input.defaults ?? {});
  const world = await createWorld({ sites, found, files });
  const core = createTestCore(
    { plugin: { id: 'any', api: '^1.0', title: 'any:title' }, ...input.given },
    {
      user: () => ({ id: 1 as UserId, name: 'Camille Durand', mail: 'camille@a.example' }),
      sites,
      scope: (site) => ({ site: site as SiteId }),
    },
  );
  if (core.directory) {
    world.services.provide('core', 'directory', core.directory, { fallback: true });
  }
  try {
    const host = await startHost({
      ...world,
      core: { ...core, pages: () => NO_PAGES },
      found,
      broken: input.broken ?? [],
      sites,
      files,
      grants: input.grants ?? grantAll(input.plugins.map(asFound)),
      ...(input.order && { order: input.order }),
      pending: input.pending ?? (async () => []),
      ...(input.quarantined && { quarantined: input.quarantined }),
      createFetch:
        input.createFetch ??
        (() => async () => {
          throw new Error('no network');
        }),
      secret: input.secret ?? (() => undefined),
      deadlines: input.deadlines ?? { activateMs: 50, deactivateMs: 50 },
    });
    const test: HostTest = {
      host,
      hooks: world.hooks,
      world,
      core,
      async stop() {
        await host.stop();
        await core.close();
        await world.db.close();
      },
    };
    open.push(test);
    return test;
  } catch (error) {
    await world.db.close();
    throw error;
  }
}

/** No page is made in these tests: views are those of the test kit for plugins. */
const NO_PAGES = {
  render: async (view: string) => `<p>${view}</p>`,
  open: () => [],
};

export const stopAll = async (): Promise<void> => {
  for (const test of open.splice(0)) await test.stop();
};

/** State and reason of a plugin, as an operator reads them. */
export const lineOf = ({ host }: HostTest, id: string) => {
  const report = host.state().find((plugin) => plugin.id === id);
  return report && { state: report.state, reason: report.reason };
};

export const HANGS = (): Promise<never> => new Promise(() => {});

/** Writes files under a temporary folder: relative path → content. */
export function tempTree(files: Readonly<Record<string, string>>): string {
  const root = mkdtempSync(path.join(tmpdir(), 'estafette-test-'));
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
    writeFileSync(path.join(root, name), content);
  }
  return root;
}
