import type { Migration } from 'estafette/plugin';

/** What is to be mailed, written with the event that it is about: a mail is made of it once. */
export const up: Migration['up'] = async (knex) => {
  await knex.schema.createTable('calendar_outgoing', (table) => {
    // Of what it says and to whom: written twice, it is one.
    table.string('id', 43).primary();
    table.string('site', 64).notNullable();
    table.integer('user_id').notNullable();
    table.string('organiser', 320).notNullable();
    table.string('organiser_name', 255).notNullable();
    table.string('uid', 255).notNullable();
    table.string('method', 16).notNullable();
    table.text('recipients').notNullable();
    table.text('text').notNullable();
    table.text('note').notNullable();
    // Whether those who receive it had an earlier one.
    table.boolean('is_update').notNullable().defaultTo(false);
    table.string('state', 8).notNullable();
    // `send` once the person began to send it as themselves, `post` when the site did.
    table.string('via', 4).notNullable().defaultTo('');
    table.integer('tries').notNullable().defaultTo(0);
    table.string('why', 200).notNullable().defaultTo('');
    table.string('draft', 500).notNullable().defaultTo('');
    // Moments (ms): not before, and until when somebody is at it.
    table.bigInteger('next_ms').notNullable().defaultTo(0);
    table.bigInteger('held_ms').notNullable().defaultTo(0);
    table.bigInteger('made_ms').notNullable();
    table.index(['site', 'user_id', 'state']);
    table.index(['site', 'state', 'made_ms']);
    table.index(['site', 'user_id', 'uid']);
  });
};

export const down: Migration['down'] = async (knex) => {
  await knex.schema.dropTable('calendar_outgoing');
};
