import type { Migration } from 'estafette/plugin';

/** Who has been here: an address says whose calendars are meant. */
export const up: Migration['up'] = async (knex) => {
  await knex.schema.createTable('calendar_known', (table) => {
    table.string('site', 64).notNullable();
    table.string('mail', 254).notNullable();
    table.integer('user_id').notNullable();
    table.primary(['site', 'mail']);
    table.index(['user_id']);
  });
};

export const down: Migration['down'] = async (knex) => {
  await knex.schema.dropTable('calendar_known');
};
