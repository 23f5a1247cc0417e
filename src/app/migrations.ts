import { coreMigrations } from '../host/core-migrations';
import type { BrokenPlugin, FoundPlugin } from '../host/discover';
import { grantProblem } from '../host/grants';
import type { PluginDatabases } from '../host/plugin-databases';
import type { Database, MigrationSet } from '../kernel/db-types';
import { toError } from '../kernel/isolate';
import { migrate } from '../kernel/migrate';
import type { AppConfig } from '../sites';
import { installedPlugins } from './plugins';

/** The core's migrations, then each plugin's, which apply to a database of its own. */
function coreAndPluginMigrations(
  found: readonly { readonly id: string; readonly migrations: MigrationSet['migrations'] }[],
): readonly MigrationSet[] {
  const plugins = found.filter(({ migrations }) => migrations.length > 0);
  return [coreMigrations, ...plugins.map(({ id, migrations }) => ({ owner: id, migrations }))];
}

/** The core's schema or nothing; a plugin whose migration fails is left out, and mail goes on. */
export async function migrateAll(
  db: Database,
  databases: Pick<PluginDatabases, 'migrate'>,
  candidates: readonly FoundPlugin[],
  grants: AppConfig['plugins']['grants'],
): Promise<{ readonly found: readonly FoundPlugin[]; readonly failed: readonly BrokenPlugin[] }> {
  // One that is refused for a missing grant makes no tables: the host says by name why.
  const granted = candidates.filter((one) => grantProblem(one, grants) === undefined);
  const [, ...plugins] = coreAndPluginMigrations(granted);
  await migrate(db, [coreMigrations]);
  const failed: BrokenPlugin[] = [];
  for (const set of plugins) {
    try {
      await databases.migrate(set);
    } catch (error) {
      failed.push({ id: set.owner, reason: toError(error).message });
    }
  }
  const lost = new Set(failed.map(({ id }) => id));
  return { found: candidates.filter(({ id }) => !lost.has(id)), failed };
}

/** What `estafette migrate` applies, and the plugins whose code the operator does not let run. */
export async function migrationSets(config: AppConfig): Promise<{
  readonly sets: readonly MigrationSet[];
  readonly skipped: readonly BrokenPlugin[];
}> {
  const plugins = installedPlugins(config).found.map((plugin) => ({
    ...plugin,
    problem: grantProblem(plugin, config.plugins.grants),
  }));
  return {
    sets: coreAndPluginMigrations(plugins.filter(({ problem }) => problem === undefined)),
    skipped: plugins.flatMap(({ id, migrations, problem }) =>
      problem === undefined || migrations.length === 0 ? [] : [{ id, reason: problem }],
    ),
  };
}
