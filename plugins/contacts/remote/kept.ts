import type { PluginDatabase } from 'estafette/plugin';
import { BOOKS, CARDS, FAVOURITES, REMOTE_BOOKS, REMOVED, type Tables } from '../store/tables';
import { ACCOUNTS, type AccountRow, REMOTE_CARDS } from './tables';

const PENDING_MS = 15 * 60_000;
const HOUR_MS = 3_600_000;
const JITTER_MS = 10 * 60_000;

const iso = (ms: number): string => new Date(ms).toISOString();

/** What nobody chose from in time, with its password. */
export async function forgetPending(db: PluginDatabase, site: string, now: number): Promise<void> {
  await db
    .table(ACCOUNTS)
    .where({ site, state: 'pending' })
    .where('tried_at', '<', iso(now - PENDING_MS))
    .delete();
}

export const isLate = ({ tried_at }: AccountRow, now: number): boolean =>
  tried_at < iso(now - PENDING_MS);

/** Accounts whose turn it is; a password that is refused is not sent again by itself. */
export const waiting = async (
  db: PluginDatabase,
  site: string,
  now: number,
  max: number,
): Promise<readonly AccountRow[]> =>
  db
    .table(ACCOUNTS)
    .where({ site, state: 'kept' })
    .whereNot({ fault: 'password' })
    .where('tried_at', '<', iso(now - HOUR_MS + Math.floor(Math.random() * JITTER_MS)))
    .orderBy('tried_at')
    .limit(max);

/**
 * Books of accounts and their copies; nothing goes to the trash, since it is still there. Answers
 * which cards went.
 */
export async function dropAccounts(
  table: Tables,
  ids: readonly string[],
): Promise<readonly string[]> {
  const keys: number[] = await table(REMOTE_BOOKS).whereIn('account_id', ids).pluck('book_key');
  const cards: string[] = await table(CARDS).whereIn('book_key', keys).pluck('id');
  for (let at = 0; at < cards.length; at += 200)
    await table(FAVOURITES)
      .whereIn('card_id', cards.slice(at, at + 200))
      .delete();
  for (const name of [REMOTE_CARDS, REMOTE_BOOKS, CARDS, REMOVED])
    await table(name).whereIn('book_key', keys).delete();
  await table(BOOKS).whereIn('key', keys).delete();
  await table(ACCOUNTS).whereIn('id', ids).delete();
  return cards;
}

/** Everything of somebody who is erased. */
export async function eraseAccounts(table: Tables, user: number): Promise<void> {
  await dropAccounts(table, await table(ACCOUNTS).where({ user_id: user }).pluck('id'));
}

/** For the right of access: never a password. */
export const accountRecords = async (
  table: Tables,
  user: { readonly id: number; readonly site: string },
): Promise<readonly unknown[]> =>
  table(ACCOUNTS)
    .where({ site: user.site, user_id: user.id, state: 'kept' })
    .select('title', 'url', 'login', 'synced_at');
