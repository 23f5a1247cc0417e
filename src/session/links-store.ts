import { z } from 'zod';
import { type Clock, isoNow } from '../base/clock';
import type { SiteId, UserId } from '../base/types';
import type { Database } from '../kernel/db-types';
import { subjectKey } from './sign-in-keys';

/** Whom a provider names, by one way in of one site. */
export interface LinkKey {
  readonly site: SiteId;
  readonly plugin: string;
  readonly method: string;
  readonly issuer: string;
  readonly subject: string;
}

/** An account that a provider vouches for. */
export interface SignInLink {
  readonly site: SiteId;
  readonly user: UserId;
  readonly plugin: string;
  readonly method: string;
  readonly issuer: string;
  readonly linkedAt: string;
  readonly usedAt: string;
}

const shape = z.object({
  site: z.string(),
  user_id: z.number(),
  plugin: z.string(),
  method: z.string(),
  issuer: z.string(),
  linked_at: z.string(),
  used_at: z.string(),
});

const fromRow = (row: z.infer<typeof shape>): SignInLink => ({
  site: row.site as SiteId, // our own rows
  user: row.user_id as UserId,
  plugin: row.plugin,
  method: row.method,
  issuer: row.issuer,
  linkedAt: row.linked_at,
  usedAt: row.used_at,
});

export type LinkStore = ReturnType<typeof createLinkStore>;

/** Rows of `sign_in_links`. */
export function createLinkStore({ db, clock }: { readonly db: Database; readonly clock: Clock }) {
  const whereKey = ({ site, plugin, method, issuer, subject }: LinkKey) => ({
    site,
    plugin,
    method,
    subject_key: subjectKey({ site, plugin, issuer }, subject),
  });

  return {
    async find(key: LinkKey): Promise<SignInLink | undefined> {
      const row: unknown = await db.knex('sign_in_links').where(whereKey(key)).first();
      return row === undefined ? undefined : fromRow(shape.parse(row));
    },
    async used(key: LinkKey): Promise<void> {
      await db
        .knex('sign_in_links')
        .where(whereKey(key))
        .update({ used_at: isoNow(clock) });
    },
    /**
     * Links somebody met for the first time; `conflict` when another subject of that provider has the
     * account already. In one transaction: of two at once that claim one account, one is refused.
     */
    link: (key: LinkKey, user: UserId): Promise<'linked' | 'known' | 'conflict'> =>
      db.transaction(async (trx) => {
        const { site, plugin, method, issuer, subject } = key;
        const own = subjectKey({ site, plugin, issuer }, subject);
        const taken: unknown[] = await trx('sign_in_links')
          .where({ site, plugin, user_id: user, issuer })
          .whereNot({ subject_key: own });
        if (taken.length > 0) return 'conflict';
        const known: unknown = await trx('sign_in_links').where(whereKey(key)).first();
        if (known !== undefined) {
          return shape.parse(known).user_id === user ? 'known' : 'conflict';
        }
        const now = isoNow(clock);
        await trx('sign_in_links').insert({
          site,
          plugin,
          method,
          issuer,
          subject_key: own,
          user_id: user,
          linked_at: now,
          used_at: now,
        });
        return 'linked';
      }),
    async ofUser(user: UserId): Promise<readonly SignInLink[]> {
      const rows: unknown = await db
        .knex('sign_in_links')
        .where({ user_id: user })
        .orderBy('id')
        .select();
      return z.array(shape).parse(rows).map(fromRow);
    },
    /** Forgets the links of a user, of one way in or of all; answers how many. */
    async unlink(
      user: UserId,
      way?: { readonly plugin: string; readonly method: string },
    ): Promise<number> {
      return db
        .knex('sign_in_links')
        .where({ user_id: user, ...way })
        .delete();
    },
  };
}
