import type { Migration } from 'estafette/plugin';

export const up: Migration['up'] = async (knex) => {
  await knex.schema.createTable('recipient_guard_questions', (table) => {
    table.string('site', 64).notNullable();
    table.integer('user_id').notNullable();
    table.string('draft', 64).notNullable();
    // A hash of what was shown: another recipient is another question.
    table.string('print', 64).notNullable();
    table.string('token', 32).notNullable();
    // Milliseconds since 1970.
    table.bigInteger('asked_at').notNullable();
    // JSON: how many of each group, never who.
    table.text('counts').notNullable();
    table.primary(['site', 'user_id', 'draft']);
    table.index(['site', 'asked_at']);
  });
};

export const down: Migration['down'] = async (knex) => {
  await knex.schema.dropTable('recipient_guard_questions');
};
