import type { Migration } from '../kernel/db-types';

const TIME = 24; // `2026-01-31T12:00:00.000Z`
const HASH = 64; // SHA-256 as hex

/** Accounts linked with who vouches for them, states of a sign-in that were taken, and who ends a session. */
export const signInMigrations: readonly Migration[] = [
  {
    name: 'session-sign-in-0001',
    async up(knex) {
      await knex.schema.createTable('sign_in_links', (table) => {
        table.increments('id');
        table.string('site', 64).notNullable();
        table
          .integer('user_id')
          .notNullable()
          .references('id')
          .inTable('users')
          .onDelete('CASCADE');
        table.string('plugin', 64).notNullable();
        table.string('method', 64).notNullable();
        table.string('issuer', 512).notNullable();
        // A hash of issuer and subject: the provider's name for a person is not ours to spread.
        table.string('subject_key', HASH).notNullable();
        table.string('linked_at', TIME).notNullable();
        table.string('used_at', TIME).notNullable();
        table.unique(['site', 'plugin', 'method', 'subject_key']);
        // One person of a provider for an account.
        table.unique(['site', 'plugin', 'method', 'issuer', 'user_id']);
        table.index(['user_id']);
      });
      await knex.schema.createTable('sign_in_states', (table) => {
        // Hash of the name of a state that was taken, until it would be too old anyway.
        table.string('key', HASH).primary();
        table.string('expires_at', TIME).notNullable();
        table.index(['expires_at']);
      });
      await knex.schema.alterTable('sessions', (table) => {
        // Hashes by which a provider's notice finds what it ends.
        table.string('provider_session', HASH);
        table.string('provider_subject', HASH);
        // How strongly the provider had them sign in, as JSON.
        table.text('assurance');
        table.index(['provider_session']);
        table.index(['provider_subject']);
      });
    },
    async down(knex) {
      await knex.schema.alterTable('sessions', (table) => {
        table.dropIndex(['provider_session']);
        table.dropIndex(['provider_subject']);
        table.dropColumns('provider_session', 'provider_subject', 'assurance');
      });
      await knex.schema.dropTable('sign_in_states');
      await knex.schema.dropTable('sign_in_links');
    },
  },
];
