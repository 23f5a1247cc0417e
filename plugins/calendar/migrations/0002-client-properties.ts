import type { Migration } from 'estafette/plugin';

/** What programs say of a calendar and ask again: their colour and order, a description, a zone. */
export const up: Migration['up'] = async (knex) => {
  await knex.schema.createTable('calendar_properties', (table) => {
    table.integer('calendar_key').notNullable();
    table.string('name', 64).notNullable();
    table.text('value').notNullable();
    table.primary(['calendar_key', 'name']);
  });
};

export const down: Migration['down'] = async (knex) => {
  await knex.schema.dropTable('calendar_properties');
};
