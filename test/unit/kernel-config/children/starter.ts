import { silentLog } from '../../../../src/base/log';
import { openDatabase } from '../../../../src/kernel/db';
import type { MigrationSet } from '../../../../src/kernel/db-types';
import { migrate } from '../../../../src/kernel/migrate';

// One of two processes that start together on one database file: says "ready", waits for a line,
// migrates, then adds to a counter by reading and writing it back.
const [, , filename = '', rounds = '0'] = process.argv;

const set: MigrationSet = {
  owner: 'core',
  migrations: [
    {
      name: '0001-counter',
      async up(knex) {
        await knex.schema.createTable('counters', (table) => {
          table.increments('id');
          table.integer('value').notNullable();
        });
        await knex('counters').insert({ value: 0 });
      },
      down: async (knex) => {
        await knex.schema.dropTable('counters');
      },
    },
    {
      name: '0002-log',
      async up(knex) {
        await knex.schema.createTable('log', (table) => {
          table.integer('pid');
        });
      },
      down: async (knex) => {
        await knex.schema.dropTable('log');
      },
    },
  ],
};

async function main(): Promise<void> {
  process.stdout.write('ready\n');
  await new Promise((resolve) => process.stdin.once('data', resolve));
  const db = await openDatabase({ client: 'sqlite', filename, log: silentLog() });
  const applied = await migrate(db, [set]);
  for (let round = 0; round < Number(rounds); round++) {
    await db.transaction(async (trx) => {
      const row: { value: number } | undefined = await trx('counters').first('value');
      await trx('counters').update({ value: (row?.value ?? 0) + 1 });
    });
  }
  await db.close();
  process.stdout.write(`${JSON.stringify({ applied: applied.length })}\n`);
  process.stdin.destroy();
}

main().catch((error: unknown) => {
  process.stderr.write(`${String(error)}\n`);
  process.exit(1);
});
