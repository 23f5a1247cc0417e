import { randomUUID } from 'node:crypto';
import type { Context, Db, Owner, Table } from './owner';
import { isoAt, rowOf } from './owner';

const TABLE = 'twofactor_resets';
const OPEN_MS = 24 * 3_600_000;
const SHOWN_MAX = 50;

/** A request of one administrator, which another one grants or refuses. */
export interface Reset {
  readonly id: string;
  readonly user: number;
  readonly note: string;
  readonly askedBy: number;
  readonly askedName: string;
  readonly askedAt: string;
  readonly expiresAt: string;
}

interface Row {
  readonly id: string;
  readonly user_id: number;
  readonly note: string;
  readonly asked_by: number;
  readonly asked_name: string;
  readonly asked_at: string;
  readonly expires_at: string;
}

const resetOf = (row: Row): Reset => ({
  id: row.id,
  user: row.user_id,
  note: row.note,
  askedBy: row.asked_by,
  askedName: row.asked_name,
  askedAt: row.asked_at,
  expiresAt: row.expires_at,
});

interface Administrator {
  readonly id: number;
  readonly name: string;
}

const stillOpen = (table: Db['table'], site: Owner['site'], now: number) =>
  table(TABLE).where({ site }).whereNull('decided_at').where('expires_at', '>', isoAt(now));

/** Requests that wait for a second administrator, the oldest first. */
export async function openResets(
  { db, clock }: Context,
  site: Owner['site'],
): Promise<readonly Reset[]> {
  const rows: Row[] = await stillOpen((name) => db.table(name), site, clock.now())
    .orderBy('asked_at')
    .limit(SHOWN_MAX)
    .select();
  return rows.map(resetOf);
}

/** Asks for a reset; `again` when one is open for that person. */
export async function askReset(
  { db, clock }: Context,
  owner: Owner,
  { note, by }: { readonly note: string; readonly by: Administrator },
): Promise<'asked' | 'again'> {
  const now = clock.now();
  return db.transaction(async (table) => {
    const known: unknown = await stillOpen(table, owner.site, now)
      .where({ user_id: owner.user })
      .first('id');
    if (known !== undefined) return 'again';
    await table(TABLE).insert({
      id: randomUUID(),
      ...rowOf(owner),
      note,
      asked_by: by.id,
      asked_name: by.name,
      asked_at: isoAt(now),
      expires_at: isoAt(now + OPEN_MS),
    });
    return 'asked';
  });
}

export type Decided =
  | { readonly kind: 'decided'; readonly reset: Reset; readonly sessions: number }
  /** Nobody grants their own request, or a reset of their own account. */
  | { readonly kind: 'own' }
  | { readonly kind: 'gone' };

/**
 * Grants or refuses a request, once; who asked for it may only take it back. What is granted is
 * carried out in the same transaction, and answers how many sessions ended.
 */
export async function decideReset(
  { db, clock }: Context,
  site: Owner['site'],
  {
    id,
    outcome,
    by,
    carryOut,
  }: {
    readonly id: string;
    readonly outcome: 'granted' | 'refused';
    readonly by: Administrator;
    readonly carryOut: (table: Table, owner: Owner) => Promise<number>;
  },
): Promise<Decided> {
  const now = clock.now();
  return db.transaction(async (table): Promise<Decided> => {
    const row: Row | undefined = await stillOpen(table, site, now).where({ id }).first();
    if (!row) return { kind: 'gone' };
    const isOwn = row.asked_by === by.id || row.user_id === by.id;
    if (outcome === 'granted' && isOwn) return { kind: 'own' };
    const decided: number = await stillOpen(table, site, now)
      .where({ id })
      .update({
        outcome,
        decided_by: by.id,
        decided_name: by.name,
        decided_at: isoAt(now),
      });
    if (decided !== 1) return { kind: 'gone' };
    const reset = resetOf(row);
    const sessions = outcome === 'granted' ? await carryOut(table, { site, user: reset.user }) : 0;
    return { kind: 'decided', reset, sessions };
  });
}

/** What concerns somebody who is erased, and their name where they asked or decided. */
export async function removeResets(db: Pick<Db, 'table'>, owner: Owner): Promise<void> {
  const { site, user } = owner;
  await db.table(TABLE).where(rowOf(owner)).delete();
  await db.table(TABLE).where({ site, asked_by: user }).update({ asked_name: '' });
  await db.table(TABLE).where({ site, decided_by: user }).update({ decided_name: '' });
}

export async function removePerson(db: Pick<Db, 'table'>, owner: Owner): Promise<void> {
  await db.table('twofactor_people').where(rowOf(owner)).delete();
}
