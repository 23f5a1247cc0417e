import { type Clock, isoNow } from '../base/clock';
import type { SiteId } from '../base/types';
import type { Database } from '../kernel/db-types';
import type { HookEmitter } from '../kernel/hook-types';
import { checkEntry, type NewAuditEntry } from './entry';
import type { AuditEntry } from './hooks';
import {
  type AuditQuery,
  type Connection,
  deleteEntriesBefore,
  insertEntry,
  selectEntries,
  type Transaction,
} from './store';

export interface Audit {
  /** Writes a line and tells it to plugins. Rejects when it cannot be written. */
  record(entry: NewAuditEntry): Promise<AuditEntry>;
  /** Writes a line with what it tells of, or neither; to be announced after the commit. */
  write(trx: Transaction, entry: NewAuditEntry): Promise<AuditEntry>;
  /** Tells a line to plugins: those of its site, or of each site. Never fails. */
  announce(entry: AuditEntry): void;
  /** Lines by number, newest first. */
  list(query: AuditQuery): Promise<readonly AuditEntry[]>;
  /** Removes lines older than a time (UTC ISO); answers how many. */
  purge(before: string): Promise<number>;
}

export interface AuditDeps {
  readonly db: Database;
  readonly clock: Clock;
  readonly hooks: Pick<HookEmitter, 'action'>;
  /** Sites that are told of what concerns all of them. */
  readonly sites: readonly SiteId[];
}

/** The log of what administrators and plugins did; see {@link Audit}. */
export function createAudit({ db, clock, hooks, sites }: AuditDeps): Audit {
  const write = (knex: Connection, entry: NewAuditEntry) =>
    insertEntry(knex, isoNow(clock), checkEntry(entry));

  function announce(entry: AuditEntry): void {
    // A plugin hears of what happens where it is on, so what concerns all sites is told in each.
    const concerned = entry.site === '*' ? sites : [entry.site];
    for (const site of concerned) void hooks.action({ site }, 'audit:recorded', entry);
  }

  return {
    write,
    announce,
    async record(entry) {
      const written = await write(db.knex, entry);
      announce(written);
      return written;
    },
    list: (query) => selectEntries(db.knex, query),
    purge: (before) => deleteEntriesBefore(db.knex, before),
  };
}
