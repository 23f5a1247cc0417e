import { AppError } from '../base/errors';
import { coreMigrations } from '../host/core-migrations';
import type { BrokenPlugin, FoundPlugin } from '../host/discover';
import { grantProblem } from '../host/grants';
import type { PluginDatabases } from '../host/plugin-databases';
import type { Database, MigrationSet } from '../kernel/db-types';
import { toError } from '../kernel/isolate';
import { migrate } from '../kernel/migrate';
import type { AppConfig } from '../sites';
import { installedPlugins } from './plugins';
import { wantedPackages } from './wanted-packages';

/** Each plugin's migrations, which apply to a database of its own. */
const pluginSets = (
  found: readonly { readonly id: string; readonly migrations: MigrationSet['migrations'] }[],
): readonly MigrationSet[] =>
  found
    .filter(({ migrations }) => migrations.length > 0)
    .map(({ id, migrations }) => ({ owner: id, migrations }));

/**
 * The core's schema or nothing; a plugin whose migration fails is left out, and mail goes on. One
 * that must not be missing (`onBootFailure: 'abort'`) ends the start, as any failure of its own.
 */
export async function migrateAll(
  db: Database,
  databases: Pick<PluginDatabases, 'migrate'>,
  candidates: readonly FoundPlugin[],
  grants: AppConfig['plugins']['grants'],
): Promise<{ readonly found: readonly FoundPlugin[]; readonly failed: readonly BrokenPlugin[] }> {
  // One that is refused for a missing grant makes no tables: the host says by name why.
  const granted = candidates.filter((one) => grantProblem(one, grants) === undefined);
  await migrate(db, [coreMigrations]);
  const vital = new Set(
    granted.filter(({ definition }) => definition.onBootFailure === 'abort').map(({ id }) => id),
  );
  const failed: BrokenPlugin[] = [];
  for (const set of pluginSets(granted)) {
    const { owner } = set;
    try {
      await databases.migrate(set);
    } catch (cause) {
      if (vital.has(owner))
        throw new AppError('config/invalid', { cause, details: { plugin: owner } });
      failed.push({ id: owner, reason: toError(cause).message });
    }
  }
  const lost = new Set(failed.map(({ id }) => id));
  return { found: candidates.filter(({ id }) => !lost.has(id)), failed };
}

/** What `estafette migrate` applies, and the plugins whose code the operator does not let run. */
export async function migrationSets(
  config: AppConfig,
  db: Pick<Database, 'knex'>,
): Promise<{
  readonly sets: readonly MigrationSet[];
  readonly skipped: readonly BrokenPlugin[];
}> {
  // A package that is on nowhere has its tables made by the start that loads it.
  const isWanted = await wantedPackages(config, db, []);
  const plugins = installedPlugins(config, { isWanted }).found.map((plugin) => ({
    ...plugin,
    problem: grantProblem(plugin, config.plugins.grants),
  }));
  return {
    sets: [coreMigrations, ...pluginSets(plugins.filter(({ problem }) => problem === undefined))],
    skipped: plugins.flatMap(({ id, migrations, problem }) =>
      problem === undefined || migrations.length === 0 ? [] : [{ id, reason: problem }],
    ),
  };
}
