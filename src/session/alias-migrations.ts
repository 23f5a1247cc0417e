import type { Migration } from '../kernel/db-types';

const BATCH = 200; // rows of an insert

interface Row {
  readonly id: number;
  readonly site: string;
  readonly aliases: string;
}

/** Addresses other than the main one, to find their owner by: people sign in with any of them. */
export const aliasMigrations: readonly Migration[] = [
  {
    name: 'session-0006-aliases',
    async up(knex) {
      await knex.schema.createTable('user_aliases', (table) => {
        table
          .integer('user_id')
          .notNullable()
          .references('id')
          .inTable('users')
          .onDelete('CASCADE');
        table.string('site', 64).notNullable();
        // Lower case; as it was written in `users.aliases`.
        table.string('alias', 320).notNullable();
        table.primary(['user_id', 'alias']);
        table.index(['site', 'alias']);
      });
      const users: readonly Row[] = await knex('users').select('id', 'site', 'aliases');
      const rows = users.flatMap(({ id, site, aliases }) => {
        const list: readonly string[] = JSON.parse(aliases);
        const names = new Set(list.map((alias) => alias.toLowerCase()));
        return [...names].map((alias) => ({ user_id: id, site, alias }));
      });
      await knex.batchInsert('user_aliases', rows, BATCH);
    },
    async down(knex) {
      await knex.schema.dropTable('user_aliases');
    },
  },
];
