import { type Clock, isoNow } from '../base/clock';
import type { Log } from '../base/log';
import type { SiteId } from '../base/types';
import type { Database } from '../kernel/db-types';
import type { HookEmitter } from '../kernel/hook-types';
import { checkEntry, type NewAuditEntry } from './entry';
import { createHeadKeeper, type LostLines, lostOf, type ReadHeads, readHeads } from './head';
import type { AuditEntry, AuditNews } from './hooks';
import type { AuditKeys } from './keys';
import { purgeChains } from './purge';
import {
  type AuditQuery,
  countEntries,
  insertEntries,
  type SealedEntry,
  selectEntries,
  selectSealed,
  type TimedEntry,
  type Transaction,
} from './store';
import { type Verification, type VerifyOptions, verifyAudit } from './verify';

export interface Audit {
  /** Writes a line and tells it to plugins. Rejects when it cannot be written. */
  record(entry: NewAuditEntry): Promise<AuditEntry>;
  /** Writes a line with what it tells of, or neither; to be announced after the commit. */
  write(trx: Transaction, entry: NewAuditEntry): Promise<AuditEntry>;
  /** Tells a line to plugins: those of its site, or of each site. Never fails. */
  announce(entry: AuditEntry): void;
  /** Lines by number, newest first. */
  list(query: AuditQuery): Promise<readonly AuditEntry[]>;
  /** The same with the place of each line in its chain: for what leaves the program. */
  listSealed(query: AuditQuery): Promise<readonly SealedEntry[]>;
  /** How many lines a query has in all. */
  count(query: AuditQuery): Promise<number>;
  /** Removes lines older than the time of their site (UTC ISO); answers how many. */
  purge(beforeOf: (site: string) => string): Promise<number>;
  /** Whether the log is what was written; see {@link verifyAudit}. */
  verify(options?: VerifyOptions): Promise<Verification>;
  /** The ends of chains that are kept apart. */
  heads(): Promise<ReadHeads>;
  /** Of ends that were kept apart, those that the log does not have. */
  lost(heads: ReadHeads): Promise<readonly LostLines[]>;
  /** Keeps the ends that are there from now on, whatever was kept; to be asked of a log that holds. */
  acceptHeads(): Promise<void>;
  /** What an administrator has to look at; `undefined`: nothing. */
  problem(): Promise<string | undefined>;
  /** What a line says in place of a text that may be a secret; see {@link AuditKeys}. */
  pseudonym(text: string): string;
  /** Calls `listener` after each line of this process; the result removes it. */
  onWritten(listener: () => void): () => void;
  /** Keeps what is new apart, before the database closes. */
  close(): Promise<void>;
}

export interface AuditDeps {
  readonly db: Database;
  readonly clock: Clock;
  readonly hooks: Pick<HookEmitter, 'action'>;
  /** Sites that are told of what concerns all of them. */
  readonly sites: readonly SiteId[];
  readonly keys: AuditKeys;
  /** File where the ends of chains are kept apart from the database; none unless told. */
  readonly headFile?: string | undefined;
  readonly log?: Log | undefined;
}

/** Lines of one commit: twelve columns each, and SQLite binds 32,766 values. */
const BATCH = 200;

interface Waiting {
  readonly line: TimedEntry;
  readonly resolve: (written: AuditEntry | undefined) => void;
  readonly reject: (error: unknown) => void;
}

const NO_HEADS: ReadHeads = { state: 'absent', heads: [] };

/** The log of what people, administrators and plugins did; see {@link Audit}. */
export function createAudit(deps: AuditDeps): Audit {
  const { db, clock, hooks, sites, keys, headFile } = deps;
  const head = headFile === undefined ? undefined : createHeadKeeper({ ...deps, file: headFile });
  const listeners = new Set<() => void>();

  const timed = (entry: NewAuditEntry): TimedEntry => ({
    at: isoNow(clock),
    entry: checkEntry(entry),
  });

  async function write(trx: Transaction, entry: NewAuditEntry): Promise<AuditEntry> {
    const [written] = await insertEntries(trx, keys, [timed(entry)]);
    if (!written) throw new Error('a line was not written');
    return written;
  }

  /** Lines that came while another one was written go together: one commit, not one each. */
  const queue: Waiting[] = [];
  let draining: Promise<void> | undefined;

  async function drain(): Promise<void> {
    while (queue.length > 0) {
      const batch = queue.splice(0, BATCH);
      try {
        // The ends of chains are read and followed under the write lock: of two processes, one waits.
        const written = await db.transaction((trx) =>
          insertEntries(
            trx,
            keys,
            batch.map(({ line }) => line),
          ),
        );
        batch.forEach(({ resolve }, index) => {
          resolve(written[index]);
        });
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    }
    // Here and not by `finally`, before which a line could come that nobody would write.
    draining = undefined;
  }

  function enqueue(line: TimedEntry): Promise<AuditEntry | undefined> {
    const written = new Promise<AuditEntry | undefined>((resolve, reject) => {
      queue.push({ line, resolve, reject });
    });
    draining ??= drain();
    return written;
  }

  function announce({ id, at, site, event }: AuditEntry): void {
    head?.touch();
    for (const listener of listeners) listener();
    // A plugin hears of what happens where it is on, so what concerns all sites is told in each.
    const concerned = site === '*' ? sites : [site];
    const news: AuditNews = { id, at, site, event };
    for (const where of concerned) void hooks.action({ site: where }, 'audit:recorded', news);
  }

  return {
    write,
    announce,
    async record(entry) {
      const written = await enqueue(timed(entry));
      if (!written) throw new Error('a line was not written');
      announce(written);
      return written;
    },
    list: (query) => selectEntries(db.knex, query),
    listSealed: (query) => selectSealed(db.knex, query),
    count: (query) => countEntries(db.knex, query),
    async purge(beforeOf) {
      const count = await purgeChains(deps, beforeOf);
      if (count > 0) head?.touch();
      return count;
    },
    verify: (options) => verifyAudit({ db, keys }, options),
    heads: async () => (headFile === undefined ? NO_HEADS : readHeads(headFile, keys)),
    lost: ({ heads }) => lostOf(db.knex, heads),
    acceptHeads: async () => head?.accept(),
    problem: async () => head?.problem(),
    pseudonym: keys.pseudonym,
    onWritten(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    async close() {
      await draining;
      await head?.close();
    },
  };
}
