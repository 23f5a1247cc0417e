import type { Migration } from 'estafette/plugin';

/** Accounts on other servers, whose books are copied: a book and its cards know where they are kept. */
export const up: Migration['up'] = async (knex) => {
  await knex.schema.createTable('contacts_accounts', (table) => {
    table.string('id', 36).primary();
    table.string('site', 64).notNullable();
    table.integer('user_id').notNullable();
    table.string('title', 200).notNullable();
    table.string('url', 2000).notNullable();
    table.string('login', 254).notNullable();
    // Sealed for this person and account.
    table.text('secret').notNullable();
    table.string('state', 8).notNullable();
    table.text('found').notNullable();
    table.string('synced_at', 24).notNullable();
    table.string('tried_at', 24).notNullable();
    table.string('fault', 16).notNullable();
    table.index(['site', 'user_id']);
    table.index(['site', 'state', 'tried_at']);
  });
  await knex.schema.createTable('contacts_remote_books', (table) => {
    table.integer('book_key').primary();
    table.string('account_id', 36).notNullable();
    table.string('href', 2000).notNullable();
    table.index(['account_id']);
  });
  await knex.schema.createTable('contacts_remote_cards', (table) => {
    table.integer('book_key').notNullable();
    table.string('href', 700).notNullable();
    table.string('uri', 255).notNullable();
    table.string('etag', 255).notNullable();
    table.primary(['book_key', 'href']);
  });
};

export const down: Migration['down'] = async (knex) => {
  for (const name of ['remote_cards', 'remote_books', 'accounts'])
    await knex.schema.dropTable(`contacts_${name}`);
};
