import type { Migration } from '../kernel/db-types';

/** Tables of the devices that are told of new messages; after the table `users`. */
export const pushMigrations: readonly Migration[] = [
  {
    name: '0001-push',
    async up(knex) {
      // One of each agent who has such a device: their mailboxes are looked at once for all of them.
      await knex.schema.createTable('push_watches', (table) => {
        table
          .integer('user_id')
          .unsigned()
          .notNullable()
          .references('id')
          .inTable('users')
          .onDelete('CASCADE');
        table.string('site', 64).notNullable();
        // What opens the mail of somebody who is away, sealed.
        table.text('access').notNullable();
        // JSON: up to where each mailbox is known.
        table.text('places').notNullable();
        table.bigInteger('due_at').notNullable();
        table.bigInteger('lease_until').notNullable().defaultTo(0);
        table.integer('failures').notNullable().defaultTo(0);
        table.primary(['user_id', 'site']);
        table.index(['due_at']);
      });
      await knex.schema.createTable('push_devices', (table) => {
        table.string('id', 64).primary();
        table
          .integer('user_id')
          .unsigned()
          .notNullable()
          .references('id')
          .inTable('users')
          .onDelete('CASCADE');
        table.string('site', 64).notNullable();
        // Of the session that asked last: who signs out is told nothing there any more.
        table.string('session_id', 64).notNullable();
        table.text('endpoint').notNullable();
        table.string('p256dh', 200).notNullable();
        table.string('auth', 100).notNullable();
        table.string('device', 200).notNullable();
        table.string('created_at', 30).notNullable();
        table.index(['user_id', 'site']);
        table.index(['session_id']);
      });
    },
    async down(knex) {
      await knex.schema.dropTable('push_devices');
      await knex.schema.dropTable('push_watches');
    },
  },
];
