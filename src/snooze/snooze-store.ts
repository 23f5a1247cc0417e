import type { Knex } from 'knex';
import { z } from 'zod';
import type { UserId } from '../base/types';

/** One message that waits. */
export interface SnoozeRow {
  readonly id: string;
  readonly user: UserId;
  readonly site: string;
  readonly home: string;
  readonly mailbox: string;
  readonly uidValidity: number | undefined;
  readonly uid: number | undefined;
  readonly messageId: string | undefined;
  readonly subject: string;
  readonly sender: string;
  /** Milliseconds since 1970. */
  readonly until: number;
  readonly access: string | undefined;
}

const shape = z
  .object({
    id: z.string(),
    user_id: z.number(),
    site: z.string(),
    home: z.string(),
    mailbox: z.string(),
    uid_validity: z.number().nullable(),
    uid: z.number().nullable(),
    message_id: z.string().nullable(),
    subject: z.string(),
    sender: z.string(),
    until: z.number(),
    access: z.string().nullable(),
  })
  .transform(
    (row): SnoozeRow => ({
      id: row.id,
      user: row.user_id as UserId,
      site: row.site,
      home: row.home,
      mailbox: row.mailbox,
      uidValidity: row.uid_validity ?? undefined,
      uid: row.uid ?? undefined,
      messageId: row.message_id ?? undefined,
      subject: row.subject,
      sender: row.sender,
      until: row.until,
      access: row.access ?? undefined,
    }),
  );

export interface SnoozeOwner {
  readonly user: UserId;
  readonly site: string;
}

const own = ({ user, site }: SnoozeOwner) => ({ user_id: user, site });

export async function insertSnoozes(knex: Knex, rows: readonly SnoozeRow[]): Promise<void> {
  const values = rows.map((row) => ({
    id: row.id,
    user_id: row.user,
    site: row.site,
    home: row.home,
    mailbox: row.mailbox,
    uid_validity: row.uidValidity ?? null,
    uid: row.uid ?? null,
    message_id: row.messageId ?? null,
    subject: row.subject,
    sender: row.sender,
    until: row.until,
    access: row.access ?? null,
  }));
  if (values.length > 0) await knex('snoozes').insert(values);
}

/** Where a message waits now that it has been moved. */
export const placeSnooze = (
  knex: Knex,
  id: string,
  at: { readonly uidValidity: number; readonly uid: number },
): Promise<number> =>
  knex('snoozes').where({ id }).update({ uid_validity: at.uidValidity, uid: at.uid });

/** Another time for one; how many there were. */
export const moveSnooze = (
  knex: Knex,
  owner: SnoozeOwner,
  id: string,
  until: number,
): Promise<number> =>
  knex('snoozes')
    .where({ ...own(owner), id })
    .update({ until });

export const deleteSnooze = (knex: Knex, id: string): Promise<number> =>
  knex('snoozes').where({ id }).delete();

/** An agent's, the earliest first. */
export async function listSnoozes(
  knex: Knex,
  owner: SnoozeOwner,
  limit: number,
): Promise<readonly SnoozeRow[]> {
  const rows: unknown[] = await knex('snoozes').where(own(owner)).orderBy('until').limit(limit);
  return rows.map((row) => shape.parse(row));
}

export async function countSnoozes(knex: Knex, owner: SnoozeOwner): Promise<number> {
  const found: unknown = await knex('snoozes').where(own(owner)).count({ count: '*' }).first();
  return z.object({ count: z.coerce.number() }).parse(found).count;
}

/** Those whose time has come and that nobody is bringing back. */
export async function dueSnoozes(
  knex: Knex,
  now: number,
  limit: number,
): Promise<readonly SnoozeRow[]> {
  const rows: unknown[] = await knex('snoozes')
    .where('until', '<=', now)
    .where('lease_until', '<', now)
    .whereNotNull('access')
    .orderBy('until')
    .limit(limit);
  return rows.map((row) => shape.parse(row));
}

/** Takes one for `leaseUntil`; false when somebody else has it. */
export async function takeSnooze(
  knex: Knex,
  id: string,
  now: number,
  leaseUntil: number,
): Promise<boolean> {
  const count = await knex('snoozes')
    .where({ id })
    .where('lease_until', '<', now)
    .update({ lease_until: leaseUntil });
  return count === 1;
}

/** What is kept about a person, for their right of access. */
export async function snoozeRecords(knex: Knex, user: UserId): Promise<readonly unknown[]> {
  return (await knex('snoozes')
    .where({ user_id: user })
    .select('home', 'subject', 'sender', 'until')) as unknown[];
}
