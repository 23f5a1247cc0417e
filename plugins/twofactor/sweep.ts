import type { SiteId } from 'estafette/plugin';
import type { Context } from './owner';
import { isoAt } from './owner';

const RESETS_KEPT_MS = 400 * 86_400_000; // as long as the audit log may tell of them

/** Removes what has expired: browsers, waits, old requests; how many rows. */
export async function sweep({ db, clock }: Context, site: SiteId): Promise<number> {
  const now = isoAt(clock.now());
  const counts: number[] = [
    await db.table('twofactor_devices').where({ site }).where('expires_at', '<=', now).delete(),
    await db.table('twofactor_limits').where({ site }).where('expires_at', '<=', now).delete(),
    await db
      .table('twofactor_resets')
      .where({ site })
      .where('asked_at', '<=', isoAt(clock.now() - RESETS_KEPT_MS))
      .delete(),
  ];
  return counts.reduce((sum, count) => sum + count, 0);
}
