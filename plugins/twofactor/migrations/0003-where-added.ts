import type { Migration } from 'estafette/plugin';

const TIME = 24;

/**
 * From which browser a factor was added, as that one names itself: the owner knows theirs. When a
 * secret was found that the platform opens no more. What was spent is kept by `context.once`.
 */
export const up: Migration['up'] = async (knex) => {
  await knex.schema.alterTable('twofactor_totp', (table) => {
    table.string('added_from', 200).notNullable().defaultTo('');
    table.string('unreadable_at', TIME);
  });
  await knex.schema.alterTable('twofactor_passkeys', (table) => {
    table.string('added_from', 200).notNullable().defaultTo('');
  });
  await knex.schema.dropTable('twofactor_spent');
};

export const down: Migration['down'] = async (knex) => {
  await knex.schema.createTable('twofactor_spent', (table) => {
    table.string('hash', 64).primary();
    table.string('expires_at', TIME).notNullable();
    table.index(['expires_at']);
  });
  await knex.schema.alterTable('twofactor_passkeys', (table) => table.dropColumn('added_from'));
  await knex.schema.alterTable('twofactor_totp', (table) => {
    table.dropColumns('added_from', 'unreadable_at');
  });
};
