import type { Migration } from '../kernel/db-types';

const TIME = 24; // `2026-01-31T12:00:00.000Z`

/** Browsers that people have used, and the passwords of their applications. */
export const safetyMigrations: readonly Migration[] = [
  {
    name: 'session-safety-0001',
    async up(knex) {
      await knex.schema.alterTable('sessions', (table) => {
        // What the browser is called for this person; nobody makes its cookie of it.
        table.string('device_id', 64);
      });
      // People type their address where their login is asked for.
      await knex.raw('create index users_site_mail on users (site, lower(mail))');
      await knex.schema.createTable('known_devices', (table) => {
        table
          .integer('user_id')
          .notNullable()
          .references('id')
          .inTable('users')
          .onDelete('CASCADE');
        table.string('device_id', 64).notNullable();
        table.string('country', 2);
        table.string('created_at', TIME).notNullable();
        table.string('seen_at', TIME).notNullable();
        table.primary(['user_id', 'device_id']);
      });
      await knex.schema.createTable('app_passwords', (table) => {
        table.increments('id');
        table
          .integer('user_id')
          .notNullable()
          .references('id')
          .inTable('users')
          .onDelete('CASCADE');
        table.string('name', 80).notNullable();
        table.string('scope', 16).notNullable();
        // The first group of the password: which row to compare with, and what the person is shown.
        table.string('selector', 8).notNullable();
        table.string('salt', 64).notNullable();
        table.string('hash', 128).notNullable();
        table.string('created_at', TIME).notNullable();
        table.string('used_at', TIME);
        table.string('used_from', 64);
        table.unique(['user_id', 'selector']);
      });
    },
    async down(knex) {
      await knex.schema.dropTable('app_passwords');
      await knex.schema.dropTable('known_devices');
      await knex.raw('drop index users_site_mail');
      await knex.schema.alterTable('sessions', (table) => table.dropColumn('device_id'));
    },
  },
];
