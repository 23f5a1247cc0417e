import { createHash } from 'node:crypto';
import type { SiteId } from 'estafette/plugin';
import type { Sso } from './types';

const TABLE = 'sso_seen';

/** What may be used a single time. */
export interface Once {
  readonly site: SiteId;
  readonly provider: string;
  readonly kind: 'state' | 'logout' | 'assertion' | 'ticket';
  readonly word: string;
  /** After which it would be refused for its age anyway. */
  readonly untilMs: number;
}

/**
 * Whether a word is met for the first time, in any process of the platform. The row is the answer:
 * two that come together cannot both write it.
 */
export async function isFirstUse({ db, clock }: Sso, once: Once): Promise<boolean> {
  const { site, provider, kind, word, untilMs } = once;
  const hash = createHash('sha256').update(`${site}\n${provider}\n${kind}\n${word}`).digest('hex');
  const seen = { hash, until: Math.ceil(Math.max(untilMs, clock.now()) / 1_000) };
  return db.transaction(async (table) => {
    const known: unknown = await table(TABLE).where({ hash }).first('hash');
    if (known !== undefined) return false;
    await table(TABLE).insert(seen);
    return true;
  });
}

/** Forgets what is too old to be believed; how many. */
export async function forgetSeen({ db, clock }: Sso): Promise<number> {
  return db
    .table(TABLE)
    .where('until', '<', Math.floor(clock.now() / 1_000))
    .delete();
}
