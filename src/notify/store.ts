import type { Knex } from 'knex';
import { z } from 'zod';
import type { SiteId, UserId } from '../base/types';

const rowShape = z.object({
  id: z.number(),
  site: z.string(),
  kind: z.string(),
  recipient: z.string(),
  subject: z.string(),
  text: z.string().nullable(),
  tries: z.number(),
  created_at: z.string(),
});

const countShape = z.object({ n: z.number() });

/** A mail that waits to be sent. */
export interface WaitingNotice {
  readonly id: number;
  readonly site: SiteId;
  readonly kind: string;
  readonly recipient: string;
  readonly subject: string;
  readonly text: string;
  readonly tries: number;
  readonly createdAt: string;
}

export interface NewNotice {
  readonly site: SiteId;
  readonly user: UserId | undefined;
  readonly kind: string;
  readonly recipient: string;
  readonly subject: string;
  readonly text: string;
}

/** Adds a mail unless as many of its kind went to the person, or the site, since a time; says whether. */
export async function insertNotice(
  trx: Knex,
  notice: NewNotice,
  { now, since, most }: { readonly now: string; readonly since: string; readonly most: number },
): Promise<boolean> {
  const { user, ...rest } = notice;
  const { site, kind } = rest;
  const sent: unknown = await trx('notices')
    .where({ site, kind, user_id: user ?? null })
    .where('created_at', '>', since)
    .count({ n: '*' })
    .first();
  if (countShape.parse(sent).n >= most) return false;
  await trx('notices').insert({
    ...rest,
    user_id: user ?? null,
    state: 'waiting',
    created_at: now,
    next_at: now,
  });
  return true;
}

/** Mails whose time has come, the oldest first. */
export async function dueNotices(
  knex: Knex,
  now: string,
  limit: number,
): Promise<readonly WaitingNotice[]> {
  const rows: unknown = await knex('notices')
    .where({ state: 'waiting' })
    .where('next_at', '<=', now)
    .orderBy('id')
    .limit(limit);
  return z
    .array(rowShape)
    .parse(rows)
    .map((row) => ({
      id: row.id,
      site: row.site as SiteId, // our own rows
      kind: row.kind,
      recipient: row.recipient,
      subject: row.subject,
      text: row.text ?? '',
      tries: row.tries,
      createdAt: row.created_at,
    }));
}

/** Takes one mail to send it: for one process, and until `nextAt` should that one die. */
export const claimNotice = async (
  knex: Knex,
  { id, tries }: WaitingNotice,
  nextAt: string,
): Promise<boolean> =>
  (await knex('notices')
    .where({ id, tries, state: 'waiting' })
    .update({ tries: tries + 1, next_at: nextAt })) > 0;

/** Its words are kept no longer than they are needed. */
export const settleNotice = (
  knex: Knex,
  id: number,
  state: 'sent' | 'given-up',
  problem?: string,
): Promise<number> =>
  knex('notices')
    .where({ id })
    .update({ state, text: null, problem: problem ?? null });

export const postponeNotice = (
  knex: Knex,
  id: number,
  nextAt: string,
  problem: string,
): Promise<number> => knex('notices').where({ id }).update({ next_at: nextAt, problem });

/** How many mails of a site could not be sent since a time: for health. */
export async function countFailed(knex: Knex, site: SiteId, since: string): Promise<number> {
  const row: unknown = await knex('notices')
    .where({ site, state: 'given-up' })
    .where('created_at', '>', since)
    .count({ n: '*' })
    .first();
  return countShape.parse(row).n;
}

export const purgeNotices = (knex: Knex, before: string): Promise<number> =>
  knex('notices')
    .whereNot({ state: 'waiting' })
    .where('created_at', '<', before)
    .delete()
    .then(Number);
