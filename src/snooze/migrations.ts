import type { Migration } from '../kernel/db-types';

/** Table of the messages that come back; after the table `users`. */
export const snoozeMigrations: readonly Migration[] = [
  {
    name: '0001-snooze',
    async up(knex) {
      await knex.schema.createTable('snoozes', (table) => {
        table.string('id', 40).primary();
        table
          .integer('user_id')
          .unsigned()
          .notNullable()
          .references('id')
          .inTable('users')
          .onDelete('CASCADE');
        table.string('site', 64).notNullable();
        // Where it came from and goes back to, and where it waits.
        table.text('home').notNullable();
        table.text('mailbox').notNullable();
        // Its place there, where the server said it (COPYUID); else it is found by its Message-ID.
        table.bigInteger('uid_validity').nullable();
        table.bigInteger('uid').nullable();
        table.string('message_id', 500).nullable();
        table.text('subject').notNullable();
        table.text('sender').notNullable();
        table.bigInteger('until').notNullable();
        // What opens the mail of somebody who is away then, sealed.
        table.text('access').nullable();
        table.bigInteger('lease_until').notNullable().defaultTo(0);
        table.index(['user_id', 'site']);
        table.index(['until']);
      });
    },
    async down(knex) {
      await knex.schema.dropTable('snoozes');
    },
  },
];
