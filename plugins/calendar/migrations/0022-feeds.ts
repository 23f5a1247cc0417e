import type { Migration } from 'estafette/plugin';

/** Calendars that are read from an address, or made here: public holidays. Their events are read only. */
export const up: Migration['up'] = async (knex) => {
  await knex.schema.createTable('calendar_feeds', (table) => {
    table.integer('calendar_key').primary();
    table.string('site', 64).notNullable();
    table.integer('user_id').notNullable();
    // Whole, sealed: an address may be a secret. Empty for public holidays.
    table.text('sealed').notNullable();
    table.string('host', 255).notNullable();
    table.string('region', 32).notNullable();
    table.string('locale', 2).notNullable();
    // What the server said of what it gave last (RFC 9110 8.8).
    table.string('etag', 300).notNullable().defaultTo('');
    table.string('modified', 100).notNullable().defaultTo('');
    table.bigInteger('read_ms').notNullable().defaultTo(0);
    table.bigInteger('next_ms').notNullable();
    table.integer('tries').notNullable().defaultTo(0);
    table.string('fault', 16).notNullable().defaultTo('');
    // Events that could not be read.
    table.integer('left_out').notNullable().defaultTo(0);
    table.index(['site', 'next_ms']);
    table.index(['site', 'user_id']);
  });
};

export const down: Migration['down'] = async (knex) => {
  await knex.schema.dropTable('calendar_feeds');
};
