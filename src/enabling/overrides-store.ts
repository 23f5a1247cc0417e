import type { Knex } from 'knex';
import { z } from 'zod';
import { AppError } from '../base/errors';
import type { SiteId } from '../base/types';

/** One row of `config_changes`; an absent value is "nothing said". */
export interface ConfigChange {
  readonly id: number;
  readonly site: SiteId | '*';
  readonly group?: string;
  readonly path: string;
  readonly value: unknown;
  readonly previous: unknown;
  readonly author: string;
  /** UTC ISO. */
  readonly at: string;
  /** Id of the change that took this one back. */
  readonly undoneBy?: number;
}

/** A change as the history shows it. */
export interface PastChange extends ConfigChange {
  /** The newest of its site, group and path; an older one was replaced on purpose. */
  readonly isLast: boolean;
}

/** Of what a change speaks: its site, group and path. */
export interface ChangeTarget {
  readonly site: string;
  readonly group?: string | undefined;
  readonly path: string;
}

/** What an administrator says of a path; `undefined` takes it back. */
export type NewChange = Pick<ConfigChange, 'site' | 'path' | 'value' | 'author' | 'at'> & {
  readonly group?: string | undefined;
};

/** Which changes to read, newest first. */
export interface HistoryQuery {
  /** This site's, and those of every site. */
  readonly site?: SiteId | undefined;
  readonly path?: string | undefined;
  /** All paths of a plugin. */
  readonly plugin?: string | undefined;
  /** Older than this change: how pages follow each other. */
  readonly before?: number | undefined;
  /** 50 by default, at most 500. */
  readonly limit?: number | undefined;
}

const PAGE = 50;
const PAGE_MAX = 500;
const IN_FORCE_MAX = 5_000; // sites × groups × the few keys that administrators touch
const AUTHOR_MAX = 256;

const rowShape = z.object({
  id: z.number(),
  site: z.string(),
  group_id: z.string().nullable(),
  path: z.string(),
  value: z.string().nullable(),
  previous: z.string().nullable(),
  author: z.string(),
  at: z.string(),
  undone_by: z.number().nullable(),
});
const rowsShape = z.array(rowShape);
const pastRowsShape = z.array(rowShape.extend({ is_last: z.number() }));
const versionShape = z.tuple([
  z.object({ n: z.coerce.number(), last: z.coerce.number().nullable() }),
]);

/** Changes in force, oldest first: the last of each site, group and path that says something. */
export async function selectInForce(knex: Knex): Promise<readonly ConfigChange[]> {
  const last = knex('config_changes').max('id').groupBy(['site', 'group_id', 'path']);
  const rows: unknown = await knex('config_changes')
    .whereIn('id', last)
    .whereNotNull('value')
    .orderBy('id')
    .limit(IN_FORCE_MAX);
  return rowsShape.parse(rows).map(changeFromRow);
}

/**
 * Changes whenever a row is added; counted too, which tells a table restored from a copy that lacks
 * rows.
 */
export async function selectVersion(knex: Knex): Promise<string> {
  const rows: unknown = await knex('config_changes').count({ n: '*' }).max({ last: 'id' });
  const [{ n, last }] = versionShape.parse(rows);
  return `${n}.${last ?? 0}`;
}

export async function selectHistory(
  knex: Knex,
  { site, path, plugin, before, limit = PAGE }: HistoryQuery,
): Promise<readonly PastChange[]> {
  const query = knex('config_changes')
    .select('*', knex.raw('? as is_last', [isLast(knex)]))
    .orderBy('id', 'desc');
  if (site !== undefined) query.whereIn('site', [site, '*']);
  if (path !== undefined) query.where({ path });
  // Ids of plugins hold none of the characters that LIKE reads.
  if (plugin !== undefined) query.where('path', 'like', `${plugin.replace(/[^a-z0-9-]/g, '')}.%`);
  if (before !== undefined) query.where('id', '<', before);
  const rows: unknown = await query.limit(Math.max(1, Math.min(limit, PAGE_MAX)));
  return pastRowsShape
    .parse(rows)
    .map((row) => ({ ...changeFromRow(row), isLast: row.is_last === 1 }));
}

// A page knows nothing of newer ones: the database says which row has no newer one.
const isLast = (knex: Knex): Knex.Raw =>
  knex.raw(
    `not exists (select 1 from config_changes as newer
      where newer.site = config_changes.site and newer.path = config_changes.path
        and newer.group_id is config_changes.group_id and newer.id > config_changes.id)`,
  );

export async function selectChange(knex: Knex, id: number): Promise<ConfigChange | undefined> {
  const row: unknown = await knex('config_changes').where({ id }).first();
  return row === undefined ? undefined : changeFromRow(rowShape.parse(row));
}

/**
 * Adds a change; `undefined` when it says what is in force already. `seen` is the number of the last
 * change that its author knew of, 0 for none: with another one, `request/invalid`, reason `late`.
 */
export async function insertChange(
  trx: Knex.Transaction,
  change: NewChange,
  seen?: number,
): Promise<ConfigChange | undefined> {
  const { site, group = null, path, at } = change;
  const last = await selectLast(trx, change);
  if (seen !== undefined && seen !== (last?.id ?? 0)) {
    throw new AppError('request/invalid', { details: { reason: 'late', by: last?.id } });
  }
  const value = encode(change.value);
  const previous = encode(last?.value);
  if (value === previous) return undefined;
  const rows: unknown = await trx('config_changes')
    .insert({
      site,
      group_id: group,
      path,
      value,
      previous,
      author: change.author.slice(0, AUTHOR_MAX),
      at,
    })
    .returning('*');
  return changeFromRow(z.tuple([rowShape]).parse(rows)[0]);
}

/**
 * Adds the change that takes another one back. Only what is in force can be taken back: the value
 * before an older change has been replaced since, on purpose.
 */
export async function insertRollback(
  trx: Knex.Transaction,
  id: number,
  { author, at }: Pick<ConfigChange, 'author' | 'at'>,
): Promise<ConfigChange> {
  const change = await selectChange(trx, id);
  if (!change) throw new AppError('request/not-found', { details: { change: id } });
  const last = await selectLast(trx, change);
  if (last?.id !== id) throw superseded(id, last?.id);
  const { site, group, path, previous: value } = change;
  const added = await insertChange(trx, { site, group, path, value, author, at });
  if (!added) throw superseded(id, id);
  // Undone once, whatever was read before: a second time finds the row taken.
  const taken = await trx('config_changes')
    .where({ id })
    .whereNull('undone_by')
    .update({ undone_by: added.id });
  if (taken !== 1) throw superseded(id, undefined);
  return added;
}

const superseded = (change: number, by: number | undefined) =>
  new AppError('request/invalid', { details: { reason: 'superseded', change, by } });

/** The last change of a target, whatever it says. */
export async function selectLast(
  knex: Knex,
  { site, group, path }: ChangeTarget,
): Promise<ConfigChange | undefined> {
  const query = knex('config_changes').where({ site, path });
  const row: unknown = await (group === undefined
    ? query.whereNull('group_id')
    : query.where({ group_id: group })
  )
    .orderBy('id', 'desc')
    .first();
  return row === undefined ? undefined : changeFromRow(rowShape.parse(row));
}

const encode = (value: unknown): string | null =>
  value === undefined ? null : JSON.stringify(value);

const decode = (json: string | null): unknown =>
  json === null ? undefined : (JSON.parse(json) as unknown);

function changeFromRow(row: z.infer<typeof rowShape>): ConfigChange {
  return {
    id: row.id,
    site: row.site === '*' ? '*' : (row.site as SiteId), // our own rows
    ...(row.group_id !== null && { group: row.group_id }),
    path: row.path,
    value: decode(row.value),
    previous: decode(row.previous),
    author: row.author,
    at: row.at,
    ...(row.undone_by !== null && { undoneBy: row.undone_by }),
  };
}
