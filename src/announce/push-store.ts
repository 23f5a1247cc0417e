import type { Knex } from 'knex';
import { z } from 'zod';
import type { UidValidity, UserId } from '../base/types';
import type { NewsPlace } from '../mail';

export interface PushOwner {
  readonly user: UserId;
  readonly site: string;
}

/** A device that is told, as its browser subscribed (Push API). */
export interface PushDevice extends PushOwner {
  /** Digest of the endpoint. */
  readonly id: string;
  readonly session: string;
  readonly endpoint: string;
  readonly p256dh: string;
  readonly auth: string;
  /** What its browser says that it is. */
  readonly device: string;
  readonly createdAt: string;
}

/** Mailboxes of one agent that are looked at for their devices. */
export interface PushWatch extends PushOwner {
  readonly access: string;
  readonly places: readonly NewsPlace[];
  readonly failures: number;
}

const own = ({ user, site }: PushOwner) => ({ user_id: user, site });

const deviceShape = z
  .object({
    id: z.string(),
    user_id: z.number(),
    site: z.string(),
    session_id: z.string(),
    endpoint: z.string(),
    p256dh: z.string(),
    auth: z.string(),
    device: z.string(),
    created_at: z.string(),
  })
  .transform(
    ({ user_id, session_id, created_at, ...row }): PushDevice => ({
      ...row,
      user: user_id as UserId,
      session: session_id,
      createdAt: created_at,
    }),
  );

const placesShape = z.array(
  z.object({
    mailbox: z.string(),
    uidValidity: z.number().transform((value) => value as UidValidity),
    uidNext: z.number(),
  }),
);
const watchShape = z
  .object({
    user_id: z.number(),
    site: z.string(),
    access: z.string(),
    places: z.string(),
    failures: z.number(),
  })
  .transform(
    ({ user_id, places, ...row }): PushWatch => ({
      ...row,
      user: user_id as UserId,
      places: placesShape.parse(JSON.parse(places)),
    }),
  );

/** Adds a device, or what its browser says of it now; of very many, the oldest are forgotten. */
export async function keepDevice(knex: Knex, device: PushDevice, most: number): Promise<void> {
  const { user: user_id, session: session_id, createdAt: created_at, ...rest } = device;
  await knex('push_devices')
    .insert({ ...rest, user_id, session_id, created_at })
    .onConflict('id')
    .merge();
  const devices = await listDevices(knex, device);
  const over = devices.slice(0, Math.max(0, devices.length - most)).map(({ id }) => id);
  if (over.length > 0) await knex('push_devices').whereIn('id', over).delete();
}

/** Devices of an agent, the oldest first. */
export async function listDevices(knex: Knex, owner: PushOwner): Promise<readonly PushDevice[]> {
  const rows: unknown[] = await knex('push_devices')
    .where(own(owner))
    .orderBy(['created_at', 'id']);
  return rows.map((row) => deviceShape.parse(row));
}

export const dropDevice = (knex: Knex, owner: PushOwner, id: string): Promise<number> =>
  knex('push_devices')
    .where({ ...own(owner), id })
    .delete();

export const dropDevicesOf = (knex: Knex, session: string): Promise<number> =>
  knex('push_devices').where({ session_id: session }).delete();

export const dropAllDevices = (knex: Knex, owner: PushOwner): Promise<number> =>
  knex('push_devices').where(own(owner)).delete();

/** A session goes on under another id. */
export const moveDevices = (knex: Knex, from: string, to: string): Promise<number> =>
  knex('push_devices').where({ session_id: from }).update({ session_id: to });

/** Looks from now on, with this access; a watch that was there keeps what it knows. */
export async function keepWatch(
  knex: Knex,
  { user, site, access, places }: Omit<PushWatch, 'failures'>,
  dueAt: number,
): Promise<void> {
  const row = { access, failures: 0 };
  const changed = await knex('push_watches').where(own({ user, site })).update(row);
  if (changed > 0) return;
  await knex('push_watches')
    .insert({
      ...own({ user, site }),
      ...row,
      places: JSON.stringify(places),
      due_at: dueAt,
    })
    .onConflict(['user_id', 'site'])
    .merge(['access', 'failures']);
}

/** Those whose time has come and that nobody is looking at. */
export async function dueWatches(
  knex: Knex,
  now: number,
  limit: number,
): Promise<readonly PushWatch[]> {
  const rows: unknown[] = await knex('push_watches')
    .where('due_at', '<=', now)
    .where('lease_until', '<', now)
    .orderBy('due_at')
    .limit(limit);
  return rows.map((row) => watchShape.parse(row));
}

/** Takes one until `leaseUntil`; false when somebody else has it, or has had it. */
export async function takeWatch(
  knex: Knex,
  owner: PushOwner,
  now: number,
  leaseUntil: number,
): Promise<boolean> {
  const count = await knex('push_watches')
    .where(own(owner))
    .where('due_at', '<=', now)
    .where('lease_until', '<', now)
    .update({ lease_until: leaseUntil });
  return count === 1;
}

/** When it is looked at again, and what is known by then. */
export const settleWatch = (
  knex: Knex,
  owner: PushOwner,
  next: {
    readonly dueAt: number;
    readonly failures: number;
    readonly places?: readonly NewsPlace[];
  },
): Promise<number> =>
  knex('push_watches')
    .where(own(owner))
    .update({
      due_at: next.dueAt,
      failures: next.failures,
      lease_until: 0,
      ...(next.places && { places: JSON.stringify(next.places) }),
    });

export const dropWatch = (knex: Knex, owner: PushOwner): Promise<number> =>
  knex('push_watches').where(own(owner)).delete();

/** Without a device nothing is looked at, and no access is kept. */
export const dropIdleWatches = (knex: Knex): Promise<number> =>
  knex('push_watches')
    .whereNotExists(
      knex('push_devices')
        .whereRaw('push_devices.user_id = push_watches.user_id')
        .whereRaw('push_devices.site = push_watches.site')
        .select(knex.raw('1')),
    )
    .delete();

/** What is kept about a person, for their right of access. */
export async function pushRecords(knex: Knex, user: UserId): Promise<readonly unknown[]> {
  return (await knex('push_devices')
    .where({ user_id: user })
    .select('device', 'endpoint', 'created_at')) as unknown[];
}
