import type { Database } from '../kernel/db-types';
import {
  anchorMac,
  type ChainFault,
  type FaultReason,
  GENESIS,
  hashOf,
  isSameHash,
  type Link,
  type RawLine,
} from './chain';
import type { AuditKeys } from './keys';
import { type Head, lostAt } from './known';
import {
  beginningOf,
  type Connection,
  checkIndexes,
  readOrigin,
  selectAnchors,
  selectRaw,
  type Unsealed,
} from './store';

/** Lines read at once: what a verification holds in memory. */
const PAGE = 1_000;

export interface Verification {
  /** Lines that were read and hold. */
  readonly lines: number;
  /** Lines from before the chain: nothing is known of them. */
  readonly unsealed: number;
  /** The end of each chain. */
  readonly heads: readonly Head[];
  /** The first line that does not hold; absent when all of them do. */
  readonly fault?: ChainFault;
}

export interface VerifyOptions {
  /** Begins at this line, whose predecessors are taken as they are. */
  readonly from?: number | undefined;
  /** Lines that are known from elsewhere, any number of each chain. */
  readonly heads?: readonly Head[] | undefined;
}

/** Reads the log from its first line and stops at the first one that does not hold. */
export async function verifyAudit(
  { db, keys }: { readonly db: Pick<Database, 'knex'>; readonly keys: AuditKeys },
  options: VerifyOptions = {},
): Promise<Verification> {
  const { from = 0, heads = [] } = options;
  const walk = new Walk(db.knex, keys, from, heads);
  await walk.anchors();
  // Below every number: one that SQLite would never give was put there.
  let after = from === 0 ? undefined : from - 1;
  while (!walk.fault) {
    const page = await selectRaw(db.knex, { after, limit: PAGE });
    for (const line of page) {
      await walk.next(line);
      if (walk.fault) break;
    }
    const last = page.at(-1);
    if (page.length < PAGE || typeof last?.id !== 'number') break;
    after = last.id;
  }
  // Before what is found by them.
  if (!walk.fault && from === 0) await walk.indexes();
  if (!walk.fault) await walk.ends();
  return walk.result();
}

class Walk {
  fault: ChainFault | undefined;
  #lines = 0;
  #hasSealed = false;
  readonly #unsealed = new Map<string, Unsealed>();
  readonly #ends = new Map<string, Link>();
  readonly #purged = new Map<string, Link>();
  readonly #known = new Map<string, readonly Link[]>();

  constructor(
    readonly knex: Connection,
    readonly keys: AuditKeys,
    readonly from: number,
    heads: readonly Head[],
  ) {
    for (const { site, ...link } of heads) {
      this.#known.set(site, [...(this.#known.get(site) ?? []), link]);
    }
  }

  /** What purges left: chains begin after it. */
  async anchors(): Promise<void> {
    for (const signed of await selectAnchors(this.knex)) {
      if (!signed) return this.#fail({ reason: 'anchor', site: '?' });
      const { anchor, mac } = signed;
      const { site, seq, hash, fault } = anchor;
      const expected = anchorMac(this.keys, anchor);
      if (expected === undefined) {
        return this.#fail({ reason: 'unknown-key', site, seq, details: anchor.keyId });
      }
      if (!isSameHash(mac, expected)) return this.#fail({ reason: 'anchor', site, seq });
      if (fault !== null) return this.#fail({ reason: 'purged', site, seq, details: fault });
      this.#purged.set(site, { seq, hash });
    }
  }

  async next(line: RawLine): Promise<void> {
    const { seq, id } = line;
    const site = String(line.site);
    const at = { site, ...(typeof id === 'number' && { id }) };
    const where = { ...at, ...(typeof seq === 'number' && { seq }) };
    if (typeof id !== 'number' || id < 1) return this.#fail({ ...where, reason: 'inserted' });
    if (seq === null && line.hash === null && !this.#hasSealed && this.from === 0) {
      const { count } = this.#unsealed.get(site) ?? { count: 0 };
      this.#unsealed.set(site, { last: id, count: count + 1 });
      return;
    }
    this.#hasSealed = true;
    const end = this.#ends.get(site) ?? (await this.#begin(site, line));
    const expected = hashOf(this.keys, line);
    if (expected === undefined) {
      const isNamed = typeof line.key_id === 'string';
      const reason = isNamed ? 'unknown-key' : 'inserted';
      return this.#fail({ ...where, reason, ...(isNamed && { details: String(line.key_id) }) });
    }
    if (!isSameHash(line.hash, expected)) {
      return this.#fail({ ...where, reason: await this.#whyWrong(line, end) });
    }
    // Sealed as it stands: its numbers and its predecessor are what was written.
    const own = { seq: Number(seq), hash: expected };
    if (own.seq > end.seq + 1) {
      return this.#fail({ ...at, reason: 'missing', seq: end.seq + 1 });
    }
    if (own.seq !== end.seq + 1 || !isSameHash(line.prev, end.hash)) {
      return this.#fail({ ...where, reason: 'rewritten' });
    }
    const known = this.#known.get(site)?.filter((link) => link.seq === own.seq) ?? [];
    if (known.some((link) => !isSameHash(link.hash, own.hash))) {
      return this.#fail({ ...where, reason: 'rewritten' });
    }
    if (this.from === 0 && !this.#ends.has(site)) {
      const added = this.#addedBefore(site, own.seq === 1 ? line.prev : GENESIS.hash);
      if (added !== undefined) return this.#fail({ site, id: added, reason: 'inserted' });
    }
    this.#ends.set(site, own);
    this.#lines += 1;
  }

  /** What is known elsewhere must be there, or have been purged. */
  async ends(): Promise<void> {
    // Where one chain began, one began for each site that had lines from before.
    const isBegun = this.#ends.size + this.#purged.size > 0;
    for (const [site, { last }] of this.#unsealed) {
      if (isBegun && !this.#ends.has(site)) {
        return this.#fail({ site, id: last, reason: 'inserted' });
      }
    }
    for (const [site, links] of this.#known) {
      for (const link of links) {
        const fault = await lostAt(this.knex, this.#purged.get(site) ?? GENESIS, { site, ...link });
        if (fault) return this.#fail(fault);
      }
    }
  }

  /** Readers find lines by indexes: one that lacks an entry hides a line that is there. */
  async indexes(): Promise<void> {
    const damage = await checkIndexes(this.knex);
    if (damage !== undefined) this.#fail({ reason: 'damaged', site: '*', details: damage });
  }

  result(): Verification {
    return {
      lines: this.#lines,
      unsealed: [...this.#unsealed.values()].reduce((sum, { count }) => sum + count, 0),
      heads: [...this.#ends].map(([site, link]) => ({ site, ...link })),
      ...(this.fault && { fault: this.fault }),
    };
  }

  #fail(fault: ChainFault): void {
    this.fault = fault;
  }

  async #begin(site: string, line: RawLine): Promise<Link> {
    // In the middle, the predecessor is what the line says, which its own hash vouches for.
    if (this.from > 0 && typeof line.seq === 'number' && typeof line.prev === 'string') {
      return { seq: line.seq - 1, hash: line.prev };
    }
    const begun = beginningOf(this.#purged.get(site), line);
    if (typeof line.seq !== 'number' || line.seq === begun.seq + 1) return begun;
    // A purge came between reading the anchors and reading the lines.
    await this.anchors();
    return this.#purged.get(site) ?? GENESIS;
  }

  /** Number of a line without a seal that came after those that the chain's first line tells of. */
  #addedBefore(site: string, prev: unknown): number | undefined {
    const found = this.#unsealed.get(site);
    const told = readOrigin(prev);
    if (!found || (told && found.count <= told.count && found.last <= told.last)) return undefined;
    return found.last;
  }

  /** A line whose seal is wrong was added when the chain holds without it. */
  async #whyWrong(line: RawLine, end: Link): Promise<FaultReason> {
    const [next] =
      typeof line.id === 'number'
        ? await selectRaw(this.knex, { after: line.id, limit: 1, site: String(line.site) })
        : [];
    if (next) return isSameHash(next.prev, end.hash) ? 'inserted' : 'altered';
    const known = this.#known.get(String(line.site)) ?? [];
    const last = Math.max(0, ...known.map(({ seq }) => seq));
    return known.length > 0 && last <= end.seq ? 'inserted' : 'altered';
  }
}
