import type { Context, Db, Owner } from './owner';
import { isoAt, rowOf } from './owner';

const TABLE = 'twofactor_limits';
const FREE = 5; // wrong codes before the first wait
const FIRST_S = 30;
const LONGEST_S = 3_600;
const WINDOW_MS = 24 * 3_600_000; // forgotten a day after the last one

interface Row {
  readonly failures: number;
  readonly blocked_until: string | null;
  readonly expires_at: string;
}

/** A try that was let through: counted as wrong until it is told otherwise. */
export type Attempt =
  | { readonly kind: 'blocked'; readonly waitS: number }
  | { readonly kind: 'counted'; right(): Promise<void> };

/**
 * Counts a try of a person before it is made: a thousand at once get no more through than one after
 * the other. What comes while they wait is not counted, else who hammers would shut them out for ever.
 */
export async function beginAttempt({ db, clock }: Context, owner: Owner): Promise<Attempt> {
  const waitS = await db.transaction(async (table) => {
    const row: Row | undefined = await table(TABLE).where(rowOf(owner)).first();
    const now = clock.now();
    const blockedMs = row?.blocked_until ? Date.parse(row.blocked_until) - now : 0;
    if (blockedMs > 0) return Math.ceil(blockedMs / 1_000);
    const known = row && Date.parse(row.expires_at) > now ? row.failures : 0;
    const failures = known + 1;
    const nextS = waitAfter(failures);
    const next = {
      ...rowOf(owner),
      failures,
      blocked_until: nextS === 0 ? null : isoAt(now + nextS * 1_000),
      expires_at: isoAt(now + nextS * 1_000 + WINDOW_MS),
    };
    await table(TABLE).insert(next).onConflict(['site', 'user_id']).merge();
    return 0;
  });
  if (waitS > 0) return { kind: 'blocked', waitS };
  return { kind: 'counted', right: () => removeLimits(db, owner) };
}

const waitAfter = (failures: number): number =>
  failures < FREE ? 0 : Math.min(FIRST_S * 2 ** Math.min(failures - FREE, 20), LONGEST_S);

export async function removeLimits(db: Pick<Db, 'table'>, owner: Owner): Promise<void> {
  await db.table(TABLE).where(rowOf(owner)).delete();
}
