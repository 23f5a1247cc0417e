import type { Migration } from 'estafette/plugin';

/** Pages on which others book an appointment, and what was booked there. */
export const up: Migration['up'] = async (knex) => {
  await knex.schema.createTable('calendar_booking_pages', (table) => {
    table.string('id', 36).primary();
    table.string('site', 64).notNullable();
    table.integer('user_id').notNullable();
    table.string('slug', 64).notNullable();
    // What the form says, as JSON: nothing is looked for by it.
    table.text('said').notNullable();
    // Who receives, as their guests read it.
    table.string('name', 200).notNullable();
    table.string('mail', 254).notNullable();
    // Grows with each booking: of two at one moment the second waits for the first.
    table.integer('turn').notNullable().defaultTo(0);
    // Taken away: kept for as long as something is booked there.
    table.boolean('is_removed').notNullable().defaultTo(false);
    table.bigInteger('made_ms').notNullable();
    table.unique(['site', 'slug']);
    table.index(['site', 'user_id']);
  });
  await knex.schema.createTable('calendar_appointments', (table) => {
    table.string('id', 36).primary();
    table.string('page_id', 36).notNullable();
    table.string('site', 64).notNullable();
    table.integer('user_id').notNullable();
    // `held` until it is confirmed, `booked`, `cancelled`.
    table.string('state', 12).notNullable();
    table.bigInteger('start_ms').notNullable();
    table.bigInteger('end_ms').notNullable();
    table.bigInteger('until_ms').notNullable();
    table.string('title', 300).notNullable();
    table.string('name', 200).notNullable();
    table.string('mail', 254).notNullable();
    table.string('phone', 50).notNullable();
    table.string('reason', 200).notNullable();
    table.text('comment').notNullable();
    table.string('locale', 2).notNullable();
    table.string('zone', 64).notNullable();
    // The address of its page: found by a hash, sealed for the mails that lead there.
    table.string('hash', 64).notNullable().unique();
    table.text('sealed').notNullable();
    table.string('origin', 300).notNullable();
    table.string('uid', 64).notNullable();
    table.integer('version').notNullable().defaultTo(0);
    // What the guest and the agent are still to be mailed; `''` for nothing.
    table.string('guest_mail', 12).notNullable();
    table.string('agent_mail', 12).notNullable();
    table.string('method', 8).notNullable();
    table.text('ics').notNullable();
    table.bigInteger('made_ms').notNullable();
    table.index(['site', 'user_id', 'end_ms']);
    table.index(['page_id', 'state']);
    table.index(['site', 'mail']);
  });
};

export const down: Migration['down'] = async (knex) => {
  await knex.schema.dropTable('calendar_appointments');
  await knex.schema.dropTable('calendar_booking_pages');
};
