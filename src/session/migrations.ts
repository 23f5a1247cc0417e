import type { Migration } from '../kernel/db-types';
import { aliasMigrations } from './alias-migrations';
import { profileMigrations } from './profile-migrations';
import { safetyMigrations } from './safety-migrations';
import { signInMigrations } from './sign-in-migrations';
import { whereaboutsMigrations } from './whereabouts-migrations';

const TIME = 24; // `2026-01-31T12:00:00.000Z`

/** Users, their sessions, and the counters of failed sign-ins. */
export const sessionMigrations: readonly Migration[] = [
  {
    name: 'session-0001',
    async up(knex) {
      await knex.schema.createTable('users', (table) => {
        table.increments('id');
        table.string('site', 64).notNullable();
        table.string('login', 256).notNullable();
        table.string('name', 256).notNullable();
        table.string('mail', 320).notNullable();
        table.text('aliases').notNullable();
        table.string('locale', 8).notNullable();
        table.string('created_at', TIME).notNullable();
        table.string('signed_in_at', TIME).notNullable();
        table.unique(['site', 'login']);
      });
      await knex.schema.createTable('sessions', (table) => {
        // SHA-256 of the id in the cookie: a copy of the table opens no session.
        table.string('id', 64).primary();
        table
          .integer('user_id')
          .notNullable()
          .references('id')
          .inTable('users')
          .onDelete('CASCADE');
        table.string('site', 64).notNullable();
        table.string('state', 24).notNullable();
        table.string('via', 64).notNullable();
        table.text('challenges').notNullable();
        table.text('sealed');
        table.boolean('is_first').notNullable();
        table.string('remote', 64).notNullable();
        table.string('device', 200).notNullable();
        table.string('created_at', TIME).notNullable();
        table.string('seen_at', TIME).notNullable();
        table.string('idle_expires_at', TIME).notNullable();
        table.string('expires_at', TIME).notNullable();
        table.index(['user_id']);
      });
      await knex.schema.createTable('login_throttles', (table) => {
        // A hash: neither logins nor addresses are kept in clear.
        table.string('key', 64).primary();
        table.integer('failures').notNullable();
        table.string('blocked_until', TIME);
        table.string('expires_at', TIME).notNullable();
        table.index(['expires_at']);
      });
    },
    async down(knex) {
      await knex.schema.dropTable('login_throttles');
      await knex.schema.dropTable('sessions');
      await knex.schema.dropTable('users');
    },
  },
  {
    name: 'session-0002',
    async up(knex) {
      await knex.schema.alterTable('users', (table) => {
        // Ids of the site's groups, as JSON; nothing else of the directory is kept.
        table.text('groups').notNullable().defaultTo('[]');
      });
    },
    async down(knex) {
      await knex.schema.alterTable('users', (table) => table.dropColumn('groups'));
    },
  },
  {
    name: 'session-0003',
    async up(knex) {
      await knex.schema.alterTable('sessions', (table) => {
        // Ids of the challenges that this session answered, as JSON.
        table.text('satisfied').notNullable().defaultTo('[]');
      });
    },
    async down(knex) {
      await knex.schema.alterTable('sessions', (table) => table.dropColumn('satisfied'));
    },
  },
  {
    name: 'session-0004-confirmed',
    async up(knex) {
      await knex.schema.alterTable('sessions', (table) => {
        // When the person last proved again that it is they.
        table.string('confirmed_at', TIME);
      });
    },
    async down(knex) {
      await knex.schema.alterTable('sessions', (table) => table.dropColumn('confirmed_at'));
    },
  },
  {
    name: 'session-0005-renewal',
    async up(knex) {
      await knex.schema.alterTable('sessions', (table) => {
        // Whose turn it is to renew the tokens, among all processes: `running` or `failed`.
        table.string('renewal', 8);
        table.string('renewal_until', TIME);
      });
    },
    async down(knex) {
      await knex.schema.alterTable('sessions', (table) => {
        table.dropColumn('renewal');
        table.dropColumn('renewal_until');
      });
    },
  },
  ...safetyMigrations,
  ...signInMigrations,
  ...profileMigrations,
  ...aliasMigrations,
  ...whereaboutsMigrations,
];
