import { z } from 'zod';
import type { SiteId, UserId } from '../base/types';
import type { Database } from '../kernel/db-types';

const rowsShape = z.array(z.object({ user_id: z.number(), n: z.coerce.number() }));

/** Open sessions whose time is not over, by user, of a site or of all. */
export async function countOpenSessions(
  db: Database,
  now: string,
  site?: SiteId,
): Promise<ReadonlyMap<UserId, number>> {
  const rows: unknown = await db
    .knex('sessions')
    .where({ state: 'open', ...(site !== undefined && { site }) })
    .where('idle_expires_at', '>', now)
    .where('expires_at', '>', now)
    .groupBy('user_id')
    .select('user_id')
    .count({ n: '*' });
  return new Map(rowsShape.parse(rows).map((row) => [row.user_id as UserId, row.n])); // our own rows
}
