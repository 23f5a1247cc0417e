import { type ChainFault, isSameHash, type Link } from './chain';
import { type Connection, selectEnd, selectHash } from './store';

/** A line that is known outside the database: a number of a chain, and its hash. */
export type Head = Link & { readonly site: string };

/** What became of a line that is known elsewhere; `undefined`: it is there, or a purge took it. */
export async function lostAt(
  knex: Connection,
  purged: Link,
  { site, seq, hash }: Head,
): Promise<ChainFault | undefined> {
  const isPurged = purged.seq > seq || (purged.seq === seq && isSameHash(purged.hash, hash));
  if (seq === 0 || isPurged) return undefined;
  if (purged.seq === seq) return { reason: 'rewritten', site, seq };
  const found = await selectHash(knex, site, seq);
  if (found !== undefined) {
    return isSameHash(found, hash) ? undefined : { reason: 'rewritten', site, seq };
  }
  const end = await selectEnd(knex, site);
  return end.seq < seq
    ? { reason: 'truncated', site, seq: end.seq + 1 }
    : { reason: 'missing', site, seq };
}
