import type { Migration } from 'estafette/plugin';

const TIME = 24;

/** Each way is counted by itself; what was counted before is a day's memory, and begins anew. */
export const up: Migration['up'] = async (knex) => {
  await knex.schema.dropTable('twofactor_limits');
  await knex.schema.createTable('twofactor_limits', (table) => {
    table.string('site', 64).notNullable();
    table.integer('user_id').notNullable();
    table.string('kind', 16).notNullable();
    table.integer('failures').notNullable();
    table.string('blocked_until', TIME);
    table.string('expires_at', TIME).notNullable();
    table.primary(['site', 'user_id', 'kind']);
  });
};

export const down: Migration['down'] = async (knex) => {
  await knex.schema.dropTable('twofactor_limits');
  await knex.schema.createTable('twofactor_limits', (table) => {
    table.string('site', 64).notNullable();
    table.integer('user_id').notNullable();
    table.integer('failures').notNullable();
    table.string('blocked_until', TIME);
    table.string('expires_at', TIME).notNullable();
    table.primary(['site', 'user_id']);
  });
};
