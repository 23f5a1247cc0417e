import type { Migration } from 'estafette/plugin';

export const up: Migration['up'] = async (knex) => {
  await knex.schema.createTable('sample_plugin_notes', (table) => {
    table.increments('id');
    table.string('site', 64).notNullable();
    table.integer('user_id').notNullable();
    table.string('text', 200).notNullable();
    table.string('created_at', 24).notNullable();
    table.index(['site', 'user_id']);
  });
};

export const down: Migration['down'] = async (knex) => {
  await knex.schema.dropTable('sample_plugin_notes');
};
