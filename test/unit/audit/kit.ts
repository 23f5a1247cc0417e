import { auditMigrations, createAudit, createAuditKeys } from '../../../src/audit';
import type { Clock } from '../../../src/base/clock';
import { silentLog } from '../../../src/base/log';
import type { SiteId } from '../../../src/base/types';
import { openDatabase } from '../../../src/kernel/db';
import type { Database } from '../../../src/kernel/db-types';
import { migrate } from '../../../src/kernel/migrate';

export const [marees, saisons] = ['marees' as SiteId, 'saisons' as SiteId];
export const KEY = Buffer.alloc(32, 'the key of the server, for tests');
export const keys = createAuditKeys([KEY]);

export async function openLog(filename = ':memory:'): Promise<Database> {
  const db = await openDatabase({ client: 'sqlite', filename, log: silentLog() });
  await migrate(db, [{ owner: 'core', migrations: auditMigrations }]);
  return db;
}

export const START = Date.UTC(2026, 0, 31);

/** A log whose time moves by hand: a second for each line unless told. */
export function aLog(
  db: Database,
  more: Partial<Parameters<typeof createAudit>[0]> = {},
): ReturnType<typeof createAudit> & { at(ms: number): void } {
  let now = START;
  const clock: Clock = { now: () => now, after: () => () => {}, every: () => () => {} };
  const audit = createAudit({
    db,
    clock,
    sites: [marees, saisons],
    hooks: { action: async () => {} },
    keys,
    ...more,
  });
  return {
    ...audit,
    record(entry) {
      now += 1_000;
      return audit.record(entry);
    },
    at(ms) {
      now = ms;
    },
  };
}

/** What somebody does who has the file of the database: triggers do not stop them. */
export async function tamper(db: Database, ...statements: readonly string[]): Promise<void> {
  const names: { name: string; sql: string }[] = await db
    .knex('sqlite_master')
    .where({ type: 'trigger' })
    .select('name', 'sql');
  for (const { name } of names) await db.knex.raw(`drop trigger ${name}`);
  for (const statement of statements) await db.knex.raw(statement);
  for (const { sql } of names) await db.knex.raw(sql);
}
