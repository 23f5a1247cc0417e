import type { Migration } from 'estafette/plugin';

/** Files that are being brought in, so that whatever process may go on where another one stopped. */
export const up: Migration['up'] = async (knex) => {
  await knex.schema.createTable('calendar_imports', (table) => {
    table.string('id', 36).primary();
    table.string('site', 64).notNullable();
    table.integer('user_id').notNullable();
    table.string('mail', 320).notNullable();
    table.string('calendar', 64).notNullable();
    table.string('name', 255).notNullable();
    table.string('state', 8).notNullable();
    // Events and tasks of the file, and those that need not be looked at again.
    table.integer('objects').notNullable();
    table.integer('looked').notNullable().defaultTo(0);
    table.integer('added').notNullable().defaultTo(0);
    table.integer('updated').notNullable().defaultTo(0);
    table.integer('same').notNullable().defaultTo(0);
    table.integer('refused').notNullable().defaultTo(0);
    table.text('faults').notNullable();
    table.boolean('is_cut').notNullable().defaultTo(false);
    table.string('made_at', 24).notNullable();
    // Until when somebody is at it.
    table.string('held_until', 24).notNullable();
    table.index(['site', 'user_id', 'made_at']);
    table.index(['state', 'held_until']);
  });
  await knex.schema.createTable('calendar_import_pieces', (table) => {
    table.string('import_id', 36).notNullable();
    // Place of its first event among those of the file; -1 for the zones that they name.
    table.integer('at').notNullable();
    table.text('text').notNullable();
    table.primary(['import_id', 'at']);
  });
};

export const down: Migration['down'] = async (knex) => {
  for (const name of ['import_pieces', 'imports']) await knex.schema.dropTable(`calendar_${name}`);
};
