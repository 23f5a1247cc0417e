import type { Migration } from '../kernel/db-types';

/** What the site lets be taken over of a person, beside name and addresses. */
export const profileMigrations: readonly Migration[] = [
  {
    name: 'session-profile-0001',
    async up(knex) {
      await knex.schema.alterTable('users', (table) => {
        table.string('unit', 256);
        table.string('phone', 64);
      });
    },
    async down(knex) {
      await knex.schema.alterTable('users', (table) => {
        table.dropColumn('unit');
        table.dropColumn('phone');
      });
    },
  },
];
