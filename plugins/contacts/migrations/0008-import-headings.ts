import type { Migration } from 'estafette/plugin';

/** Lists whose first line is a contact already. */
export const up: Migration['up'] = async (knex) => {
  await knex.schema.alterTable('contacts_imports', (table) => {
    table.boolean('is_headed').notNullable().defaultTo(true);
  });
};

export const down: Migration['down'] = async (knex) => {
  await knex.schema.alterTable('contacts_imports', (table) => {
    table.dropColumn('is_headed');
  });
};
