import type { Knex } from 'knex';
import { z } from 'zod';
import type { UserId } from '../base/types';

/** Something that a person's next page tells them, until they say that they have read it. */
export interface SecurityAlert {
  readonly id: number;
  readonly code: string;
  readonly evidence: Readonly<Record<string, string | number>>;
  readonly createdAt: string;
}

const MAX_ALERTS = 20; // per person: what is older says nothing that these do not

const evidenceShape = z.record(z.string(), z.union([z.string(), z.number()]));
const rowShape = z.object({
  id: z.number(),
  code: z.string(),
  evidence: z.string(),
  created_at: z.string(),
});

export async function insertAlert(
  trx: Knex,
  user: UserId,
  alert: Pick<SecurityAlert, 'code' | 'evidence' | 'createdAt'> & {
    readonly sessionBeganAt: string | undefined;
  },
): Promise<void> {
  await trx('security_alerts').insert({
    user_id: user,
    code: alert.code,
    evidence: JSON.stringify(alert.evidence),
    session_began_at: alert.sessionBeganAt ?? null,
    created_at: alert.createdAt,
  });
  const old = trx('security_alerts')
    .where({ user_id: user })
    .orderBy('id', 'desc')
    .offset(MAX_ALERTS)
    .limit(MAX_ALERTS)
    .select('id');
  await trx('security_alerts').whereIn('id', old).delete();
}

/** Newest first; what is about the session that asks is not told to it. */
export async function alertsOf(
  knex: Knex,
  user: UserId,
  sessionBeganAt: string,
): Promise<readonly SecurityAlert[]> {
  const rows: unknown = await othersOf(knex, user, sessionBeganAt).orderBy('id', 'desc');
  return z
    .array(rowShape)
    .parse(rows)
    .map((row) => ({
      id: row.id,
      code: row.code,
      evidence: evidenceShape.parse(JSON.parse(row.evidence)),
      createdAt: row.created_at,
    }));
}

/** Removes one, or all that the session may see. */
export const deleteAlerts = (
  knex: Knex,
  user: UserId,
  sessionBeganAt: string,
  id?: number,
): Promise<number> => {
  const query = othersOf(knex, user, sessionBeganAt);
  return (id === undefined ? query : query.andWhere({ id })).delete().then(Number);
};

const othersOf = (knex: Knex, user: UserId, sessionBeganAt: string) =>
  knex('security_alerts')
    .where({ user_id: user })
    .whereRaw('(session_began_at is null or session_began_at <> ?)', [sessionBeganAt]);
