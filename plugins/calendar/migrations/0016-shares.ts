import type { Migration } from 'estafette/plugin';

/**
 * Calendars are shared with people and with groups of the site. An address only says who is meant,
 * until they come: whoever is given it later is given none of their calendars.
 */
export const up: Migration['up'] = async (knex) => {
  await knex.schema.createTable('calendar_shares', (table) => {
    table.string('id', 36).primary();
    table.string('site', 64).notNullable();
    table.integer('calendar_key').notNullable();
    table.string('kind', 8).notNullable();
    // An address in lower case, or a group of the site.
    table.string('name', 320).notNullable();
    table.string('shown', 200).notNullable();
    table.integer('user_id');
    table.string('rights', 8).notNullable();
    table.boolean('sees_private').notNullable().defaultTo(false);
    table.unique(['calendar_key', 'kind', 'name']);
    table.index(['site', 'user_id']);
    table.index(['site', 'kind', 'name']);
  });
  // How each sees a calendar of somebody else's: theirs, not its owner's.
  await knex.schema.createTable('calendar_seen', (table) => {
    table.string('site', 64).notNullable();
    table.integer('user_id').notNullable();
    table.integer('calendar_key').notNullable();
    table.string('colour', 16);
    table.boolean('is_shown');
    // They do not want it among theirs.
    table.boolean('is_left').notNullable().defaultTo(false);
    table.primary(['site', 'user_id', 'calendar_key']);
  });
};

export const down: Migration['down'] = async (knex) => {
  for (const name of ['seen', 'shares']) await knex.schema.dropTable(`calendar_${name}`);
};
