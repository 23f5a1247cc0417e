import type { Migration } from 'estafette/plugin';

/** Secret addresses of calendars: found by a hash, and sealed for their owner to copy again. */
export const up: Migration['up'] = async (knex) => {
  await knex.schema.createTable('calendar_links', (table) => {
    table.string('hash', 64).primary();
    table.string('site', 64).notNullable();
    table.integer('user_id').notNullable();
    table.integer('calendar_key').notNullable().unique();
    // `free`, `read` or `all`.
    table.string('told', 8).notNullable();
    table.text('sealed').notNullable();
    // Days alone: when somebody reads is nobody's.
    table.string('made_on', 10).notNullable();
    table.string('read_on', 10).notNullable().defaultTo('');
    table.index(['site', 'user_id']);
  });
};

export const down: Migration['down'] = async (knex) => {
  await knex.schema.dropTable('calendar_links');
};
