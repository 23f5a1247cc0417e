import type { Migration } from 'estafette/plugin';

/**
 * All that suggestions look at, at each letter that somebody types: without it each card is read,
 * and behind its text stands a photograph.
 */
const COLUMNS = ['book_key', 'kind', 'sort_name', 'mails', 'id'];

export const up: Migration['up'] = async (knex) => {
  await knex.schema.alterTable('contacts_cards', (table) => {
    table.index(COLUMNS, 'contacts_cards_names');
  });
};

export const down: Migration['down'] = async (knex) => {
  await knex.schema.alterTable('contacts_cards', (table) => {
    table.dropIndex(COLUMNS, 'contacts_cards_names');
  });
};
