import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import type { Audit } from '../audit';
import { type Clock, isoNow } from '../base/clock';
import type { SiteId } from '../base/types';
import type { Enabling, KnownUser } from '../enabling';
import type { PluginDefinition } from '../host/define';
import type { FoundPlugin, UnloadedPlugin } from '../host/discover';
import type { Host } from '../host/host';
import { type IntegrityFile, readIntegrity } from '../host/package-integrity';
import { platformVersion } from '../host/platform-version';
import type { PluginDatabases } from '../host/plugin-databases';
import { enablingPlugin, unreadPlugin } from '../host/plugin-faults';
import { FACTOR_PORT } from '../host/sign-in-guards';
import type { Database } from '../kernel/db-types';
import type { JobStatus } from '../kernel/job-runs';
import type { Jobs } from '../kernel/job-types';
import type { Meter } from '../kernel/meter';
import type { Services } from '../kernel/services';
import { countOpenSessions, countUsers } from '../session';
import type { AppConfig } from '../sites';
import type { AdminDeps, InstalledPlugin } from '../web/routes/admin/deps';
import type { IsolationReport } from './isolation';

export interface AdminSources {
  readonly config: AppConfig;
  readonly db: Database;
  readonly databases: Pick<PluginDatabases, 'pending'>;
  readonly clock: Clock;
  readonly host: Host;
  readonly found: readonly FoundPlugin[];
  readonly unloaded: readonly UnloadedPlugin[];
  readonly grants: Readonly<Record<string, readonly string[]>>;
  readonly services: Services;
  readonly jobs: Jobs;
  readonly jobRuns: { read(): Promise<ReadonlyMap<string, JobStatus>> };
  readonly meter: Meter;
  readonly enabling: Enabling;
  readonly audit: Audit;
  readonly findPerson: (site: SiteId, name: string) => Promise<KnownUser | undefined>;
  readonly assetsDir: string;
  /** Warnings of the start that the host does not know. */
  readonly warnings: readonly string[];
  readonly isolation: () => IsolationReport | undefined;
}

/** What the administration area reads, from every floor below. */
export function createAdmin(sources: AdminSources): AdminDeps {
  const { config, db, databases, clock, host, found, services, enabling, audit, meter } = sources;
  return {
    version: platformVersion(config.root),
    mode: config.mode,
    startedAt: clock.now(),
    sites: config.sites,
    enabling,
    audit,
    installed: installedPlugins(sources),
    boot: () => ({
      warnings: [...host.report.warnings, ...sources.warnings],
      ms: host.report.ms,
    }),
    process: sources.isolation,
    costs: meter.pluginStats,
    jobs: async () => {
      const last = await sources.jobRuns.read();
      const none = { isRunning: false, runs: 0, failures: 0 };
      return sources.jobs.list().map(({ id, every }) => ({ ...none, ...last.get(id), id, every }));
    },
    async migrations(id) {
      const plugin = found.find((candidate) => candidate.id === id);
      if (!plugin || plugin.migrations.length === 0) return [];
      const { migrations } = plugin;
      // Each plugin has a database of its own.
      const missing = await databases.pending({ owner: id, migrations });
      const names = new Set(missing.map(({ name }) => name));
      return migrations.map(({ name }) => ({ name, isPending: names.has(name) }));
    },
    countUsers: () => countUsers(db),
    openSessions: (site) => countOpenSessions(db, isoNow(clock), site),
    findPerson: sources.findPerson,
    // One that is not in service is wanted all the same: who gave it in their session may repair it.
    hasSecondFactor(site, groups) {
      if (host.signInClosed(site) !== undefined) return true;
      if (services.get(site, FACTOR_PORT) === undefined) return false;
      if (groups === undefined) return true;
      // As the ministry says of the groups of somebody, whatever they chose for themselves.
      const own = enabling.enabledFor({ site, groups });
      const provides = ({ definition }: FoundPlugin) => definition.provides?.includes(FACTOR_PORT);
      return found.some((plugin) => provides(plugin) && own.has(plugin.id));
    },
  };
}

function installedPlugins({
  config,
  found,
  unloaded,
  grants,
  assetsDir,
}: AdminSources): InstalledPlugin[] {
  const weights = readWeights(assetsDir);
  const recorded = recordOf(config);
  // Of code that was not loaded nothing is known but where it is.
  const unread = unloaded.map((plugin) => ({
    ...plugin,
    ...unreadPlugin(plugin.id),
    definition: unknownDefinition(plugin.id),
  }));
  const read = found.map((plugin) => ({ ...plugin, ...enablingPlugin(plugin) }));
  return [...read, ...unread].map((plugin): InstalledPlugin => {
    const { id, version, definition, dir, schema } = plugin;
    const place = path.relative(config.root, dir);
    const name = packageName(dir);
    const integrity = name === undefined ? undefined : recorded[name]?.integrity;
    return {
      id,
      schema,
      requires: definition.requires,
      provides: definition.provides,
      version,
      definition,
      source: {
        kind: place.startsWith(`plugins${path.sep}`) ? 'folder' : 'package',
        path: place,
        ...(integrity !== undefined && { integrity }),
      },
      granted: Object.hasOwn(grants, id) ? (grants[id] ?? []) : [],
      assets: weights.filter((asset) => asset.name.startsWith(`${id}/`)),
    };
  });
}

const unknownDefinition = (id: string): PluginDefinition => ({ id, api: '', title: id });

const manifestShape = z.record(
  z.string(),
  z.looseObject({
    bytes: z.number(),
    gzip: z.number().optional(),
    br: z.number().optional(),
  }),
);

/** Bytes of each asset as it is and as a browser receives it. */
function readWeights(dir: string): InstalledPlugin['assets'] {
  const file = path.join(dir, 'manifest.json');
  if (!existsSync(file)) return [];
  const manifest = manifestShape.parse(JSON.parse(readFileSync(file, 'utf8')));
  return Object.entries(manifest).map(([name, { bytes, gzip, br }]) => ({
    name,
    bytes,
    sent: br ?? gzip ?? bytes,
  }));
}

/** What was recorded of packages; a file that cannot be read was told at boot. */
function recordOf({ root, sources }: AppConfig): IntegrityFile {
  try {
    return readIntegrity(path.dirname(path.resolve(root, sources.plugins.file)));
  } catch {
    return {};
  }
}

const packageShape = z.looseObject({ name: z.string() });

function packageName(dir: string): string | undefined {
  const file = path.join(dir, 'package.json');
  if (!existsSync(file)) return undefined;
  const parsed = packageShape.safeParse(JSON.parse(readFileSync(file, 'utf8')));
  return parsed.success ? parsed.data.name : undefined;
}
