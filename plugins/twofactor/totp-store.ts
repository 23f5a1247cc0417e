import type { Context, Db, Owner } from './owner';
import { hasAny, isoAt, rowOf } from './owner';
import { matchStep } from './totp';

const TABLE = 'twofactor_totp';

export interface StoredTotp {
  readonly createdAt: string;
  readonly usedAt: string | undefined;
}

interface Row {
  readonly secret: string;
  readonly last_step: number;
  readonly created_at: string;
  readonly used_at: string | null;
}

const boundTo = ({ site, user }: Owner): string => `totp ${site} ${user}`;

/** When a person set up their application; `undefined` when they have not. */
export async function findTotp(db: Db, owner: Owner): Promise<StoredTotp | undefined> {
  const row: Row | undefined = await db.table(TABLE).where(rowOf(owner)).first();
  return row && { createdAt: row.created_at, usedAt: row.used_at ?? undefined };
}

/**
 * Keeps a secret whose code was just proved; the one before is worth nothing from now on. `isFirst`:
 * only where the person has no factor yet, which is looked at in the same transaction. False when
 * they have.
 */
export async function saveTotp(
  context: Context,
  owner: Owner,
  {
    secret,
    step,
    isFirst,
  }: { readonly secret: string; readonly step: number; readonly isFirst: boolean },
): Promise<boolean> {
  const row = {
    ...rowOf(owner),
    secret: context.seal(secret, boundTo(owner)),
    last_step: step,
    created_at: isoAt(context.clock.now()),
    used_at: null,
  };
  return context.db.transaction(async (table) => {
    if (isFirst && (await hasAny(table, owner))) return false;
    await table(TABLE).insert(row).onConflict(['site', 'user_id']).merge();
    return true;
  });
}

export type CodeOutcome = 'right' | 'replayed' | 'wrong';

/**
 * Takes a code once: the step is moved on in one statement, so that of two processes one wins.
 * `replayed` is a right code whose step, or a later one, was used before.
 */
export async function takeTotp(
  context: Context,
  owner: Owner,
  typed: string,
): Promise<CodeOutcome> {
  const row: Row | undefined = await context.db.table(TABLE).where(rowOf(owner)).first();
  if (!row) return 'wrong';
  const secret = context.open(row.secret, boundTo(owner));
  if (secret === undefined) {
    context.log.error({ site: owner.site, user: owner.user }, 'twofactor/secret-unreadable');
    return 'wrong';
  }
  const now = context.clock.now();
  const step = matchStep(secret, typed, now);
  if (step === undefined) return 'wrong';
  const taken: number = await context.db
    .table(TABLE)
    .where({ ...rowOf(owner), secret: row.secret })
    .where('last_step', '<', step)
    .update({ last_step: step, used_at: isoAt(now) });
  return taken === 1 ? 'right' : 'replayed';
}

/** False when there was none. */
export async function removeTotp(db: Pick<Db, 'table'>, owner: Owner): Promise<boolean> {
  const removed: number = await db.table(TABLE).where(rowOf(owner)).delete();
  return removed > 0;
}
