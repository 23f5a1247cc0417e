import type { Knex } from 'knex';
import { z } from 'zod';
import type { SiteId, UserId } from '../base/types';
import { USER_COLUMNS, userFromRow, userRowShape } from './user-store';

/** What an application's password opens; none opens pages. */
export type AppPasswordScope = 'dav';

/** A password of one application, as its owner sees it. */
export interface AppPassword {
  readonly id: number;
  readonly name: string;
  readonly scope: AppPasswordScope;
  /** Its first four characters: tells one from another. */
  readonly start: string;
  readonly createdAt: string;
  readonly usedAt: string | undefined;
  readonly usedFrom: string | undefined;
}

const rowShape = z.object({
  id: z.number(),
  name: z.string(),
  scope: z.enum(['dav']),
  selector: z.string(),
  created_at: z.string(),
  used_at: z.string().nullable(),
  used_from: z.string().nullable(),
});

export interface NewAppPassword {
  readonly user: UserId;
  readonly name: string;
  readonly scope: AppPasswordScope;
  readonly selector: string;
  readonly salt: string;
  readonly hash: string;
  readonly createdAt: string;
}

/** Its id; `undefined` when the person has as many as they may. */
export async function insertAppPassword(
  trx: Knex,
  { user, createdAt, ...rest }: NewAppPassword,
  most: number,
): Promise<number | undefined> {
  const counted: unknown = await trx('app_passwords')
    .where({ user_id: user })
    .count({ n: '*' })
    .first();
  if (z.object({ n: z.coerce.number() }).parse(counted).n >= most) return undefined;
  const rows: unknown = await trx('app_passwords')
    .insert({ ...rest, user_id: user, created_at: createdAt })
    .returning('id');
  return z.tuple([z.object({ id: z.number() })]).parse(rows)[0].id;
}

export async function listAppPasswords(knex: Knex, user: UserId): Promise<readonly AppPassword[]> {
  const rows: unknown = await knex('app_passwords')
    .where({ user_id: user })
    .orderBy('id')
    .select(Object.keys(rowShape.shape));
  return z
    .array(rowShape)
    .parse(rows)
    .map((row) => ({
      id: row.id,
      name: row.name,
      scope: row.scope,
      start: row.selector,
      createdAt: row.created_at,
      usedAt: row.used_at ?? undefined,
      usedFrom: row.used_from ?? undefined,
    }));
}

/** Removes one of a person, or all; answers how many. */
export const deleteAppPasswords = (knex: Knex, user: UserId, id?: number): Promise<number> =>
  knex('app_passwords')
    .where({ user_id: user, ...(id !== undefined && { id }) })
    .delete()
    .then(Number);

const candidateShape = userRowShape.extend({
  id: z.number(),
  salt: z.string(),
  hash: z.string(),
  used_at: z.string().nullable(),
});

/** The password of a login, or address, that begins so, with its owner. */
export async function findAppPassword(
  knex: Knex,
  site: SiteId,
  login: string,
  { selector, scope }: { readonly selector: string; readonly scope: AppPasswordScope },
) {
  const wanted = login.trim().toLowerCase();
  const row: unknown = await knex('app_passwords')
    .join('users', 'users.id', 'app_passwords.user_id')
    .where({ 'users.site': site, selector, scope })
    .whereRaw('(users.login = ? or lower(users.mail) = ?)', [wanted, wanted])
    .first({
      ...USER_COLUMNS,
      id: 'app_passwords.id',
      salt: 'app_passwords.salt',
      hash: 'app_passwords.hash',
      used_at: 'app_passwords.used_at',
    });
  if (row === undefined) return undefined;
  const { id, salt, hash, used_at, ...rest } = candidateShape.parse(row);
  return { id, salt, hash, usedAt: used_at ?? undefined, user: userFromRow(rest) };
}

export const touchAppPassword = (
  knex: Knex,
  id: number,
  usedAt: string,
  usedFrom: string | undefined,
): Promise<number> =>
  knex('app_passwords')
    .where({ id })
    .update({ used_at: usedAt, used_from: usedFrom ?? null });
