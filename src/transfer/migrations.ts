import type { Migration } from '../kernel/db-types';

/** Table of the files that are being brought in; after the table `users`. */
export const transferMigrations: readonly Migration[] = [
  {
    name: '0001-transfer',
    async up(knex) {
      await knex.schema.createTable('imports', (table) => {
        table.string('id', 40).primary();
        table
          .integer('user_id')
          .unsigned()
          .notNullable()
          .references('id')
          .inTable('users')
          .onDelete('CASCADE');
        table.string('site', 64).notNullable();
        table.text('mailbox').notNullable();
        table.text('filename').notNullable();
        table.string('kind', 10).notNullable();
        table.bigInteger('size_bytes').notNullable();
        table.string('state', 10).notNullable();
        // Where the next message begins: everything before is in the mailbox, or was refused.
        table.bigInteger('position').notNullable().defaultTo(0);
        table.integer('brought').notNullable().defaultTo(0);
        table.integer('refused').notNullable().defaultTo(0);
        // JSON: the first messages that were refused, and why.
        table.text('troubles').notNullable();
        // Why it stopped: the key of a text.
        table.string('reason', 100).nullable();
        table.text('access').nullable();
        table.bigInteger('lease_until').notNullable().defaultTo(0);
        table.string('created_at', 30).notNullable();
        table.string('updated_at', 30).notNullable();
        table.index(['user_id', 'site']);
        table.index(['state', 'lease_until']);
      });
    },
    async down(knex) {
      await knex.schema.dropTable('imports');
    },
  },
];
