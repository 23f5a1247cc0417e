import type { Migration } from 'estafette/plugin';

export const up: Migration['up'] = async (knex) => {
  await knex.schema.createTable('mass_mail_guard_sendings', (table) => {
    table.string('site', 64).notNullable();
    table.integer('user_id').notNullable();
    table.string('draft', 64).notNullable();
    table.integer('recipients').notNullable();
    // Milliseconds since 1970: windows slide over it.
    table.bigInteger('at').notNullable();
    table.boolean('is_sent').notNullable();
    table.primary(['site', 'user_id', 'draft']);
    table.index(['at']);
  });
};

export const down: Migration['down'] = async (knex) => {
  await knex.schema.dropTable('mass_mail_guard_sendings');
};
