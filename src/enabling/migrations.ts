import type { Migration } from '../kernel/db-types';

/** What administrators changed: the last row of a site, group and path is in force. */
export const enablingMigrations: readonly Migration[] = [
  {
    name: 'enabling-0001',
    async up(knex) {
      await knex.schema.createTable('config_changes', (table) => {
        table.increments('id');
        // `*` for every site.
        table.string('site', 64).notNullable();
        table.string('group_id', 64);
        table.string('path', 128).notNullable();
        // JSON; null where the administrator says nothing any more.
        table.text('value');
        table.text('previous');
        table.string('author', 256).notNullable();
        table.string('at', 24).notNullable();
        // The row that took this one back.
        table.integer('undone_by');
        table.index(['site', 'group_id', 'path', 'id']);
      });
    },
    async down(knex) {
      await knex.schema.dropTable('config_changes');
    },
  },
];
