import type { Migration } from 'estafette/plugin';

/**
 * Books hold cards, whose text is the truth: every other column is derived from it, for lists and
 * search. Each write of a book moves its `sync_token`; a card has the token of its last change, and
 * what is gone leaves its own (RFC 6578).
 */
export const up: Migration['up'] = async (knex) => {
  await knex.schema.createTable('contacts_books', (table) => {
    table.increments('key');
    table.string('site', 64).notNullable();
    table.integer('user_id').notNullable();
    // Unique for its owner alone: a client may choose it, and learns nothing of other people's.
    table.string('id', 64).notNullable();
    table.string('title', 200).notNullable();
    table.string('owner', 320).notNullable();
    table.integer('sync_token').notNullable().defaultTo(1);
    // Clients that were last here before it must ask for everything again.
    table.integer('oldest_token').notNullable().defaultTo(0);
    table.string('created_at', 24).notNullable();
    table.unique(['site', 'user_id', 'id']);
  });
  await knex.schema.createTable('contacts_shares', (table) => {
    table.string('id', 36).primary();
    table.integer('book_key').notNullable();
    table.string('site', 64).notNullable();
    table.string('mail', 320).notNullable();
    table.string('rights', 8).notNullable();
    table.string('created_at', 24).notNullable();
    table.unique(['book_key', 'mail']);
    table.index(['site', 'mail']);
  });
  await knex.schema.createTable('contacts_cards', (table) => {
    table.string('id', 36).primary();
    table.integer('book_key').notNullable();
    table.string('uri', 255).notNullable();
    table.string('uid', 255).notNullable();
    table.string('etag', 64).notNullable();
    table.text('text').notNullable();
    table.integer('seq').notNullable();
    table.string('updated_at', 24).notNullable();
    table.string('kind', 16).notNullable();
    table.string('name', 500).notNullable();
    table.string('sort_name', 500).notNullable();
    table.string('detail', 500).notNullable();
    // Lower case, one a line.
    table.text('mails').notNullable();
    table.text('phones').notNullable();
    table.text('search').notNullable();
    table.boolean('is_pictured').notNullable();
    table.unique(['book_key', 'uri']);
    table.unique(['book_key', 'uid']);
    table.index(['book_key', 'sort_name']);
    table.index(['book_key', 'seq']);
  });
  await knex.schema.createTable('contacts_removed', (table) => {
    table.integer('book_key').notNullable();
    table.string('uri', 255).notNullable();
    table.integer('seq').notNullable();
    table.string('removed_at', 24).notNullable();
    table.primary(['book_key', 'uri']);
  });
  await knex.schema.createTable('contacts_trash', (table) => {
    table.string('id', 36).primary();
    table.string('site', 64).notNullable();
    table.integer('user_id').notNullable();
    table.integer('book_key').notNullable();
    table.string('book_title', 200).notNullable();
    table.string('uri', 255).notNullable();
    table.string('name', 500).notNullable();
    table.text('text').notNullable();
    table.string('removed_at', 24).notNullable();
    table.index(['site', 'user_id', 'removed_at']);
    table.index(['book_key']);
  });
  await knex.schema.createTable('contacts_favourites', (table) => {
    table.string('card_id', 36).notNullable();
    table.string('site', 64).notNullable();
    table.integer('user_id').notNullable();
    table.primary(['site', 'user_id', 'card_id']);
    table.index(['card_id']);
  });
  // Cards as they were before a change of several of them, until it can no longer be undone.
  await knex.schema.createTable('contacts_undo', (table) => {
    table.string('id', 36).primary();
    table.string('site', 64).notNullable();
    table.integer('user_id').notNullable();
    table.text('steps').notNullable();
    table.string('made_at', 24).notNullable();
    table.index(['site', 'user_id']);
  });
};

export const down: Migration['down'] = async (knex) => {
  for (const name of ['undo', 'favourites', 'trash', 'removed', 'cards', 'shares', 'books'])
    await knex.schema.dropTable(`contacts_${name}`);
};
