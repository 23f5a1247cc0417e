import type { Migration } from 'estafette/plugin';

/** How long each card is, so that what somebody keeps is measured without reading it. */
export const up: Migration['up'] = async (knex) => {
  for (const [name, owner] of [
    ['contacts_cards', ['book_key']],
    ['contacts_trash', ['site', 'user_id']],
  ] as const) {
    await knex.schema.alterTable(name, (table) => {
      table.integer('bytes').notNullable().defaultTo(0);
      table.index([...owner, 'bytes']);
    });
    await knex(name).update({ bytes: knex.raw('octet_length(text)') });
  }
};

export const down: Migration['down'] = async (knex) => {
  for (const [name, owner] of [
    ['contacts_cards', ['book_key']],
    ['contacts_trash', ['site', 'user_id']],
  ] as const)
    await knex.schema.alterTable(name, (table) => {
      table.dropIndex([...owner, 'bytes']);
      table.dropColumn('bytes');
    });
};
