import type { Migration } from 'estafette/plugin';

const TIME = 24;
const HASH = 64;

/**
 * Tries of a browser that the person has used are counted apart from those of strangers; what was
 * counted before is a day's memory, and begins anew. Of recovery codes: from which browser they were
 * made, as that one names itself and as the platform does.
 */
export const up: Migration['up'] = async (knex) => {
  await knex.schema.dropTable('twofactor_limits');
  await knex.schema.createTable('twofactor_limits', (table) => {
    table.string('site', 64).notNullable();
    table.integer('user_id').notNullable();
    table.string('kind', 16).notNullable();
    // Empty: all strangers together.
    table.string('device_hash', HASH).notNullable();
    table.integer('failures').notNullable();
    table.string('blocked_until', TIME);
    table.string('expires_at', TIME).notNullable();
    table.primary(['site', 'user_id', 'kind', 'device_hash']);
  });
  await knex.schema.alterTable('twofactor_recovery', (table) => {
    table.string('made_from', 200).notNullable().defaultTo('');
    table.string('device_hash', HASH).notNullable().defaultTo('');
  });
};

export const down: Migration['down'] = async (knex) => {
  await knex.schema.alterTable('twofactor_recovery', (table) => {
    table.dropColumns('made_from', 'device_hash');
  });
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
