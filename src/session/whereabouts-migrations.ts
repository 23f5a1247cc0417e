import type { Migration } from '../kernel/db-types';

/** What a session is called for life, where it was last, and what stands for a second factor in it. */
export const whereaboutsMigrations: readonly Migration[] = [
  {
    name: 'session-whereabouts-0001',
    async up(knex) {
      await knex.schema.alterTable('sessions', (table) => {
        // Its id changes with each proof; lines of the audit log are tied by this.
        table.string('trail', 12);
        table.string('last_remote', 64);
        table.boolean('factor_taken').notNullable().defaultTo(false);
      });
    },
    async down(knex) {
      await knex.schema.alterTable('sessions', (table) => {
        table.dropColumns('trail', 'last_remote', 'factor_taken');
      });
    },
  },
];
