import type { Migration } from 'estafette/plugin';

/** The text of a file that is being brought in, piece by piece: nobody has to hold all of it. */
export const up: Migration['up'] = async (knex) => {
  await knex.schema.createTable('contacts_import_pieces', (table) => {
    table.string('import_id', 36).notNullable();
    table.integer('at').notNullable();
    table.text('text').notNullable();
    table.primary(['import_id', 'at']);
  });
  // What was under way is whole in its row, which nothing reads any more.
  await knex('contacts_imports')
    .whereIn('state', ['columns', 'running'])
    .update({ state: 'ended', content: '' });
};

export const down: Migration['down'] = async (knex) => {
  await knex.schema.dropTable('contacts_import_pieces');
};
