import type { Context, Db, Owner, Table } from './owner';
import { hasAny, isoAt, rowOf } from './owner';
import type { Taking } from './taken';
import { matchStep } from './totp';

const TABLE = 'twofactor_totp';

export interface StoredTotp {
  readonly createdAt: string;
  /** What the browser of that time says that it is. */
  readonly addedFrom: string;
  readonly usedAt: string | undefined;
}

interface Row {
  readonly secret: string;
  readonly last_step: number;
  readonly created_at: string;
  readonly added_from: string;
  readonly used_at: string | null;
  readonly unreadable_at: string | null;
}

const boundTo = ({ site, user }: Owner): string => `totp ${site} ${user}`;

async function findRow(db: Pick<Db, 'table'>, owner: Owner): Promise<Row | undefined> {
  const row: Row | undefined = await db.table(TABLE).where(rowOf(owner)).first();
  return row;
}

/** When and where a person set up their application; `undefined` when they have not. */
export async function findTotp(
  db: Pick<Db, 'table'>,
  owner: Owner,
): Promise<StoredTotp | undefined> {
  const row = await findRow(db, owner);
  return (
    row && {
      createdAt: row.created_at,
      addedFrom: row.added_from,
      usedAt: row.used_at ?? undefined,
    }
  );
}

/**
 * Whether codes of a person's application can be checked. A secret that was sealed with a key which
 * has gone is no reason to let anybody in, nor a wrong code of theirs.
 */
export async function isReadable(context: Context, owner: Owner): Promise<boolean> {
  const row = await findRow(context.db, owner);
  return row === undefined || context.open(row.secret, boundTo(owner)) !== undefined;
}

/**
 * Notes for administrators whether the secret of a person can be opened, as it is now. True when it
 * is news that it cannot.
 */
export async function noteReadable(context: Context, owner: Owner): Promise<boolean> {
  const row = await findRow(context.db, owner);
  if (!row) return false;
  const isOpen = context.open(row.secret, boundTo(owner)) !== undefined;
  if (isOpen === (row.unreadable_at === null)) return false;
  const noted: number = await context.db
    .table(TABLE)
    .where({ ...rowOf(owner), secret: row.secret, unreadable_at: row.unreadable_at })
    .update({ unreadable_at: isOpen ? null : isoAt(context.clock.now()) });
  return !isOpen && noted === 1;
}

/** How many people of a site were met whose codes cannot be checked. */
export async function countUnreadable(db: Db, site: Owner['site']): Promise<number> {
  const rows: unknown[] = await db
    .table(TABLE)
    .where({ site })
    .whereNotNull('unreadable_at')
    .select('user_id');
  return rows.length;
}

/**
 * Keeps a secret whose code was just proved; the one before is worth nothing from now on. `isFirst`:
 * only where the person has no factor yet, which is looked at in the same transaction, the one of
 * `table`. False when they have.
 */
export async function saveTotp(
  context: Context,
  table: Table,
  owner: Owner,
  {
    secret,
    step,
    isFirst,
    addedFrom,
  }: {
    readonly secret: string;
    readonly step: number;
    readonly isFirst: boolean;
    readonly addedFrom: string;
  },
): Promise<boolean> {
  const row = {
    ...rowOf(owner),
    secret: context.seal(secret, boundTo(owner)),
    last_step: step,
    created_at: isoAt(context.clock.now()),
    added_from: addedFrom,
    used_at: null,
    unreadable_at: null,
  };
  if (isFirst && (await hasAny({ table }, owner))) return false;
  await table(TABLE).insert(row).onConflict(['site', 'user_id']).merge();
  return true;
}

/**
 * Takes a code once: the step is read and moved on in one transaction, so that of two processes one
 * wins. `replayed` is a right code whose step, or a later one, was used before.
 */
export async function takeTotp(context: Context, owner: Owner, typed: string): Promise<Taking> {
  const { db, clock } = context;
  return db.transaction(async (table): Promise<Taking> => {
    const row = await findRow({ table }, owner);
    const secret = row && context.open(row.secret, boundTo(owner));
    if (!row || secret === undefined) return { kind: 'wrong' };
    const now = clock.now();
    const step = matchStep(secret, typed, now);
    if (step === undefined) return { kind: 'wrong' };
    const { last_step, used_at } = row;
    if (last_step >= step) return { kind: 'replayed' };
    await table(TABLE)
      .where(rowOf(owner))
      .update({ last_step: step, used_at: isoAt(now) });
    return {
      kind: 'right',
      giveBack: async () => {
        // The step as it was before, unless a later one was taken since, or another secret set up.
        await db
          .table(TABLE)
          .where({ ...rowOf(owner), secret: row.secret, last_step: step })
          .update({ last_step, used_at });
      },
    };
  });
}

export async function removeTotp(db: Pick<Db, 'table'>, owner: Owner): Promise<void> {
  await db.table(TABLE).where(rowOf(owner)).delete();
}
