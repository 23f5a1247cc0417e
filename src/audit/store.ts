import type { Knex } from 'knex';
import { z } from 'zod';
import type { SiteId } from '../base/types';
import { type Anchor, GENESIS, hashOf, type Link, type RawLine } from './chain';
import type { checkEntry } from './entry';
import type { AuditEntry } from './hooks';
import type { AuditKeys } from './keys';

export type Connection = Knex;
export type Transaction = Knex.Transaction;

const detailsShape = z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()]));
const rowShape = z.object({
  id: z.number(),
  at: z.string(),
  site: z.string(),
  actor_login: z.string().nullable(),
  event: z.string(),
  target: z.string().nullable(),
  remote: z.string().nullable(),
  details: z.string(),
});
const linkShape = z.object({ seq: z.number(), hash: z.string() });

/** Which lines to read, newest first. */
export interface AuditQuery {
  /** This site's, and those of every site but of readings of the log there. */
  readonly site?: SiteId;
  /** An event, or all of an area: `session:`. */
  readonly event?: string;
  readonly actor?: string;
  /** Who did it or to whom it was done. */
  readonly person?: string;
  /** Client address. */
  readonly remote?: string;
  /** UTC ISO, included. */
  readonly since?: string;
  /** UTC ISO, not included. */
  readonly until?: string;
  /** Older than this line: how pages follow each other. */
  readonly before?: number;
  /** 50 by default, at most 500. */
  readonly limit?: number;
}

const PAGE = 50;
const PAGE_MAX = 500;

const AREA = /^[a-z][a-z0-9-]*:$/;

/** The end of a site's chain: its last line, else what a purge left, else nothing yet. */
export async function selectEnd(knex: Knex, site: string): Promise<Link> {
  const rows: unknown = await knex.raw(
    `select seq, hash from (
       select * from (select seq, hash from audit_log where site = ? and seq is not null
                      order by seq desc limit 1)
       union all
       select * from (select seq, hash from audit_anchors where site = ? order by seq desc limit 1)
     ) order by seq desc limit 1`,
    [site, site],
  );
  return z.array(linkShape).parse(rows)[0] ?? GENESIS;
}

/** AUTOINCREMENT's own count, which no purge takes back: a number is given once. */
async function nextId(trx: Knex.Transaction): Promise<number> {
  const row: unknown = await trx('sqlite_sequence').where({ name: 'audit_log' }).first('seq');
  return (z.object({ seq: z.number() }).optional().parse(row)?.seq ?? 0) + 1;
}

/** Lines of a site from before its chain: how many, and the last one. */
export interface Unsealed {
  readonly last: number;
  readonly count: number;
}

const UNSEALED = /^(\d{1,15}):(\d{1,15})$/;

/** What the first line of a chain has in place of a predecessor: it seals what was there before. */
const originOf = ({ last, count }: Unsealed): string => `${last}:${count}`;

async function selectUnsealed(
  trx: Knex.Transaction,
): Promise<readonly (Unsealed & { readonly site: string })[]> {
  const rows: unknown = await trx('audit_log')
    .whereNull('seq')
    .groupBy('site')
    .select('site')
    .max('id as last')
    .count('id as count');
  return z.array(z.object({ site: z.string(), last: z.number(), count: z.number() })).parse(rows);
}

/** {@link originOf} read again; `undefined`: no such thing. */
export function readOrigin(prev: unknown): Unsealed | undefined {
  if (prev === GENESIS.hash) return { last: 0, count: 0 };
  const [, last, count] = (typeof prev === 'string' && UNSEALED.exec(prev)) || [];
  return last === undefined ? undefined : { last: Number(last), count: Number(count) };
}

/**
 * What the first line that is left of a chain follows: what was purged, or else, before the very
 * first, what that line tells of.
 */
export function beginningOf(purged: Link | undefined, line: RawLine | undefined): Link {
  if (purged) return purged;
  const isFirst = line?.seq === 1 && readOrigin(line.prev) !== undefined;
  return isFirst ? { seq: 0, hash: String(line.prev) } : GENESIS;
}

export interface TimedEntry {
  readonly at: string;
  readonly entry: ReturnType<typeof checkEntry>;
}

/** Adds lines at the ends of their chains, in order; the transaction must have the write lock already. */
export async function insertEntries(
  trx: Knex.Transaction,
  keys: AuditKeys,
  entries: readonly TimedEntry[],
): Promise<readonly AuditEntry[]> {
  const ends = new Map<string, Link>();
  for (const { entry } of entries) {
    if (!ends.has(entry.site)) ends.set(entry.site, await selectEnd(trx, entry.site));
  }
  const first = await beginnings(trx, entries, ends);
  let id = await nextId(trx);
  const lines: (z.infer<typeof rowShape> & { readonly hash: string })[] = [];
  for (const { at, entry } of [...first, ...entries]) {
    const { site, actor, event, target, remote, details } = entry;
    const end = ends.get(site) ?? GENESIS;
    const line = {
      id,
      seq: end.seq + 1,
      prev: end.hash,
      key_id: keys.currentId,
      at,
      site,
      actor_login: actor ?? null,
      event,
      target: target ?? null,
      remote: remote ?? null,
      details: JSON.stringify(details),
    };
    const hash = hashOf(keys, { ...line, hash: '' });
    if (hash === undefined) throw new Error('the current key is not among the keys');
    ends.set(site, { seq: line.seq, hash });
    lines.push({ ...line, hash });
    id += 1;
  }
  await trx('audit_log').insert(lines);
  return lines.slice(first.length).map(entryFromRow);
}

/**
 * The first sealed line of all begins a chain for each site that has lines from before, so that no
 * site is left whose unsealed lines nothing counts. Afterwards a new chain begins with nothing.
 */
async function beginnings(
  trx: Knex.Transaction,
  entries: readonly TimedEntry[],
  ends: Map<string, Link>,
): Promise<readonly TimedEntry[]> {
  const [first] = entries;
  const isNew = [...ends.values()].some(({ seq }) => seq === 0);
  if (!first || !isNew || (await selectBegin(trx)) !== undefined) return [];
  const begun: TimedEntry[] = [];
  for (const { site, ...unsealed } of await selectUnsealed(trx)) {
    const isTold = ends.has(site);
    ends.set(site, { seq: 0, hash: originOf(unsealed) });
    const own = site as SiteId; // our own rows
    if (!isTold)
      begun.push({ at: first.at, entry: { site: own, event: 'audit:begun', details: {} } });
  }
  return begun;
}

function asked(knex: Knex, query: AuditQuery): Knex.QueryBuilder {
  const { site, event, actor, person, remote, since, until, before } = query;
  const lines = knex('audit_log');
  if (site !== undefined) {
    // What readers of every site looked for is not for those of one.
    lines.whereIn('site', [site, '*']).whereNot((reading) => {
      void reading.where('site', '*').where('event', '>=', 'audit:').where('event', '<', 'audit;');
    });
  }
  if (event !== undefined && AREA.test(event)) {
    // A range and no LIKE, which would not use an index of the event; `;` comes after `:`.
    lines.where('event', '>=', event).where('event', '<', `${event.slice(0, -1)};`);
  } else if (event !== undefined) lines.where({ event });
  if (actor !== undefined) lines.where({ actor_login: actor });
  if (person !== undefined) {
    lines.where((either) => {
      void either.where({ actor_login: person }).orWhere({ target: person });
    });
  }
  if (remote !== undefined) lines.where({ remote });
  if (since !== undefined) lines.where('at', '>=', since);
  if (until !== undefined) lines.where('at', '<', until);
  if (before !== undefined) lines.where('id', '<', before);
  return lines;
}

export async function selectEntries(knex: Knex, query: AuditQuery): Promise<readonly AuditEntry[]> {
  const limit = Math.max(1, Math.min(query.limit ?? PAGE, PAGE_MAX));
  const rows: unknown = await asked(knex, query).orderBy('id', 'desc').limit(limit);
  return z.array(rowShape).parse(rows).map(entryFromRow);
}

/** A line with its place in the chain, to hold a later verification against; none of lines from before it. */
export interface SealedEntry extends AuditEntry {
  readonly chain?: { readonly seq: number; readonly hash: string; readonly key: string };
}

const sealShape = z.object({ seq: z.number(), hash: z.string(), key_id: z.string() });

/** As {@link selectEntries}, with the seals. */
export async function selectSealed(knex: Knex, query: AuditQuery): Promise<readonly SealedEntry[]> {
  const limit = Math.max(1, Math.min(query.limit ?? PAGE, PAGE_MAX));
  const rows: readonly RawLine[] = await asked(knex, query).orderBy('id', 'desc').limit(limit);
  return rows.map((row): SealedEntry => {
    const seal = sealShape.safeParse(row);
    if (!seal.success) return lineFromRow(row);
    const { seq, hash, key_id: key } = seal.data;
    return { ...lineFromRow(row), chain: { seq, hash, key } };
  });
}

/** How many lines there are, whatever the limit. */
export async function countEntries(knex: Knex, query: AuditQuery): Promise<number> {
  const row: unknown = await asked(knex, query).count('id as count').first();
  return z.object({ count: z.number() }).parse(row).count;
}

/** Lines after a number, or all, oldest first, as they are in the table. */
export async function selectRaw(
  knex: Knex,
  { after, limit, site }: { after?: number | undefined; limit: number; site?: string },
): Promise<readonly RawLine[]> {
  const query = knex('audit_log').orderBy('id').limit(limit);
  if (after !== undefined) query.where('id', '>', after);
  if (site !== undefined) query.where({ site });
  return query;
}

/** A line of the table that can be believed. */
export const lineFromRow = (row: RawLine): AuditEntry => entryFromRow(rowShape.parse(row));

export async function selectSites(knex: Knex): Promise<readonly string[]> {
  const rows: unknown = await knex('audit_log').distinct('site');
  return z
    .array(z.object({ site: z.string() }))
    .parse(rows)
    .map(({ site }) => site);
}

/** The first line of a chain that is still young enough, by its number in the chain. */
export async function selectFirstSince(
  knex: Knex,
  site: string,
  at: string,
): Promise<number | undefined> {
  const row: unknown = await knex('audit_log')
    .where({ site })
    .whereNotNull('seq')
    .where('at', '>=', at)
    .orderBy('seq')
    .first('seq');
  return z.object({ seq: z.number() }).optional().parse(row)?.seq;
}

/** Lines of a chain up to a number in it, first ones first. */
export const selectChain = async (
  knex: Knex,
  { site, upTo, limit }: { site: string; upTo: number; limit: number },
): Promise<readonly RawLine[]> =>
  knex('audit_log').where({ site }).where('seq', '<=', upTo).orderBy('seq').limit(limit);

export const deleteChain = (knex: Knex, site: string, upTo: number): Promise<number> =>
  knex('audit_log').where({ site }).where('seq', '<=', upTo).delete().then(Number);

/** Removes lines from before the chain, or those of them that are older than a time. */
export function deleteUnsealed(knex: Knex, site: string, at?: string): Promise<number> {
  const query = knex('audit_log').where({ site }).whereNull('seq');
  if (at !== undefined) query.where('at', '<', at);
  return query.delete().then(Number);
}

const anchorShape = z
  .object({
    site: z.string(),
    seq: z.number(),
    hash: z.string(),
    lines: z.number(),
    before: z.string(),
    at: z.string(),
    fault: z.string().nullable(),
    key_id: z.string(),
    mac: z.string(),
  })
  .transform(({ key_id: keyId, mac, ...rest }) => ({ anchor: { ...rest, keyId }, mac }));

export type SignedAnchor = z.output<typeof anchorShape>;

export async function insertAnchor(knex: Knex, anchor: Anchor, mac: string): Promise<void> {
  const { keyId, ...rest } = anchor;
  await knex('audit_anchors').insert({ ...rest, key_id: keyId, mac });
}

/** The newest anchor of each chain; one that is no anchor at all comes as `undefined`. */
export async function selectAnchors(knex: Knex): Promise<readonly (SignedAnchor | undefined)[]> {
  const newest = knex('audit_anchors').max('id as id').groupBy('site');
  const rows: unknown[] = await knex('audit_anchors').whereIn('id', newest);
  return rows.map((row) => anchorShape.safeParse(row).data);
}

/** What SQLite finds wrong with the table and its indexes; `undefined`: nothing. */
export async function checkIndexes(knex: Knex): Promise<string | undefined> {
  const rows: unknown = await knex.raw("pragma integrity_check('audit_log')");
  const found = z.array(z.object({ integrity_check: z.string() })).parse(rows);
  const [first] = found.map((row) => row.integrity_check);
  return first === 'ok' ? undefined : first;
}

/** When the log began, as its first sealed line says, or the first purge; `undefined`: not yet. */
export async function selectBegin(knex: Knex): Promise<string | undefined> {
  const rowOf = z.object({ at: z.string() }).optional();
  const anchor: unknown = await knex('audit_anchors').orderBy('id').first('at');
  const line: unknown = await knex('audit_log').whereNotNull('seq').orderBy('id').first('at');
  return (rowOf.parse(anchor) ?? rowOf.parse(line))?.at;
}

/** The hash of one line of a chain. */
export async function selectHash(
  knex: Knex,
  site: string,
  seq: number,
): Promise<string | undefined> {
  const row: unknown = await knex('audit_log').where({ site, seq }).first('hash');
  return z.object({ hash: z.string() }).optional().parse(row)?.hash;
}

function entryFromRow(row: z.infer<typeof rowShape>): AuditEntry {
  const { id, at, event } = row;
  return {
    id,
    at,
    site: row.site === '*' ? '*' : (row.site as SiteId), // our own rows
    ...(row.actor_login !== null && { actor: row.actor_login }),
    event,
    ...(row.target !== null && { target: row.target }),
    ...(row.remote !== null && { remote: row.remote }),
    details: detailsShape.parse(JSON.parse(row.details)),
  };
}
