import type { Migration } from 'estafette/plugin';

/** What people chose on the pages themselves: their usual calendar, the people of their planning. */
export const up: Migration['up'] = async (knex) => {
  await knex.schema.createTable('calendar_choices', (table) => {
    table.string('site', 64).notNullable();
    table.integer('user_id').notNullable();
    table.string('name', 64).notNullable();
    table.text('value').notNullable();
    table.primary(['site', 'user_id', 'name']);
  });
};

export const down: Migration['down'] = async (knex) => {
  await knex.schema.dropTable('calendar_choices');
};
