import type { Migration } from '../kernel/db-types';

const TIME = 24; // `2026-01-31T12:00:00.000Z`
const HASH = 64; // SHA-256 as hex

/** After the table of what is used once, which these states move into. */
export const stateMigrations: readonly Migration[] = [
  {
    name: 'session-state-0001',
    async up(knex) {
      // Of the same making: a state that was used before is refused afterwards.
      await knex.raw(
        'insert or ignore into used_once (key, expires_at) select key, expires_at from sign_in_states',
      );
      await knex.schema.dropTable('sign_in_states');
    },
    async down(knex) {
      await knex.schema.createTable('sign_in_states', (table) => {
        table.string('key', HASH).primary();
        table.string('expires_at', TIME).notNullable();
        table.index(['expires_at']);
      });
    },
  },
];
