import type { Migration } from 'estafette/plugin';

/** Copies of books of elsewhere: until where their changes are known, and why a card has no copy. */
export const up: Migration['up'] = async (knex) => {
  await knex.schema.alterTable('contacts_remote_books', (table) => {
    table.string('sync_token', 2000).notNullable().defaultTo('');
  });
  await knex.schema.alterTable('contacts_remote_cards', (table) => {
    table.string('problem', 16).notNullable().defaultTo('');
  });
};

export const down: Migration['down'] = async (knex) => {
  await knex.schema.alterTable('contacts_remote_books', (table) => {
    table.dropColumn('sync_token');
  });
  await knex.schema.alterTable('contacts_remote_cards', (table) => {
    table.dropColumn('problem');
  });
};
