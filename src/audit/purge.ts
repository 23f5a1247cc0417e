import { type Clock, isoNow } from '../base/clock';
import type { Log } from '../base/log';
import type { Database } from '../kernel/db-types';
import { type Anchor, anchorMac, hashOf, isSameHash, type RawLine } from './chain';
import type { AuditKeys } from './keys';
import {
  beginningOf,
  deleteChain,
  deleteUnsealed,
  insertAnchor,
  selectAnchors,
  selectChain,
  selectEnd,
  selectFirstSince,
  selectSites,
  type Transaction,
} from './store';

/** Lines that one transaction removes: others write between two of them. */
const BATCH = 5_000;

export interface PurgeDeps {
  readonly db: Database;
  readonly clock: Clock;
  readonly keys: AuditKeys;
  readonly log?: Log | undefined;
}

interface Purged {
  readonly removed: number;
  /** What was wrong with it, or with what went before it. */
  readonly fault: string | null;
}

/**
 * Removes the beginning of each chain up to the last line older than its site's time, and leaves a
 * signed anchor. A line whose clock was ahead keeps those after it. Answers how many went.
 */
export async function purgeChains(
  deps: PurgeDeps,
  beforeOf: (site: string) => string,
): Promise<number> {
  let count = 0;
  for (const site of await selectSites(deps.db.knex)) {
    const before = beforeOf(site);
    count += await deleteUnsealed(deps.db.knex, site, before);
    // What was wrong in one batch is kept by the anchors of those after it, too.
    let fault: string | null = null;
    for (;;) {
      const known: string | null = fault;
      const done: Purged = await deps.db.transaction((trx) =>
        purgeSome(deps, trx, { site, before, known }),
      );
      count += done.removed;
      fault = done.fault;
      if (done.removed < BATCH) break;
    }
  }
  return count;
}

async function purgeSome(
  { clock, keys, log }: PurgeDeps,
  trx: Transaction,
  { site, before, known }: { site: string; before: string; known: string | null },
): Promise<Purged> {
  const kept = await selectFirstSince(trx, site, before);
  const upTo = kept === undefined ? (await selectEnd(trx, site)).seq : kept - 1;
  const lines = await selectChain(trx, { site, upTo, limit: BATCH });
  const last = lines.at(-1);
  if (!last || typeof last.seq !== 'number' || typeof last.hash !== 'string') {
    return { removed: 0, fault: known };
  }
  const found = await faultOf(trx, keys, site, lines);
  // What was tampered with goes as well, for it is too old; that it was is kept with the anchor.
  if (found !== null) log?.error({ site, fault: found }, 'audit/purged-broken');
  const fault = known ?? found;
  const anchor: Anchor = {
    site,
    seq: last.seq,
    hash: last.hash,
    lines: lines.length,
    before,
    at: isoNow(clock),
    fault,
    keyId: keys.currentId,
  };
  const mac = anchorMac(keys, anchor);
  if (mac === undefined) throw new Error('the current key is not among the keys');
  await insertAnchor(trx, anchor, mac);
  // The first line of the chain goes, and with it what says how many came before it.
  await deleteUnsealed(trx, site);
  return { removed: await deleteChain(trx, site, last.seq), fault };
}

/** The first line of a beginning of a chain that does not hold; `null` when all do. */
async function faultOf(
  trx: Transaction,
  keys: AuditKeys,
  site: string,
  lines: readonly RawLine[],
): Promise<string | null> {
  const anchors = await selectAnchors(trx);
  const signed = anchors.find((one) => one?.anchor.site === site);
  if (signed) {
    // One that is not ours would be followed by one of ours that vouches for it.
    const mac = anchorMac(keys, signed.anchor);
    if (mac === undefined) return `unknown-key anchor ${signed.anchor.seq}`;
    if (!isSameHash(signed.mac, mac)) return `anchor ${signed.anchor.seq}`;
  }
  let end = beginningOf(signed?.anchor, lines[0]);
  for (const line of lines) {
    const hash = hashOf(keys, line);
    if (hash === undefined) return `unknown-key ${String(line.id)}`;
    if (!isSameHash(line.hash, hash)) return `altered ${String(line.id)}`;
    if (line.seq !== end.seq + 1 || !isSameHash(line.prev, end.hash)) {
      return `missing ${String(line.id)}`;
    }
    end = { seq: line.seq, hash };
  }
  return null;
}
