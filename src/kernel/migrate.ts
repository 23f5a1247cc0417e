import type { Knex } from 'knex';
import { delay } from '../base/async';
import { AppError, isAppError } from '../base/errors';
import type { Database, Migration, MigrationSet } from './db-types';

const OWNER = /^[a-z][a-z0-9-]{0,40}$/;
const MIGRATION_NAME = /^[a-z0-9][a-z0-9_-]{0,80}$/;
/** How long a second starter waits for the first one's migrations. */
const LOCK_WAIT_MS = 120_000;
const LOCK_RETRY_MS = 200;

/** One migration, by the owner whose table records it. */
export interface MigrationRef {
  readonly owner: string;
  readonly name: string;
}

/** A migration that failed; its whole set was rolled back. */
export class MigrationError extends Error {
  constructor(
    readonly migration: MigrationRef,
    cause: unknown,
  ) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    super(`migration ${migration.owner}/${migration.name} failed: ${reason}`, { cause });
    this.name = 'MigrationError';
  }
}

/** `migrations_<owner>`, with `_` for `-` so that the name needs no quotes. */
export const migrationTable = (owner: string): string => `migrations_${owner.replaceAll('-', '_')}`;

/**
 * Applies what is missing, set by set, each set in one transaction under a lock: two processes
 * that start together apply each migration once, and a killed one leaves neither half a schema nor
 * a stuck lock. Returns what this call applied; throws {@link MigrationError} at the first failure,
 * earlier sets staying applied.
 */
export async function migrate(
  db: Database,
  sets: readonly MigrationSet[],
): Promise<readonly MigrationRef[]> {
  checkSets(sets);
  const applied: MigrationRef[] = [];
  for (const set of sets) applied.push(...(await applySet(db, set)));
  return applied;
}

/** What {@link migrate} would apply, in order; changes nothing. */
export async function pending(
  db: Database,
  sets: readonly MigrationSet[],
): Promise<readonly MigrationRef[]> {
  checkSets(sets);
  const missing: MigrationRef[] = [];
  for (const set of sets) {
    const done = await appliedNames(db.knex, set.owner);
    missing.push(...set.migrations.filter(({ name }) => !done.has(name)).map(refIn(set)));
  }
  return missing;
}

/** Undoes every applied migration of the sets, last first; for tests and `plugins:purge`. */
export async function rollback(
  db: Database,
  sets: readonly MigrationSet[],
): Promise<readonly MigrationRef[]> {
  checkSets(sets);
  const undone: MigrationRef[] = [];
  for (const set of sets.toReversed()) {
    await inLock(db, async (trx) => {
      const done = await appliedNames(trx, set.owner);
      for (const migration of set.migrations.filter(({ name }) => done.has(name)).toReversed()) {
        await step(set, migration, () => migration.down(trx));
        await trx(migrationTable(set.owner)).where({ name: migration.name }).delete();
        undone.push(refIn(set)(migration));
      }
    });
  }
  return undone;
}

async function applySet(db: Database, set: MigrationSet): Promise<readonly MigrationRef[]> {
  return inLock(db, async (trx) => {
    await ensureTable(trx, set.owner);
    const done = await appliedNames(trx, set.owner);
    const missing = set.migrations.filter(({ name }) => !done.has(name));
    for (const migration of missing) {
      await step(set, migration, () => migration.up(trx));
      await trx(migrationTable(set.owner)).insert({
        name: migration.name,
        applied_at: new Date().toISOString(),
      });
    }
    return missing.map(refIn(set));
  });
}

// SQLite's write lock is the lock.
async function inLock<T>(db: Database, run: (trx: Knex.Transaction) => Promise<T>): Promise<T> {
  const giveUpAt = Date.now() + LOCK_WAIT_MS;
  for (;;) {
    try {
      // Altering a table on SQLite means rebuilding it, which foreign keys would cascade into rows
      // that refer to it: they are off meanwhile and checked before the commit
      // (sqlite.org/lang_altertable.html, section 7).
      return await db.knex.transaction(run, { enforceForeignCheck: false });
    } catch (error) {
      if (!isAppError(error, 'storage/busy') || Date.now() > giveUpAt) throw error;
      await delay(LOCK_RETRY_MS);
    }
  }
}

async function step(set: MigrationSet, migration: Migration, run: () => Promise<void>) {
  try {
    await run();
  } catch (error) {
    throw new MigrationError(refIn(set)(migration), error);
  }
}

async function ensureTable(knex: Knex, owner: string): Promise<void> {
  if (await knex.schema.hasTable(migrationTable(owner))) return;
  await knex.schema.createTable(migrationTable(owner), (table) => {
    table.string('name', 100).primary();
    table.string('applied_at', 30).notNullable();
  });
}

async function appliedNames(knex: Knex, owner: string): Promise<ReadonlySet<string>> {
  if (!(await knex.schema.hasTable(migrationTable(owner)))) return new Set();
  const rows: { name: string }[] = await knex(migrationTable(owner)).select('name');
  return new Set(rows.map(({ name }) => name));
}

const refIn =
  (set: MigrationSet) =>
  ({ name }: Migration): MigrationRef => ({ owner: set.owner, name });

function checkSets(sets: readonly MigrationSet[]): void {
  const seen = new Set<string>();
  for (const set of sets) {
    if (!OWNER.test(set.owner)) throw invalid(`owner "${set.owner}" of migrations`);
    for (const { name } of set.migrations) {
      // A name with an extension would differ between .ts and .js and run twice.
      if (!MIGRATION_NAME.test(name)) throw invalid(`migration name "${name}" (${set.owner})`);
      if (seen.has(`${set.owner}/${name}`)) throw invalid(`migration ${set.owner}/${name}, twice`);
      seen.add(`${set.owner}/${name}`);
    }
  }
}

const invalid = (what: string): AppError =>
  new AppError('config/invalid', { details: { reason: `not usable: ${what}` } });
