import type { Knex } from 'knex';
import { z } from 'zod';
import type { SiteId } from '../base/types';
import type { checkEntry } from './entry';
import type { AuditEntry } from './hooks';

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

/** Which lines to read, newest first. */
export interface AuditQuery {
  /** This site's, and those of every site. */
  readonly site?: SiteId;
  readonly event?: string;
  readonly actor?: string;
  /** Older than this line: how pages follow each other. */
  readonly before?: number;
  /** 50 by default, at most 500. */
  readonly limit?: number;
}

const PAGE = 50;
const PAGE_MAX = 500;

export async function insertEntry(
  knex: Knex,
  at: string,
  entry: ReturnType<typeof checkEntry>,
): Promise<AuditEntry> {
  const { site, actor, event, target, remote, details } = entry;
  const rows: unknown = await knex('audit_log')
    .insert({
      at,
      site,
      actor_login: actor ?? null,
      event,
      target: target ?? null,
      remote: remote ?? null,
      details: JSON.stringify(details),
    })
    .returning('*');
  return entryFromRow(z.tuple([rowShape]).parse(rows)[0]);
}

export async function selectEntries(
  knex: Knex,
  { site, event, actor, before, limit = PAGE }: AuditQuery,
): Promise<readonly AuditEntry[]> {
  const query = knex('audit_log').orderBy('id', 'desc');
  if (site !== undefined) query.whereIn('site', [site, '*']);
  if (event !== undefined) query.where({ event });
  if (actor !== undefined) query.where({ actor_login: actor });
  if (before !== undefined) query.where('id', '<', before);
  const rows: unknown = await query.limit(Math.max(1, Math.min(limit, PAGE_MAX)));
  return z.array(rowShape).parse(rows).map(entryFromRow);
}

/** Removes lines older than a time; answers how many. */
export const deleteEntriesBefore = (knex: Knex, at: string): Promise<number> =>
  knex('audit_log').where('at', '<', at).delete().then(Number);

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
