import type { Knex } from 'knex';
import { z } from 'zod';
import type { UserId } from '../base/types';

export type ImportState = 'running' | 'done' | 'stopped' | 'failed';

/** A message that was not brought in. */
export interface Trouble {
  /** Its number in the file, from 1. */
  readonly number: number;
  /** Key of the text that says why. */
  readonly why: string;
}

export interface ImportRow {
  readonly id: string;
  readonly user: UserId;
  readonly site: string;
  readonly mailbox: string;
  readonly filename: string;
  readonly kind: 'mbox' | 'eml';
  readonly sizeBytes: number;
  readonly state: ImportState;
  readonly position: number;
  readonly brought: number;
  readonly refused: number;
  readonly troubles: readonly Trouble[];
  readonly reason: string | undefined;
  readonly access: string | undefined;
  /** 0 until somebody began. */
  readonly leaseUntil: number;
  readonly createdAt: string;
  readonly updatedAt: string;
}

const troubles = z.array(z.object({ number: z.number(), why: z.string() }));
const shape = z
  .object({
    id: z.string(),
    user_id: z.number(),
    site: z.string(),
    mailbox: z.string(),
    filename: z.string(),
    kind: z.enum(['mbox', 'eml']),
    size_bytes: z.number(),
    state: z.enum(['running', 'done', 'stopped', 'failed']),
    position: z.number(),
    brought: z.number(),
    refused: z.number(),
    troubles: z.string(),
    reason: z.string().nullable(),
    access: z.string().nullable(),
    lease_until: z.number(),
    created_at: z.string(),
    updated_at: z.string(),
  })
  .transform(
    (row): ImportRow => ({
      id: row.id,
      user: row.user_id as UserId,
      site: row.site,
      mailbox: row.mailbox,
      filename: row.filename,
      kind: row.kind,
      sizeBytes: row.size_bytes,
      state: row.state,
      position: row.position,
      brought: row.brought,
      refused: row.refused,
      troubles: troubles.parse(JSON.parse(row.troubles)),
      reason: row.reason ?? undefined,
      access: row.access ?? undefined,
      leaseUntil: row.lease_until,
      createdAt: row.created_at,
      updatedAt: row.updated_at,
    }),
  );

export interface ImportOwner {
  readonly user: UserId;
  readonly site: string;
}

export async function insertImport(
  knex: Knex,
  row: Pick<
    ImportRow,
    'id' | 'user' | 'site' | 'mailbox' | 'filename' | 'kind' | 'sizeBytes' | 'access'
  >,
  at: string,
): Promise<void> {
  await knex('imports').insert({
    id: row.id,
    user_id: row.user,
    site: row.site,
    mailbox: row.mailbox,
    filename: row.filename,
    kind: row.kind,
    size_bytes: row.sizeBytes,
    access: row.access ?? null,
    state: 'running',
    troubles: '[]',
    created_at: at,
    updated_at: at,
  });
}

export async function findImport(
  knex: Knex,
  owner: ImportOwner,
  id: string,
): Promise<ImportRow | undefined> {
  const found: unknown = await knex('imports')
    .where({ id, user_id: owner.user, site: owner.site })
    .first();
  return found === undefined ? undefined : shape.parse(found);
}

/** An agent's, the latest first. */
export async function listImports(
  knex: Knex,
  owner: ImportOwner,
  limit: number,
): Promise<readonly ImportRow[]> {
  const rows: unknown[] = await knex('imports')
    .where({ user_id: owner.user, site: owner.site })
    .orderBy('created_at', 'desc')
    .limit(limit);
  return rows.map((row) => shape.parse(row));
}

/** Those that nobody is at, though they should go on. */
export async function idleImports(
  knex: Knex,
  now: number,
  limit: number,
): Promise<readonly ImportRow[]> {
  const rows: unknown[] = await knex('imports')
    .where({ state: 'running' })
    .where('lease_until', '<', now)
    .limit(limit);
  return rows.map((row) => shape.parse(row));
}

/** Takes one until `leaseUntil`; false when somebody is at it, or it does not go on. */
export async function takeImport(
  knex: Knex,
  id: string,
  now: number,
  leaseUntil: number,
): Promise<boolean> {
  const count = await knex('imports')
    .where({ id, state: 'running' })
    .where('lease_until', '<', now)
    .update({ lease_until: leaseUntil });
  return count === 1;
}

export type ImportChanges = Partial<
  Pick<ImportRow, 'position' | 'brought' | 'refused' | 'troubles' | 'state'>
> & {
  readonly reason?: string | null;
  readonly access?: string | null;
  readonly leaseUntil?: number;
};

/** Changes one that is in `state`; says whether it was. */
export async function changeImport(
  knex: Knex,
  { id, state }: Pick<ImportRow, 'id' | 'state'>,
  changes: ImportChanges,
  at: string,
): Promise<boolean> {
  const set = {
    position: changes.position,
    brought: changes.brought,
    refused: changes.refused,
    troubles: changes.troubles && JSON.stringify(changes.troubles),
    state: changes.state,
    reason: changes.reason,
    access: changes.access,
    lease_until: changes.leaseUntil,
    updated_at: at,
  };
  const given = Object.fromEntries(Object.entries(set).filter(([, value]) => value !== undefined));
  return (await knex('imports').where({ id, state }).update(given)) === 1;
}

export const deleteImport = (knex: Knex, id: string): Promise<number> =>
  knex('imports').where({ id }).delete();

/** Ids of files that some row still needs. */
export async function knownImports(knex: Knex, ids: readonly string[]): Promise<Set<string>> {
  const rows = z.array(z.object({ id: z.string() })).parse(
    await knex('imports')
      .whereIn('id', [...ids])
      .whereIn('state', ['running', 'stopped'])
      .select('id'),
  );
  return new Set(rows.map(({ id }) => id));
}

/** What is kept about a person, for their right of access. */
export async function importRecords(knex: Knex, user: UserId): Promise<readonly unknown[]> {
  return (await knex('imports')
    .where({ user_id: user })
    .select('mailbox', 'filename', 'state', 'brought', 'refused', 'created_at')) as unknown[];
}
