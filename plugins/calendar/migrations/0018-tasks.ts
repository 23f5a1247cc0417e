import type { Migration } from 'estafette/plugin';

/** What lists of tasks need of each, as JSON; none for events, and for tasks that were there before. */
export const up: Migration['up'] = async (knex) => {
  await knex.schema.alterTable('calendar_objects', (table) => {
    table.text('todo');
    table.index(['calendar_key', 'component']);
  });
};

export const down: Migration['down'] = async (knex) => {
  await knex.schema.alterTable('calendar_objects', (table) => {
    table.dropIndex(['calendar_key', 'component']);
    table.dropColumn('todo');
  });
};
