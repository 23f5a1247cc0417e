import type { Knex } from 'knex';
import { AppError } from '../base/errors';
import type { Database } from '../kernel/db-types';
import type { PluginDatabase } from './context-types';

/** Tables of a plugin: `<id>_*`, dashes as underscores. */
export const tablePrefix = (plugin: string): string => `${plugin.replaceAll('-', '_')}_`;

/** A plugin's view of the database: its own tables, nothing else. */
export function pluginDatabase(plugin: string, db: Database, isGranted: boolean): PluginDatabase {
  const prefix = tablePrefix(plugin);
  const check = (name: string): string => {
    if (!isGranted) throw new AppError('request/forbidden', { details: { plugin, needs: 'db' } });
    const isOwn = name.startsWith(prefix) && /^[a-z0-9_]+$/.test(name);
    if (!isOwn) throw new AppError('request/forbidden', { details: { plugin, table: name } });
    return name;
  };
  const on =
    (knex: Knex | Knex.Transaction) =>
    (name: string): Knex.QueryBuilder =>
      knex(check(name));
  return {
    table: on(db.knex),
    transaction: (run) => db.transaction((trx) => run(on(trx))),
  };
}
