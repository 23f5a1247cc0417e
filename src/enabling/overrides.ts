import type { Audit, AuditEntry } from '../audit';
import { type Clock, isoNow } from '../base/clock';
import type { Log } from '../base/log';
import type { Database } from '../kernel/db-types';
import {
  type ChangeTarget,
  type ConfigChange,
  type HistoryQuery,
  insertChange,
  insertRollback,
  type NewChange,
  type PastChange,
  selectChange,
  selectHistory,
  selectInForce,
  selectLast,
  selectVersion,
} from './overrides-store';
import type { Override } from './types';

/** Another process sees a change within this time. */
const POLL_MS = 5_000;

/** Who changes something, and from where. */
export interface Author {
  readonly login: string;
  readonly remote?: string | undefined;
}

export interface Overrides {
  /** In force, oldest first, as this process knows them. */
  inForce(): readonly Override[];
  /** Reads what is in force; tells the listener when it is not what was known. */
  refresh(): Promise<void>;
  /** Writes a change and its line of audit, or neither; `undefined` when nothing changes. */
  set(
    change: Omit<NewChange, 'author' | 'at'>,
    author: Author,
    seen?: number,
  ): Promise<ConfigChange | undefined>;
  rollback(id: number, author: Author): Promise<ConfigChange>;
  find(id: number): Promise<ConfigChange | undefined>;
  last(target: ChangeTarget): Promise<ConfigChange | undefined>;
  history(query: HistoryQuery): Promise<readonly PastChange[]>;
  /** Looks for changes of other processes from now on; the result stops. */
  watch(): () => void;
}

export interface OverridesDeps {
  readonly db: Database;
  readonly clock: Clock;
  readonly log: Log;
  readonly audit: Pick<Audit, 'write' | 'announce'>;
  /** What is in force changed, here or in another process. */
  readonly onChanged: (overrides: readonly Override[]) => void;
}

export function createOverrides({ db, clock, log, audit, onChanged }: OverridesDeps): Overrides {
  let known: readonly Override[] = [];
  let version = '';
  // One reading after the other: an older one may not come last.
  let turn: Promise<void> = Promise.resolve();

  async function read(): Promise<void> {
    const current = await selectVersion(db.knex);
    if (current === version) return;
    known = await selectInForce(db.knex);
    version = current;
    onChanged(known);
  }
  function refresh(): Promise<void> {
    const next = turn.then(read);
    turn = next.catch(() => undefined); // told to who asked; the next reading is tried all the same
    return next;
  }

  const pollFailed = (err: unknown) => log.warn({ err }, 'enabling/poll-failed');

  async function write<T extends ConfigChange | undefined>(
    author: Author,
    event: string,
    run: Parameters<typeof db.transaction<T>>[0],
  ): Promise<T> {
    const { change, entry } = await db.transaction(async (trx) => {
      const made = await run(trx);
      return {
        change: made,
        entry: made && (await audit.write(trx, auditEntry(made, author, event))),
      };
    });
    if (entry) await tell(entry);
    return change;
  }
  async function tell(entry: AuditEntry): Promise<void> {
    audit.announce(entry);
    // The change stands whatever happens here: the next look finds it.
    await refresh().catch(pollFailed);
  }

  return {
    inForce: () => known,
    refresh,
    set: (change, author, seen) =>
      write(author, 'config:changed', (trx) =>
        insertChange(trx, { ...change, author: author.login, at: isoNow(clock) }, seen),
      ),
    rollback: (id, author) =>
      write(author, 'config:rolled-back', (trx) =>
        insertRollback(trx, id, { author: author.login, at: isoNow(clock) }),
      ),
    find: (id) => selectChange(db.knex, id),
    last: (target) => selectLast(db.knex, target),
    history: (query) => selectHistory(db.knex, query),
    watch: () =>
      clock.every(POLL_MS, () => {
        refresh().catch(pollFailed);
      }),
  };
}

/** The value itself stays in the table of changes. */
const auditEntry = (change: ConfigChange, { login, remote }: Author, event: string) => ({
  site: change.site,
  actor: login,
  event,
  target: change.path,
  remote,
  details: {
    change: change.id,
    ...(change.group !== undefined && { group: change.group }),
  },
});
