import type { Migration } from 'estafette/plugin';

/**
 * Calendars hold objects, whose text is the truth: every other column is derived from it, for views
 * and search. Each write of a calendar moves its `sync_token`; an object has the token of its last
 * change, and what is gone leaves its own (RFC 6578).
 */
export const up: Migration['up'] = async (knex) => {
  await knex.schema.createTable('calendar_calendars', (table) => {
    table.increments('key');
    table.string('site', 64).notNullable();
    table.integer('user_id').notNullable();
    // Unique for its owner alone: a client may choose it, and learns nothing of other people's.
    table.string('id', 64).notNullable();
    table.string('title', 200).notNullable();
    table.string('colour', 16).notNullable();
    table.boolean('is_shown').notNullable().defaultTo(true);
    table.integer('sync_token').notNullable().defaultTo(1);
    // Clients that were last here before it must ask for everything again.
    table.integer('oldest_token').notNullable().defaultTo(0);
    table.string('created_at', 24).notNullable();
    table.unique(['site', 'user_id', 'id']);
  });
  await knex.schema.createTable('calendar_objects', (table) => {
    table.string('id', 36).primary();
    table.integer('calendar_key').notNullable();
    table.string('uri', 255).notNullable();
    table.string('uid', 255).notNullable();
    table.string('etag', 64).notNullable();
    table.text('text').notNullable();
    table.integer('bytes').notNullable();
    table.integer('seq').notNullable();
    table.string('updated_at', 24).notNullable();
    table.string('component', 16).notNullable();
    table.string('summary', 500).notNullable();
    // Words of title, place and notes, folded.
    table.text('search').notNullable();
    // What views need of its events, as JSON: no text is read for a month.
    table.text('facts').notNullable();
    // Nowhere before and after (milliseconds): 14 digits and a sign.
    table.bigInteger('first_ms').notNullable();
    table.bigInteger('last_ms').notNullable();
    table.unique(['calendar_key', 'uri']);
    table.unique(['calendar_key', 'uid']);
    table.index(['calendar_key', 'last_ms', 'first_ms']);
    table.index(['calendar_key', 'seq']);
  });
  await knex.schema.createTable('calendar_removed', (table) => {
    table.integer('calendar_key').notNullable();
    table.string('uri', 255).notNullable();
    table.integer('seq').notNullable();
    table.string('removed_at', 24).notNullable();
    table.primary(['calendar_key', 'uri']);
    table.index(['calendar_key', 'seq']);
  });
  await knex.schema.createTable('calendar_trash', (table) => {
    table.string('id', 36).primary();
    table.string('site', 64).notNullable();
    table.integer('user_id').notNullable();
    table.integer('calendar_key').notNullable();
    table.string('calendar_title', 200).notNullable();
    table.string('uri', 255).notNullable();
    table.string('summary', 500).notNullable();
    table.text('text').notNullable();
    table.integer('bytes').notNullable();
    table.string('removed_at', 24).notNullable();
    table.index(['site', 'user_id', 'removed_at']);
  });
};

export const down: Migration['down'] = async (knex) => {
  for (const name of ['trash', 'removed', 'objects', 'calendars'])
    await knex.schema.dropTable(`calendar_${name}`);
};
