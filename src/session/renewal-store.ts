import { z } from 'zod';
import type { SessionId } from '../base/types';
import type { Database } from '../kernel/db-types';
import { nextStored } from './session';

/** How a row stands towards the renewal of its tokens. */
export interface RenewalState {
  readonly state: string;
  readonly sealed: string | undefined;
  /** `running`: some process is at it; `failed`: the provider did not answer just now. */
  readonly renewal: 'running' | 'failed' | undefined;
}

const shape = z.object({
  state: z.string(),
  sealed: z.string().nullable(),
  renewal: z.enum(['running', 'failed']).nullable(),
  renewal_until: z.string().nullable(),
});

export type RenewalStore = ReturnType<typeof createRenewalStore>;

/**
 * Whose turn it is to renew the tokens of a session, among all processes: a provider that rotates
 * refresh tokens takes each of them once (RFC 9700 4.14.2). Every write names the secret that it
 * starts from, so that what somebody else sealed meanwhile is never overwritten.
 */
export function createRenewalStore(db: Database) {
  const row = (id: SessionId, sealed: string) =>
    db.knex('sessions').where({ id, sealed, state: 'open' });

  return {
    /** True for the one whose turn it is, until `until`. */
    async claim(id: SessionId, sealed: string, now: string, until: string): Promise<boolean> {
      const claimed: number = await row(id, sealed)
        .where((free) => void free.whereNull('renewal_until').orWhere('renewal_until', '<=', now))
        .update({ renewal: 'running', renewal_until: until });
      return claimed > 0;
    },
    /** Nobody tries again before `until`. */
    async failed(id: SessionId, sealed: string, until: string): Promise<void> {
      await row(id, sealed).update({ renewal: 'failed', renewal_until: until });
    },
    /** The new secret in place of the old, under the same id; no other time of the row moves. */
    async reseal(id: SessionId, from: string, sealed: string): Promise<boolean> {
      const changed: number = await row(id, from).update({
        sealed,
        renewal: null,
        renewal_until: null,
      });
      return changed > 0;
    },
    /** The provider gives no more: nothing opens until the person signs in again. */
    async freeze(id: SessionId, sealed: string): Promise<void> {
      const state = nextStored('open', 'refused');
      await row(id, sealed).update({ state, renewal: null, renewal_until: null });
    },
    async read(id: SessionId, now: string): Promise<RenewalState | undefined> {
      const found: unknown = await db
        .knex('sessions')
        .where({ id })
        .first(Object.keys(shape.shape));
      if (found === undefined) return undefined;
      const { state, sealed, renewal, renewal_until: until } = shape.parse(found);
      const isCurrent = until !== null && until > now;
      return {
        state,
        sealed: sealed ?? undefined,
        renewal: isCurrent ? (renewal ?? undefined) : undefined,
      };
    },
  };
}
