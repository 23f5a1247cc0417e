import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { systemClock } from '../../../src/base/clock';
import { silentLog } from '../../../src/base/log';
import type { SiteId } from '../../../src/base/types';
import { composeHooks } from '../../../src/compose';
import type { PluginDefinition } from '../../../src/host/define';
import type { BrokenPlugin, FoundPlugin } from '../../../src/host/discover';
import { type Host, type HostDeps, startHost } from '../../../src/host/host';
import { createPluginSet } from '../../../src/host/plugin-set';
import { layer } from '../../../src/kernel/config-layer';
import { openDatabase } from '../../../src/kernel/db';
import { createHooks, type Hooks } from '../../../src/kernel/hooks';
import { createTexts } from '../../../src/kernel/i18n';
import { createJobs, jobMigrations } from '../../../src/kernel/jobs';
import { createMeter, createMetrics } from '../../../src/kernel/meter';
import { migrate } from '../../../src/kernel/migrate';
import { createServices } from '../../../src/kernel/services';
import { mailHooks } from '../../../src/mail';
import { sessionHooks, sessionMigrations } from '../../../src/session';
import { createSettings, settingsMigrations } from '../../../src/settings';
import type { Site } from '../../../src/sites';

export const SITE_A = 'a' as SiteId;
export const SITE_B = 'b' as SiteId;

const SERVER = { host: '127.0.0.1', security: 'none' } as const;

/** A site with these plugins on. */
export const aSite = (
  id: string,
  plugins: Readonly<Record<string, unknown>>,
  more: Partial<Site> = {},
): Site => ({
  id: id as SiteId,
  hosts: [`${id}.example`],
  title: id,
  tagline: '',
  mailDomains: [`${id}.example`],
  skin: 'base',
  locale: 'fr',
  timeZone: 'Europe/Paris',
  imap: { ...SERVER, port: 143 },
  smtp: { ...SERVER, port: 25, auth: 'none' },
  signIn: { kind: 'imap' },
  support: { name: 'Support' },
  session: { idleMinutes: 60, absoluteHours: 12 },
  limits: { messageBytes: 1_000_000, recipients: 10, pageSize: 50, undoSeconds: 8 },
  plugins,
  locked: [],
  taskbar: [],
  links: [],
  ...more,
});

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
  Pick<HostDeps, 'defaults' | 'pending' | 'deadlines' | 'createFetch' | 'secret'>
>;

export interface HostInput extends Overrides {
  readonly plugins: readonly PluginDefinition[];
  readonly broken?: readonly BrokenPlugin[];
  /** By default one site, `a`, with every plugin on. */
  readonly sites?: readonly Site[];
}

export interface HostTest {
  readonly host: Host;
  readonly hooks: Hooks;
  readonly world: Awaited<ReturnType<typeof createWorld>>;
  stop(): Promise<void>;
}

/** What a host stands on: the real kernel, with a database in memory. */
export async function createWorld() {
  const log = silentLog();
  const clock = systemClock;
  const set = createPluginSet();
  const hooks = createHooks({
    log,
    clock,
    meter: createMeter(createMetrics()),
    isEnabled: (site, plugin) => set.isEnabled(site, plugin),
    rank: (plugin) => set.rank(plugin),
    mode: 'development',
  });
  for (const table of [sessionHooks, mailHooks, composeHooks]) hooks.define(table);
  const coreDir = mkdtempSync(path.join(tmpdir(), 'estafette-texts-'));
  const core = { app: { slotUnavailable: '{{name}} indisponible' } };
  writeFileSync(path.join(coreDir, 'fr.json'), JSON.stringify(core));
  const texts = createTexts({ coreDir, fallback: 'fr' });
  rmSync(coreDir, { recursive: true });
  const db = await openDatabase({ client: 'sqlite', filename: ':memory:', log });
  await migrate(db, [
    { owner: 'core', migrations: [...sessionMigrations, ...settingsMigrations] },
    jobMigrations,
  ]);
  const jobs = createJobs({ db, clock, log, instanceId: 'test' });
  const settings = createSettings({ db, clock });
  return { log, clock, set, hooks, services: createServices(set), texts, db, jobs, settings };
}

const open: HostTest[] = [];

/** Starts a host; {@link stopAll} ends every one of them. */
export async function startTest(input: HostInput): Promise<HostTest> {
  const world = await createWorld();
  const on = Object.fromEntries(input.plugins.map(({ id }) => [id, true]));
  try {
    const host = await startHost({
      ...world,
      found: input.plugins.map(asFound),
      broken: input.broken ?? [],
      sites: input.sites ?? [aSite('a', on)],
      defaults: input.defaults ?? {},
      layer: (base, ...over) => layer(base, ...over),
      pending: input.pending ?? (async () => []),
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
      async stop() {
        await host.stop();
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
