import type { Migration } from 'estafette/plugin';

/**
 * What somebody said of a meeting, so that a message that they declined shows it: what is declined is
 * not in their calendar; and what a message changed, for who opens it again.
 */
export const up: Migration['up'] = async (knex) => {
  await knex.schema.createTable('calendar_answers', (table) => {
    table.string('site', 64).notNullable();
    table.integer('user_id').notNullable();
    table.string('uid', 255).notNullable();
    // An occurrence alone; `''` for all of them.
    table.string('recurrence', 16).notNullable();
    table.string('answer', 16).notNullable();
    // SEQUENCE of what was answered (RFC 5546 2.1.4).
    table.integer('sequence').notNullable();
    table.bigInteger('said_ms').notNullable();
    table.primary(['site', 'user_id', 'uid', 'recurrence']);
    table.index(['site', 'said_ms']);
  });
  await knex.schema.createTable('calendar_received', (table) => {
    table.string('site', 64).notNullable();
    table.integer('user_id').notNullable();
    // Of the text of the message.
    table.string('hash', 43).notNullable();
    table.text('differences').notNullable();
    table.bigInteger('at_ms').notNullable();
    table.primary(['site', 'user_id', 'hash']);
    table.index(['site', 'at_ms']);
  });
};

export const down: Migration['down'] = async (knex) => {
  for (const name of ['answers', 'received']) await knex.schema.dropTable(`calendar_${name}`);
};
