import { z } from 'zod';
import type { SiteId } from '../base/types';
import type { Database } from '../kernel/db-types';

const rows = z.array(z.object({ site: z.string(), n: z.coerce.number() }));

/** Known users by site. */
export async function countUsers(db: Database): Promise<ReadonlyMap<SiteId, number>> {
  const found: unknown = await db.knex('users').groupBy('site').select('site').count({ n: '*' });
  return new Map(rows.parse(found).map(({ site, n }) => [site as SiteId, n])); // our own rows
}
