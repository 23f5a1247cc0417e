import type { Migration } from 'estafette/plugin';

export const up: Migration['up'] = async (knex) => {
  await knex.schema.createTable('usage_statistics_days', (table) => {
    table.string('site', 64).notNullable();
    table.string('day', 10).notNullable();
    // One row for each run of a process, which are put together when the day is over.
    table.string('run', 36).notNullable();
    table.integer('sign_ins').notNullable();
    table.integer('messages_read').notNullable();
    table.integer('messages_sent').notNullable();
    table.integer('searches').notNullable();
    table.integer('people_least').notNullable();
    table.integer('people_most').notNullable();
    table.primary(['site', 'day', 'run']);
  });
};

export const down: Migration['down'] = async (knex) => {
  await knex.schema.dropTable('usage_statistics_days');
};
