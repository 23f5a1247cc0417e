import type { Knex } from 'knex';
import { AppError } from '../base/errors';
import type { Database } from '../kernel/db-types';
import { needMissing } from './capabilities/gate';
import type { PluginDatabase } from './context-types';
import { createQueryGuard } from './plugin-query';

/** Tables of a plugin: `<id>_*`, dashes as underscores. */
export const tablePrefix = (plugin: string): string => `${plugin.replaceAll('-', '_')}_`;

/** A plugin's view of the database: its own tables, nothing else. */
export function pluginDatabase(plugin: string, db: Database, isGranted: boolean): PluginDatabase {
  const prefix = tablePrefix(plugin);
  const isOwn = (name: string): boolean => name.startsWith(prefix) && /^[a-z0-9_]+$/.test(name);
  const need = (): void => {
    if (!isGranted) throw needMissing(plugin, 'db');
  };
  const guarded = createQueryGuard({ plugin, isOwn });
  const on =
    (knex: Knex | Knex.Transaction) =>
    (name: string): Knex.QueryBuilder => {
      need();
      if (!isOwn(name)) {
        throw new AppError('request/forbidden', { details: { plugin, table: name } });
      }
      return guarded(knex(name));
    };
  return {
    table: on(db.knex),
    async transaction(run) {
      need();
      return db.transaction((trx) => run(on(trx)));
    },
  };
}
