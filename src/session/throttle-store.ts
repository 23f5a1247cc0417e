import type { Knex } from 'knex';
import { z } from 'zod';

/** The counter of one key. */
export interface ThrottleRow {
  readonly key: string;
  readonly failures: number;
  readonly blocked_until: string | null;
  readonly expires_at: string;
}

const shape = z.object({
  key: z.string(),
  failures: z.number(),
  blocked_until: z.string().nullable(),
  expires_at: z.string(),
});

/** Rows of the given keys that have not expired, by key. */
export async function readThrottles(
  knex: Knex,
  keys: readonly string[],
  now: string,
): Promise<ReadonlyMap<string, ThrottleRow>> {
  const query = knex('login_throttles').whereIn('key', keys).where('expires_at', '>', now);
  const rows = z.array(shape).parse(await query);
  return new Map(rows.map((row) => [row.key, row]));
}

export async function writeThrottles(knex: Knex, rows: readonly ThrottleRow[]): Promise<void> {
  await knex('login_throttles').insert(rows).onConflict('key').merge();
}

/** Takes one failure back, with the block that it may have caused. */
export async function refundThrottles(knex: Knex, keys: readonly string[]): Promise<void> {
  await knex('login_throttles')
    .whereIn('key', keys)
    .where('failures', '>', 0)
    .decrement('failures', 1)
    .update({ blocked_until: null });
}

/** The same of counters as one attempt left them: what others have blocked meanwhile stays so. */
export async function refundRows(knex: Knex, rows: readonly ThrottleRow[]): Promise<void> {
  for (const { key, blocked_until } of rows) {
    await knex('login_throttles')
      .where({ key })
      .where('failures', '>', 0)
      .update({
        failures: knex.raw('failures - 1'),
        blocked_until: knex.raw('nullif(blocked_until, ?)', [blocked_until]),
      });
  }
}

export async function deleteThrottles(knex: Knex, keys: readonly string[]): Promise<void> {
  await knex('login_throttles').whereIn('key', keys).delete();
}

/** Removes expired counters; answers how many. */
export const purgeThrottles = (knex: Knex, now: string): Promise<number> =>
  knex('login_throttles').where('expires_at', '<=', now).delete().then(Number);
