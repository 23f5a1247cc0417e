import type { Migration } from 'estafette/plugin';

/**
 * Books are shared with people: an address only says who is meant, until they come. Whoever is given
 * the address of somebody else later is given none of their books.
 */
export const up: Migration['up'] = async (knex) => {
  await knex.schema.alterTable('contacts_shares', (table) => {
    // None until the person has been here.
    table.integer('user_id');
    // Two people may have had one address.
    table.dropUnique(['book_key', 'mail']);
    table.index(['site', 'user_id']);
    table.index(['book_key']);
  });
  const owner = knex('contacts_books')
    .whereRaw('contacts_books.site = contacts_shares.site')
    .whereRaw('contacts_books.owner = contacts_shares.mail')
    .max('user_id');
  await knex('contacts_shares').update({ user_id: owner });
};

export const down: Migration['down'] = async (knex) => {
  await knex.schema.alterTable('contacts_shares', (table) => {
    table.dropIndex(['site', 'user_id']);
    table.dropIndex(['book_key']);
    table.dropColumn('user_id');
  });
};
