import type { Migration } from 'estafette/plugin';

/** Other addresses of those who have been here: invitations to these are theirs too. */
export const up: Migration['up'] = async (knex) => {
  await knex.schema.alterTable('calendar_known', (table) => {
    table.boolean('is_alias').notNullable().defaultTo(false);
  });
};

export const down: Migration['down'] = async (knex) => {
  await knex('calendar_known').where({ is_alias: true }).delete();
  await knex.schema.alterTable('calendar_known', (table) => {
    table.dropColumn('is_alias');
  });
};
