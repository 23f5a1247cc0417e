import type { Migration } from 'estafette/plugin';

/** Files that are being brought in, so that whatever process may go on where another one stopped. */
export const up: Migration['up'] = async (knex) => {
  await knex.schema.createTable('contacts_imports', (table) => {
    table.string('id', 36).primary();
    table.string('site', 64).notNullable();
    table.integer('user_id').notNullable();
    table.string('mail', 320).notNullable();
    table.string('book', 255).notNullable();
    table.string('name', 255).notNullable();
    table.string('format', 8).notNullable();
    // The whole file as text, until it is done.
    table.text('content').notNullable();
    table.text('columns').notNullable();
    table.string('state', 8).notNullable();
    table.integer('lines').notNullable();
    // Lines of the file that need not be looked at again.
    table.integer('line').notNullable().defaultTo(0);
    table.integer('added').notNullable().defaultTo(0);
    table.integer('updated').notNullable().defaultTo(0);
    table.integer('refused').notNullable().defaultTo(0);
    table.text('faults').notNullable();
    table.string('made_at', 24).notNullable();
    // Until when somebody is at it.
    table.string('held_until', 24).notNullable();
    table.index(['site', 'user_id', 'made_at']);
    table.index(['state', 'held_until']);
  });
};

export const down: Migration['down'] = async (knex) => {
  await knex.schema.dropTable('contacts_imports');
};
