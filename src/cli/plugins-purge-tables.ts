import { tablePrefix } from '../host/plugin-db';
import type { Database } from '../kernel/db-types';
import { migrationTable } from '../kernel/migrate';

const MIGRATIONS = 'migrations_';
/** Values that people set, by the plugin's id as scope. */
export const SETTINGS = 'settings';

async function allTables({ knex }: Database): Promise<readonly string[]> {
  const rows: { name: string }[] = await knex('sqlite_master')
    .select('name')
    .where({ type: 'table' });
  return rows.map(({ name }) => name).sort();
}

/**
 * Tables of a plugin, its record of migrations included. `foo_bar_notes` belongs to `foo-bar`, not
 * to `foo`, when there is a `foo-bar`: each plugin with tables has a record of migrations.
 */
export async function tablesOf(db: Database, id: string): Promise<readonly string[]> {
  const all = await allTables(db);
  const own = tablePrefix(id);
  const longer = all
    .filter((name) => name.startsWith(MIGRATIONS))
    .map((name) => `${name.slice(MIGRATIONS.length)}_`)
    .filter((prefix) => prefix !== own && prefix.startsWith(own));
  return all.filter(
    (name) =>
      name === migrationTable(id) ||
      (name.startsWith(own) && !longer.some((prefix) => name.startsWith(prefix))),
  );
}

export interface TableCount {
  readonly table: string;
  readonly rows: number;
}

/** Rows of each table, and of the settings that people made; what is empty and shared is left out. */
export async function countRows(
  { knex }: Database,
  id: string,
  tables: readonly string[],
): Promise<readonly TableCount[]> {
  const counts: TableCount[] = [];
  for (const name of tables) {
    const [row] = await knex(name).count({ rows: '*' });
    counts.push({ table: name, rows: Number(row?.['rows'] ?? 0) });
  }
  if (await knex.schema.hasTable(SETTINGS)) {
    const [row] = await knex(SETTINGS).where({ scope: id }).count({ rows: '*' });
    const rows = Number(row?.['rows'] ?? 0);
    if (rows > 0) counts.push({ table: SETTINGS, rows });
  }
  return counts;
}

/** All or nothing. */
export async function dropAll(
  { knex }: Database,
  id: string,
  tables: readonly string[],
): Promise<void> {
  // Tables of a plugin may refer to one another, in whatever order: nothing holds them back.
  await knex.transaction(
    async (trx) => {
      for (const name of tables) {
        if (name === SETTINGS) await trx(SETTINGS).where({ scope: id }).delete();
        else await trx.schema.dropTable(name);
      }
    },
    { enforceForeignCheck: false },
  );
}

/** Sites where an administrator turned the plugin on, files apart: the latest change of each counts. */
export async function forcedOn({ knex }: Database, id: string): Promise<readonly string[]> {
  if (!(await knex.schema.hasTable('config_changes'))) return [];
  const rows: { site: string; group_id: string | null; value: unknown }[] = await knex(
    'config_changes',
  )
    .select('site', 'group_id', 'value')
    .where({ path: `${id}.enabled` })
    .orderBy('id');
  const latest = new Map(rows.map((row) => [`${row.site}|${row.group_id ?? ''}`, row]));
  return [...latest.values()]
    .filter(({ value }) => value === true || value === 'true')
    .map(({ site }) => site);
}
