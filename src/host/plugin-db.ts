import type { Knex } from 'knex';
import { AppError } from '../base/errors';
import type { Database } from '../kernel/db-types';
import type { PluginDatabase } from './context-types';

/** Tables of a plugin: `<id>_*`, dashes as underscores. */
export const tablePrefix = (plugin: string): string => `${plugin.replaceAll('-', '_')}_`;

// knex quotes identifiers with backticks on SQLite and double quotes on PostgreSQL.
const TABLE_IN_SQL = /\b(?:from|join|into|update|table)\s+(?:[`"](\w+)[`"]\.)?[`"](\w+)[`"]/gi;

/** A plugin's view of the database: its own tables, nothing else. */
export function pluginDatabase(plugin: string, db: Database, isGranted: boolean): PluginDatabase {
  const prefix = tablePrefix(plugin);
  const grant = (): void => {
    if (!isGranted) throw new AppError('request/forbidden', { details: { plugin, needs: 'db' } });
  };
  const check = (name: string): string => {
    grant();
    const isOwn = name.startsWith(prefix) && /^[a-z0-9_]+$/.test(name);
    if (!isOwn) throw new AppError('request/forbidden', { details: { plugin, table: name } });
    return name;
  };
  const on =
    (knex: Knex | Knex.Transaction) =>
    (name: string): Knex.QueryBuilder => {
      const query: Knex.QueryBuilder = knex(check(name));
      // A query may still name other tables, in a join or a subquery: seen when it is about to run.
      query.on('start', () => {
        const { sql } = query.toSQL();
        for (const [, schema, table = ''] of sql.matchAll(TABLE_IN_SQL)) check(schema ?? table);
      });
      return query;
    };
  return {
    table: on(db.knex),
    async transaction(run) {
      grant();
      return db.transaction((trx) => run(on(trx)));
    },
  };
}
