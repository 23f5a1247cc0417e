import type { Migration } from 'estafette/plugin';

/** Accounts on other servers, whose calendars are copied: a copy and its objects know where they are kept. */
export const up: Migration['up'] = async (knex) => {
  await knex.schema.alterTable('calendar_calendars', (table) => {
    // Read only here: what is changed is changed on its server.
    table.boolean('is_remote').notNullable().defaultTo(false);
  });
  await knex.schema.createTable('calendar_accounts', (table) => {
    table.string('id', 36).primary();
    table.string('site', 64).notNullable();
    table.integer('user_id').notNullable();
    table.string('title', 200).notNullable();
    table.string('url', 2000).notNullable();
    table.string('login', 254).notNullable();
    // Sealed for this person and account.
    table.text('secret').notNullable();
    // `pending`: found, and waits for a choice of its calendars.
    table.string('state', 8).notNullable();
    table.text('found').notNullable();
    table.string('synced_at', 24).notNullable();
    table.string('tried_at', 24).notNullable();
    table.string('fault', 16).notNullable();
    table.index(['site', 'user_id']);
    table.index(['site', 'state', 'tried_at']);
  });
  await knex.schema.createTable('calendar_remote_calendars', (table) => {
    table.integer('calendar_key').primary();
    table.string('account_id', 36).notNullable();
    table.string('href', 2000).notNullable();
    // Until where changes are known (RFC 6578); empty where the server has no such thing.
    table.string('sync_token', 2000).notNullable().defaultTo('');
    table.index(['account_id']);
  });
  await knex.schema.createTable('calendar_remote_objects', (table) => {
    table.integer('calendar_key').notNullable();
    table.string('href', 700).notNullable();
    table.string('uri', 255).notNullable();
    // Empty: to be read again the next time.
    table.string('etag', 255).notNullable();
    // Why it has no copy; empty where it has one.
    table.string('problem', 16).notNullable();
    table.primary(['calendar_key', 'href']);
  });
};

export const down: Migration['down'] = async (knex) => {
  for (const name of ['remote_objects', 'remote_calendars', 'accounts'])
    await knex.schema.dropTable(`calendar_${name}`);
  await knex.schema.alterTable('calendar_calendars', (table) => {
    table.dropColumn('is_remote');
  });
};
