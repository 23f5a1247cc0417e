import type { Migration } from 'estafette/plugin';

export const up: Migration['up'] = async (knex) => {
  await knex.schema.createTable('sso_seen', (table) => {
    // A hash: states, tickets and identifiers of tokens are nobody's to read.
    table.string('hash', 64).primary();
    /** Seconds since 1970. */
    table.integer('until').notNullable();
    table.index(['until']);
  });
};

export const down: Migration['down'] = async (knex) => {
  await knex.schema.dropTable('sso_seen');
};
