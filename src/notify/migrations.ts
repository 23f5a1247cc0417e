import type { Migration } from '../kernel/db-types';

const TIME = 24; // `2026-01-31T12:00:00.000Z`

/** Mails of the platform to people, and what their next pages have to tell them. */
export const notifyMigrations: readonly Migration[] = [
  {
    name: 'notify-0001',
    async up(knex) {
      await knex.schema.createTable('notices', (table) => {
        table.increments('id');
        table.string('site', 64).notNullable();
        // Absent for what goes to the support.
        table.integer('user_id').references('id').inTable('users').onDelete('CASCADE');
        table.string('kind', 64).notNullable();
        table.string('recipient', 320).notNullable();
        table.string('subject', 200).notNullable();
        // Gone once it is sent, or given up.
        table.text('text');
        table.string('state', 16).notNullable();
        table.integer('tries').notNullable().defaultTo(0);
        table.string('problem', 64);
        table.string('created_at', TIME).notNullable();
        table.string('next_at', TIME).notNullable();
        table.index(['state', 'next_at']);
        table.index(['user_id', 'kind', 'created_at']);
      });
      await knex.schema.createTable('security_alerts', (table) => {
        table.increments('id');
        table
          .integer('user_id')
          .notNullable()
          .references('id')
          .inTable('users')
          .onDelete('CASCADE');
        table.string('code', 32).notNullable();
        table.text('evidence').notNullable();
        // The session that it is about, by the time when it began: it is not shown to that one.
        table.string('session_began_at', TIME);
        table.string('created_at', TIME).notNullable();
        table.index(['user_id', 'created_at']);
      });
    },
    async down(knex) {
      await knex.schema.dropTable('security_alerts');
      await knex.schema.dropTable('notices');
    },
  },
  {
    name: 'notify-0002',
    async up(knex) {
      await knex.schema.createTable('posts', (table) => {
        table.increments('id');
        table.string('site', 64).notNullable();
        table.string('plugin', 64).notNullable();
        table.string('key_hash', 64).notNullable();
        // JSON, gone once it is settled: who it is to, what it says.
        table.text('message');
        // One for all tries, so that a repeat would be recognised.
        table.string('message_id', 255).notNullable();
        table.string('state', 16).notNullable();
        table.integer('tries').notNullable().defaultTo(0);
        table.integer('recipients').notNullable();
        // JSON: addresses that the server would not take.
        table.text('rejected');
        table.string('problem', 64);
        table.string('created_at', TIME).notNullable();
        table.string('next_at', TIME).notNullable();
        table.unique(['plugin', 'site', 'key_hash']);
        table.index(['state', 'next_at']);
        table.index(['plugin', 'site', 'created_at']);
      });
      // To count what one address gets in a day, without keeping the address.
      await knex.schema.createTable('post_recipients', (table) => {
        table
          .integer('post_id')
          .notNullable()
          .references('id')
          .inTable('posts')
          .onDelete('CASCADE');
        table.string('recipient_hash', 64).notNullable();
        table.string('created_at', TIME).notNullable();
        table.index(['recipient_hash', 'created_at']);
        table.index(['post_id']);
      });
    },
    async down(knex) {
      await knex.schema.dropTable('post_recipients');
      await knex.schema.dropTable('posts');
    },
  },
];
