import type { Clock } from '../base/clock';
import { sha256 } from '../base/ids';
import type { Database, MigrationSet } from './db-types';

const TIME = 24; // `2026-01-31T12:00:00.000Z`
const HASH = 64; // SHA-256 as hex

/** Words that may be used a single time, whatever the process: of each a hash, while it could come back. */
export interface UsedOnce {
  /** True for who gives a word first; false for everybody after, until it is too old to be believed. */
  take(word: string, untilMs: number): Promise<boolean>;
  /** Forgets what is too old; answers how many. */
  purge(): Promise<number>;
}

export const usedOnceMigrations: MigrationSet = {
  owner: 'core',
  migrations: [
    {
      name: 'kernel-0003-used-once',
      async up(knex) {
        await knex.schema.createTable('used_once', (table) => {
          table.string('key', HASH).primary();
          table.string('expires_at', TIME).notNullable();
          table.index(['expires_at']);
        });
      },
      async down(knex) {
        await knex.schema.dropTable('used_once');
      },
    },
  ],
};

export function createUsedOnce({
  db,
  clock,
}: {
  readonly db: Database;
  readonly clock: Clock;
}): UsedOnce {
  return {
    async take(word, untilMs) {
      // The row is the answer: of two that come together one writes it.
      const taken: unknown[] = await db
        .knex('used_once')
        .insert({ key: sha256(word), expires_at: new Date(untilMs).toISOString() })
        .onConflict('key')
        .ignore()
        .returning('key');
      return taken.length > 0;
    },
    purge: () =>
      db.knex('used_once').where('expires_at', '<=', new Date(clock.now()).toISOString()).delete(),
  };
}
