import { z } from 'zod';
import { type Clock, isoNow } from '../base/clock';
import type { UserId } from '../base/types';
import type { Database } from '../kernel/db-types';
import { deviceIdOf } from './device';
import type { User } from './types';

const MAX_DEVICES = 100; // per person; the one seen longest ago makes room
const KEPT_DAYS = 400; // as long as the browser keeps its cookie

/** A browser on which somebody has signed in, to the end. */
export interface KnownDevice {
  readonly id: string;
  readonly country: string | undefined;
  readonly seenAt: string;
}

const rowShape = z.object({
  device_id: z.string(),
  country: z.string().nullable(),
  seen_at: z.string(),
});

export type KnownDevices = ReturnType<typeof createKnownDevices>;

/** Rows of `known_devices`: written when a session opens, read before the next one does. */
export function createKnownDevices({
  db,
  clock,
}: {
  readonly db: Database;
  readonly clock: Clock;
}) {
  const list = async (user: UserId): Promise<readonly KnownDevice[]> => {
    const rows: unknown = await db
      .knex('known_devices')
      .where({ user_id: user })
      .orderBy('seen_at', 'desc');
    return z
      .array(rowShape)
      .parse(rows)
      .map((row) => ({
        id: row.device_id,
        country: row.country ?? undefined,
        seenAt: row.seen_at,
      }));
  };

  return {
    list,
    /** The name, for a person, of a browser with one of these tokens, when they have used it. */
    async ofUser({ id, site }: Pick<User, 'id' | 'site'>, tokens: readonly string[]) {
      const names = tokens.map((token) => deviceIdOf(token, site, id));
      const found: { device_id: string } | undefined = await db
        .knex('known_devices')
        .where({ user_id: id })
        .whereIn('device_id', names)
        .orderBy('seen_at', 'desc')
        .first('device_id');
      return found?.device_id;
    },
    /** Whether a person has used a browser, by its name. */
    async isKnown(user: UserId, id: string): Promise<boolean> {
      const found: unknown = await db
        .knex('known_devices')
        .where({ user_id: user, device_id: id })
        .first('device_id');
      return found !== undefined;
    },
    /** A browser that has a new token goes on being known, and the former one is nobody's. */
    async rename(user: UserId, from: string, to: string): Promise<void> {
      await db
        .knex('known_devices')
        .where({ user_id: user, device_id: from })
        .update({ device_id: to });
    },
    /** The person is signed in there. */
    async note(user: UserId, id: string, country: string | undefined): Promise<void> {
      const now = isoNow(clock);
      await db
        .knex('known_devices')
        .insert({
          user_id: user,
          device_id: id,
          country: country ?? null,
          created_at: now,
          seen_at: now,
        })
        .onConflict(['user_id', 'device_id'])
        .merge(country === undefined ? ['seen_at'] : ['seen_at', 'country']);
      const extra = (await list(user)).slice(MAX_DEVICES).map((device) => device.id);
      if (extra.length === 0) return;
      await db.knex('known_devices').where({ user_id: user }).whereIn('device_id', extra).delete();
    },
    /** Every browser of a person but one becomes a stranger again; answers how many. */
    async forget(user: UserId, except: string | undefined): Promise<number> {
      const query = db.knex('known_devices').where({ user_id: user });
      return Number(
        await (except === undefined ? query : query.whereNot({ device_id: except })).delete(),
      );
    },
    async purge(): Promise<void> {
      const before = new Date(clock.now() - KEPT_DAYS * 86_400_000).toISOString();
      await db.knex('known_devices').where('seen_at', '<', before).delete();
    },
  };
}
