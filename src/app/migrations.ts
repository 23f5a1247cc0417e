import { auditMigrations } from '../audit';
import { composeMigrations } from '../compose';
import { enablingMigrations } from '../enabling';
import type { BrokenPlugin, FoundPlugin } from '../host/discover';
import type { Database, MigrationSet } from '../kernel/db-types';
import { toError } from '../kernel/isolate';
import { jobRunMigrations } from '../kernel/job-runs';
import { jobMigrations } from '../kernel/jobs';
import { migrate } from '../kernel/migrate';
import { sessionMigrations } from '../session';
import { settingsMigrations } from '../settings';
import type { AppConfig } from '../sites';
import { installedPlugins } from './plugins';

/** The core's migrations, then each plugin's in its own table. */
function coreAndPluginMigrations(
  found: readonly { readonly id: string; readonly migrations: MigrationSet['migrations'] }[],
): readonly MigrationSet[] {
  const core: MigrationSet = {
    owner: 'core',
    migrations: [
      ...sessionMigrations,
      ...settingsMigrations,
      ...auditMigrations,
      ...enablingMigrations,
      ...composeMigrations,
      ...jobMigrations.migrations,
      ...jobRunMigrations.migrations,
    ],
  };
  const plugins = found.filter(({ migrations }) => migrations.length > 0);
  return [core, ...plugins.map(({ id, migrations }) => ({ owner: id, migrations }))];
}

/** The core's schema or nothing; a plugin whose migration fails is left out, and mail goes on. */
export async function migrateAll(
  db: Database,
  candidates: readonly FoundPlugin[],
): Promise<{ readonly found: readonly FoundPlugin[]; readonly failed: readonly BrokenPlugin[] }> {
  const [core, ...plugins] = coreAndPluginMigrations(candidates);
  if (core) await migrate(db, [core]);
  const failed: BrokenPlugin[] = [];
  for (const set of plugins) {
    try {
      await migrate(db, [set]);
    } catch (error) {
      failed.push({ id: set.owner, reason: toError(error).message });
    }
  }
  const lost = new Set(failed.map(({ id }) => id));
  return { found: candidates.filter(({ id }) => !lost.has(id)), failed };
}

/** What `estafette migrate` applies. */
export const migrationSets = async (config: AppConfig): Promise<readonly MigrationSet[]> =>
  coreAndPluginMigrations(installedPlugins(config).found);
