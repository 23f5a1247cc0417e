import type { Knex } from 'knex';
import { AppError } from '../base/errors';
import { currentAttribution } from '../kernel/isolate';
import type { ErasingTables } from '../session';
import { needMissing } from './capabilities/gate';
import type { PluginDatabase } from './context-types';
import type { PluginDatabases } from './plugin-databases';

/** Tables of a plugin: `<id>_*`, dashes as underscores. */
export const tablePrefix = (plugin: string): string => `${plugin.replaceAll('-', '_')}_`;

/** A plugin's tables, in the database that is its own; other names are refused as mistakes. */
function tableOf(plugin: string, knex: () => Knex, name: string): Knex.QueryBuilder {
  if (name.startsWith(tablePrefix(plugin)) && /^[a-z0-9_]+$/.test(name)) return knex()(name);
  throw new AppError('request/forbidden', { details: { plugin, table: name } });
}

/** What a plugin's context has of its database. */
export function pluginDatabase(
  plugin: string,
  databases: Pick<PluginDatabases, 'of'>,
  isGranted: boolean,
): PluginDatabase {
  const need = (): void => {
    if (!isGranted) throw needMissing(plugin, 'db');
  };
  return {
    table(name) {
      need();
      return tableOf(plugin, () => databases.of(plugin).knex(), name);
    },
    async transaction(run) {
      need();
      return databases
        .of(plugin)
        .transaction((trx) => run((name) => tableOf(plugin, () => trx, name)));
    },
  };
}

/** One handle for every handler of `user:erased`: each reaches the tables of its own plugin. */
export const erasingTables = (databases: Pick<PluginDatabases, 'of'>): ErasingTables => ({
  table(name) {
    const plugin = currentAttribution()?.plugin;
    if (plugin === undefined) throw new AppError('request/forbidden', { details: { table: name } });
    return tableOf(plugin, () => databases.of(plugin).knex(), name);
  },
});
