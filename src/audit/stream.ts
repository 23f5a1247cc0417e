import type { Clock } from '../base/clock';
import type { Log } from '../base/log';
import type { Database } from '../kernel/db-types';
import type { RawLine } from './chain';
import type { Sink } from './sinks';
import { lineFromRow, selectRaw } from './store';
import { createCursorStore } from './stream-store';

/** Lines of other processes are seen within this time; those of this one at once. */
const POLL_MS = 2_000;
const BATCH = 200;
/**
 * A syslog server answers nothing (RFC 6587 3.3, RFC 5425 6): what was written before the connection
 * broke may be lost. Lines of the last seconds are sent again on the next one.
 */
const SETTLE_MS = 5_000;
const RETRY_FIRST_MS = 1_000;
const RETRY_MAX_MS = 60_000;
/** Behind for so long, a stream is worth a look. */
const LATE_MS = 60_000;

/** Sends lines on, in the order of their numbers, each at least once. */
export interface AuditStream {
  /** Looks for lines from now on. */
  start(): void;
  /** There is a new line. */
  wake(): void;
  /** Sends what is there, lets another process go on, closes. */
  stop(): Promise<void>;
  /** `undefined`: up to date. From the database, so of any process. */
  problem(): Promise<string | undefined>;
}

export interface AuditStreamDeps {
  readonly db: Pick<Database, 'knex'>;
  readonly clock: Clock;
  readonly log: Log;
  readonly sink: Sink;
  /** Of the cursor: one for each place that is fed. */
  readonly name: string;
  /** Of this process. */
  readonly holder: string;
}

export function createAuditStream(deps: AuditStreamDeps): AuditStream {
  const { db, clock, log, sink, name, holder } = deps;
  const cursor = createCursorStore(db, name, holder);
  /** Written, but perhaps not received. */
  let unsettled: { readonly id: number; readonly at: number }[] = [];
  let sent: number | undefined;
  let epoch = sink.epoch();
  let retryMs = 0;
  let notBefore = 0;
  let failure: string | undefined;
  let turn: Promise<void> | undefined;
  let isAgain = false;
  let isStopped = false;
  let stopPoll: (() => void) | undefined;

  async function run(): Promise<void> {
    if (clock.now() < notBefore) return;
    if (!(await cursor.acquire(clock.now()))) {
      sent = undefined;
      return;
    }
    try {
      await feed();
      retryMs = 0;
      failure = undefined;
    } catch (err) {
      if (failure === undefined) log.error({ err, stream: name }, 'audit/stream-failed');
      failure = err instanceof Error ? err.message : String(err);
      retryMs = Math.min(retryMs * 2 || RETRY_FIRST_MS, RETRY_MAX_MS);
      notBefore = clock.now() + retryMs;
      sent = undefined;
    }
  }

  async function feed(): Promise<void> {
    for (;;) {
      if (epoch !== sink.epoch()) {
        // Another connection: what was on its way in the old one goes again.
        epoch = sink.epoch();
        sent = undefined;
      }
      if (sent === undefined) {
        unsettled = [];
        sent = await cursor.read();
      }
      const page = await selectRaw(db.knex, { after: sent, limit: BATCH });
      const last = page.at(-1);
      if (last && typeof last.id === 'number') {
        noteGap(sent, page[0]);
        await sink.write(page.map(formLine));
        sent = last.id;
        unsettled.push({ id: last.id, at: clock.now() });
      }
      await settle();
      if (page.length < BATCH || isStopped) return;
    }
  }

  /** Lines that were purged before they could be sent are gone: said, not passed over. */
  function noteGap(after: number, first: RawLine | undefined): void {
    if (after === 0 || typeof first?.id !== 'number' || first.id === after + 1) return;
    log.error({ stream: name, after, next: first.id }, 'audit/stream-gap');
  }

  async function settle(): Promise<void> {
    const until = sink.isDurable ? clock.now() : clock.now() - SETTLE_MS;
    if (epoch !== sink.epoch()) return;
    const settled = unsettled.filter(({ at }) => at <= until).at(-1);
    if (!settled) return;
    unsettled = unsettled.filter(({ id }) => id > settled.id);
    if (!(await cursor.save(settled.id, clock.now()))) sent = undefined;
  }

  /** One at a time, and once more when something came meanwhile. */
  function wake(): void {
    if (isStopped) return;
    if (turn) {
      isAgain = true;
      return;
    }
    turn = run()
      .catch((err: unknown) => log.error({ err, stream: name }, 'audit/stream-failed'))
      .finally(() => {
        turn = undefined;
        if (!isAgain) return;
        isAgain = false;
        wake();
      });
  }

  return {
    start() {
      stopPoll ??= clock.every(POLL_MS, wake);
      wake();
    },
    wake,
    async stop() {
      stopPoll?.();
      isAgain = false;
      isStopped = true;
      await turn;
      // What was said last: the end of the process itself.
      await run().catch(() => undefined);
      await cursor.release().catch(() => undefined);
      await sink.close();
    },
    async problem() {
      const { lines, since } = await cursor.behind();
      // Lines that wait to settle are not late.
      const isLate = since !== undefined && clock.now() - Date.parse(since) > LATE_MS;
      if (!isLate) return undefined;
      return `${lines} lines behind since ${since}${failure === undefined ? '' : ` (${failure})`}`;
    },
  };
}

/** What a collector receives: the line, and its place in the chain to hold a later verification against. */
function formLine(row: RawLine): string {
  const { seq, hash, key_id: key } = row;
  const chain = { seq, hash, key };
  return JSON.stringify({ ...readable(row), chain });
}

function readable(row: RawLine): object {
  try {
    return lineFromRow(row);
  } catch {
    // Somebody wrote into the table what is no line: it goes as it is, for that is news.
    return { ...row, isBroken: true };
  }
}
