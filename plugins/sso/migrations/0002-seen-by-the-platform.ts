import type { Migration } from 'estafette/plugin';

/** `context.once` keeps what was used: nothing of it is older than an hour that still counts. */
export const up: Migration['up'] = async (knex) => {
  await knex.schema.dropTable('sso_seen');
};

export const down: Migration['down'] = async (knex) => {
  await knex.schema.createTable('sso_seen', (table) => {
    table.string('hash', 64).primary();
    table.integer('until').notNullable();
    table.index(['until']);
  });
};
