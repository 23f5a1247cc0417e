import type { PluginRequest } from 'estafette/plugin';
import type { Context, Db, Owner } from './owner';
import { deviceHash, isoAt, rowOf } from './owner';

const TABLE = 'twofactor_limits';
const FREE = 5; // wrong answers before the first wait
const FIRST_S = 30;
const LONGEST_S = 3_600;
const WINDOW_MS = 24 * 3_600_000; // forgotten a day after the last one
const KEY = ['site', 'user_id', 'kind', 'device_hash'];

/** What is counted by itself: who guesses at one way shuts its owner out of no other. */
export type Limited = 'totp' | 'recovery' | 'passkey' | 'enrol' | 'codes';

interface Row {
  readonly failures: number;
  readonly blocked_until: string | null;
  readonly expires_at: string;
}

const STRANGERS = '';

/** A wait that begins where a try turns out wrong: the first one, or a longer one after it. */
export type Wait = 'first' | 'longer';

/** A try that was let through: counted as wrong until it is told otherwise. */
export type Attempt =
  | { readonly kind: 'blocked'; readonly waitS: number }
  | { readonly kind: 'counted'; readonly begins: Wait | undefined; right(): Promise<void> };

/**
 * Counts a try of a person before it is made: a thousand at once get no more through than one after
 * the other. What comes while they wait is not counted, else who hammers would shut them out for ever.
 * Strangers share one counter, however many they are; a browser that the person has used has its own,
 * so that who knows their password does not keep them from their second factor.
 */
export async function beginAttempt(
  { db, clock }: Context,
  owner: Owner,
  kind: Limited,
  device?: PluginRequest['device'],
): Promise<Attempt> {
  const device_hash = device?.isKnown === true ? deviceHash(owner, device.id) : STRANGERS;
  const where = { ...rowOf(owner), kind, device_hash };
  return db.transaction(async (table): Promise<Attempt> => {
    const row: Row | undefined = await table(TABLE).where(where).first();
    const now = clock.now();
    const waitS = waitOf(row, now);
    if (waitS > 0) return { kind: 'blocked', waitS };
    const known = row && Date.parse(row.expires_at) > now ? row.failures : 0;
    const failures = known + 1;
    const nextS = waitAfter(failures);
    const next = {
      ...where,
      failures,
      blocked_until: nextS === 0 ? null : isoAt(now + nextS * 1_000),
      expires_at: isoAt(now + nextS * 1_000 + WINDOW_MS),
    };
    await table(TABLE).insert(next).onConflict(KEY).merge();
    return {
      kind: 'counted',
      begins: beginsAt(failures),
      right: async () => {
        await db.table(TABLE).where(where).delete();
      },
    };
  });
}

/** Takes the one turn of a time, whatever the process; the seconds to wait when it is taken, else 0. */
export async function takeTurn(
  { db, clock }: Context,
  owner: Owner,
  { kind, everyS }: { readonly kind: Limited; readonly everyS: number },
): Promise<number> {
  const where = { ...rowOf(owner), kind, device_hash: STRANGERS };
  return db.transaction(async (table) => {
    const row: Row | undefined = await table(TABLE).where(where).first();
    const now = clock.now();
    const waitS = waitOf(row, now);
    if (waitS > 0) return waitS;
    const until = isoAt(now + everyS * 1_000);
    const next = { ...where, failures: 0, blocked_until: until, expires_at: until };
    await table(TABLE).insert(next).onConflict(KEY).merge();
    return 0;
  });
}

function waitOf(row: Row | undefined, now: number): number {
  const blockedMs = row?.blocked_until ? Date.parse(row.blocked_until) - now : 0;
  return Math.max(Math.ceil(blockedMs / 1_000), 0);
}

const waitAfter = (failures: number): number =>
  failures < FREE ? 0 : Math.min(FIRST_S * 2 ** Math.min(failures - FREE, 20), LONGEST_S);

function beginsAt(failures: number): Wait | undefined {
  if (failures < FREE) return undefined;
  return failures === FREE ? 'first' : 'longer';
}

export async function removeLimits(db: Pick<Db, 'table'>, owner: Owner): Promise<void> {
  await db.table(TABLE).where(rowOf(owner)).delete();
}
