import type { Migration } from 'estafette/plugin';

/**
 * When each object next reminds of itself, so that a minute costs what rings in it; and what has
 * rung and was not dismissed.
 */
export const up: Migration['up'] = async (knex) => {
  await knex.schema.createTable('calendar_alarms', (table) => {
    table.string('object_id', 36).primary();
    table.string('site', 64).notNullable();
    // A little early for whole days and times without zone, which are each person's.
    table.bigInteger('next_ms').notNullable();
    table.index(['site', 'next_ms']);
  });
  await knex.schema.createTable('calendar_rung', (table) => {
    table.string('id', 36).primary();
    table.string('site', 64).notNullable();
    table.integer('user_id').notNullable();
    table.string('object_id', 36).notNullable();
    table.string('recurrence', 16).notNullable();
    // Seen from then on: the moment of the alarm, or the end of a snooze.
    table.bigInteger('shown_ms').notNullable();
    // The last alarm that was told: no write of the event tells it again.
    table.bigInteger('rang_ms').notNullable();
    table.bigInteger('start_ms').notNullable();
    table.boolean('is_all_day').notNullable();
    table.string('summary', 500).notNullable();
    table.unique(['site', 'user_id', 'object_id', 'recurrence']);
    table.index(['site', 'user_id', 'shown_ms']);
    table.index(['site', 'shown_ms']);
  });
};

export const down: Migration['down'] = async (knex) => {
  for (const name of ['rung', 'alarms']) await knex.schema.dropTable(`calendar_${name}`);
};
