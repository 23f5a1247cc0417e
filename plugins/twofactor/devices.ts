import { randomUUID } from 'node:crypto';
import type { Context, Db, Owner } from './owner';
import { hashOf, isoAt, rowOf } from './owner';

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

/** The core names the browser for this person; a copy of the table names none. */
const deviceHash = ({ site, user }: Owner, device: string): string =>
  hashOf('device', site, String(user), device);

/** Whether a browser need not be asked now. */
export async function isRemembered(
  context: Context,
  owner: Owner,
  device: string,
): Promise<boolean> {
  const row: Row | undefined = await context.db
    .table(TABLE)
    .where({ ...rowOf(owner), device_hash: deviceHash(owner, device) })
    .where('expires_at', '>', isoAt(context.clock.now()))
    .first('id');
  return row !== undefined;
}

/** Remembers a browser that has just given a second factor: for a day, or as long as the person trusts it. */
export async function rememberDevice(
  context: Context,
  owner: Owner,
  device: { readonly id: string; readonly name: string },
  { trustDays }: { readonly trustDays: number },
): Promise<void> {
  const now = context.clock.now();
  const device_hash = deviceHash(owner, device.id);
  const row = {
    name: device.name.slice(0, 200),
    is_trusted: trustDays > 0,
    created_at: isoAt(now),
    expires_at: isoAt(now + Math.max(trustDays, 1) * DAY_MS),
  };
  await context.db.transaction(async (table) => {
    const where = { ...rowOf(owner), device_hash };
    // What was trusted for a month is not cut down to a day by a sign-in without the box.
    const known: Row | undefined = await table(TABLE).where(where).first('expires_at');
    if (known && known.expires_at > row.expires_at) return;
    await table(TABLE).where(where).delete();
    await table(TABLE).insert({ id: randomUUID(), ...where, ...row });
  });
}

/** Browsers that a person trusts, the newest first. */
export async function listDevices(
  context: Context,
  owner: Owner,
  device: string | undefined,
): Promise<readonly TrustedDevice[]> {
  const rows: Row[] = await context.db
    .table(TABLE)
    .where(rowOf(owner))
    .where('expires_at', '>', isoAt(context.clock.now()))
    .where('is_trusted', true)
    .orderBy('created_at', 'desc')
    .limit(SHOWN_MAX)
    .select();
  const here = device === undefined ? undefined : deviceHash(owner, device);
  return rows.map((row) => ({
    id: row.id,
    name: row.name,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
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
