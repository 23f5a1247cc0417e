import type { Migration } from '../kernel/db-types';

/** The table of settings; it needs the `users` table, so it comes after the session migrations. */
export const settingsMigrations: readonly Migration[] = [
  {
    name: 'settings-0001',
    async up(knex) {
      await knex.schema.createTable('settings', (table) => {
        table
          .integer('user_id')
          .notNullable()
          .references('id')
          .inTable('users')
          .onDelete('CASCADE');
        table.string('scope', 64).notNullable();
        table.string('key', 128).notNullable();
        table.text('value').notNullable();
        table.string('updated_at', 24).notNullable();
        table.primary(['user_id', 'scope', 'key']);
      });
    },
    async down(knex) {
      await knex.schema.dropTable('settings');
    },
  },
];
