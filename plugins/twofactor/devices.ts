import { randomUUID } from 'node:crypto';
import type { Context, Db, Owner } from './owner';
import { deviceHash, isoAt, rowOf } from './owner';
import type { Taken } from './taken';

const TABLE = 'twofactor_devices';
const DAY_MS = 86_400_000;
const SHOWN_MAX = 50;

export interface TrustedDevice {
  readonly id: string;
  readonly name: string;
  readonly createdAt: string;
  readonly expiresAt: string;
  readonly isThis: boolean;
}

interface Row {
  readonly id: string;
  readonly name: string;
  readonly device_hash: string;
  readonly created_at: string;
  readonly expires_at: string;
}

/** How long trust lasts today: a site that shortens it shortens what was given before, too. */
const lastingMs = (trustDays: number): number => Math.max(trustDays, 1) * DAY_MS;

const endOf = ({ created_at, expires_at }: Row, trustDays: number): string => {
  const byAge = isoAt(Date.parse(created_at) + lastingMs(trustDays));
  return byAge < expires_at ? byAge : expires_at;
};

/** Whether a browser need not be asked now. */
export async function isRemembered(
  context: Context,
  owner: Owner,
  device: string,
  trustDays: number,
): Promise<boolean> {
  const now = context.clock.now();
  const row: Row | undefined = await context.db
    .table(TABLE)
    .where({ ...rowOf(owner), device_hash: deviceHash(owner, device) })
    .where('expires_at', '>', isoAt(now))
    .where('created_at', '>', isoAt(now - lastingMs(trustDays)))
    .first('id');
  return row !== undefined;
}

/**
 * Remembers a browser that has just given a second factor: for a day, or as many as the person trusts
 * it (`days`), of those that the site allows (`trustDays`). Given back, it is asked again.
 */
export async function rememberDevice(
  context: Context,
  owner: Owner,
  device: { readonly id: string; readonly name: string },
  { days, trustDays }: { readonly days: number; readonly trustDays: number },
): Promise<Taken> {
  const now = context.clock.now();
  const device_hash = deviceHash(owner, device.id);
  const row = {
    id: randomUUID(),
    name: device.name.slice(0, 200),
    is_trusted: days > 0,
    created_at: isoAt(now),
    expires_at: isoAt(now + lastingMs(days)),
  };
  await context.db.transaction(async (table) => {
    const where = { ...rowOf(owner), device_hash };
    // What was trusted for a month is not cut down to a day by a sign-in without the box.
    const known: Row | undefined = await table(TABLE)
      .where(where)
      .first('created_at', 'expires_at');
    if (known && endOf(known, trustDays) > row.expires_at) return;
    await table(TABLE).where(where).delete();
    await table(TABLE).insert({ ...where, ...row });
  });
  return {
    giveBack: async () => {
      await forgetDevices(context.db, owner, row.id);
    },
  };
}

/** Browsers that are not asked now, for days or for one, the newest first. */
export async function listDevices(
  context: Context,
  owner: Owner,
  { device, trustDays }: { readonly device: string | undefined; readonly trustDays: number },
): Promise<readonly TrustedDevice[]> {
  const now = context.clock.now();
  const rows: Row[] = await context.db
    .table(TABLE)
    .where(rowOf(owner))
    .where('expires_at', '>', isoAt(now))
    .where('created_at', '>', isoAt(now - lastingMs(trustDays)))
    .orderBy('created_at', 'desc')
    .limit(SHOWN_MAX)
    .select();
  const here = device === undefined ? undefined : deviceHash(owner, device);
  return rows.map((row) => ({
    id: row.id,
    name: row.name,
    createdAt: row.created_at,
    expiresAt: endOf(row, trustDays),
    isThis: row.device_hash === here,
  }));
}

/** Forgets one browser of a person, or all; how many. */
export async function forgetDevices(
  db: Pick<Db, 'table'>,
  owner: Owner,
  id?: string,
): Promise<number> {
  const removed: number = await db
    .table(TABLE)
    .where({ ...rowOf(owner), ...(id !== undefined && { id }) })
    .delete();
  return removed;
}
