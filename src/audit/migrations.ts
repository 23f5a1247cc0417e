import type { Migration } from '../kernel/db-types';

/** What was done, by whom, where: rows are added, and removed only by age. */
export const auditMigrations: readonly Migration[] = [
  {
    name: 'audit-0001',
    async up(knex) {
      await knex.schema.createTable('audit_log', (table) => {
        table.increments('id');
        table.string('at', 24).notNullable();
        // `*` for what concerns every site.
        table.string('site', 64).notNullable();
        // Not a key of `users`: the line outlives the person's row, and programs act too.
        table.string('actor_login', 256);
        table.string('event', 128).notNullable();
        table.string('target', 256);
        table.string('remote', 64);
        table.text('details').notNullable();
        table.index(['site', 'id']);
        table.index(['at']);
      });
    },
    async down(knex) {
      await knex.schema.dropTable('audit_log');
    },
  },
];
