import type { Migration } from 'estafette/plugin';

export const up: Migration['up'] = async (knex) => {
  await knex.schema.createTable('list_unsubscribe_requests', (table) => {
    table.string('id', 36).primary();
    table.string('site', 64).notNullable();
    table.integer('user_id').notNullable();
    // A hash made for the person: tables of two people cannot be compared.
    table.string('list', 64).notNullable();
    table.string('way', 16).notNullable();
    table.string('to', 320).notNullable();
    table.string('outcome', 16).notNullable();
    table.string('asked_at', 24).notNullable();
    table.index(['site', 'user_id', 'list']);
    table.index(['site', 'asked_at']);
  });
};

export const down: Migration['down'] = async (knex) => {
  await knex.schema.dropTable('list_unsubscribe_requests');
};
