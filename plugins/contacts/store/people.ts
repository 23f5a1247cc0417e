import { pruneRemoved } from './changes';
import {
  BOOKS,
  CARDS,
  chunksOf,
  FAVOURITES,
  REMOVED,
  SHARES,
  type Tables,
  TRASH,
  UNDO,
} from './tables';

const DAY_MS = 86_400_000;
/** Telephones that were off for so long start again. */
const TRACE_DAYS = 90;

/** All that is kept of somebody who is erased; nothing the second time. */
export async function erasePerson(
  table: Tables,
  user: { readonly id: number; readonly site?: string; readonly mail?: string },
): Promise<void> {
  const keys: number[] = await table(BOOKS).where({ user_id: user.id }).pluck('key');
  for (const some of chunksOf(keys)) {
    for (const name of [CARDS, REMOVED, SHARES, TRASH])
      await table(name).whereIn('book_key', some).delete();
    await table(BOOKS).whereIn('key', some).delete();
  }
  for (const name of [TRASH, FAVOURITES, UNDO, SHARES])
    await table(name).where({ user_id: user.id }).delete();
  if (user.site !== undefined && user.mail !== undefined)
    await table(SHARES)
      .where({ site: user.site, mail: user.mail.toLowerCase() })
      .whereNull('user_id')
      .delete();
}

/** Cards of one's own books and what was shared with whom, for the right of access. */
export async function recordsOf(
  table: Tables,
  user: { readonly id: number; readonly site: string },
): Promise<{ readonly cards: readonly string[]; readonly books: readonly unknown[] }> {
  const books: { key: number; title: string }[] = await table(BOOKS)
    .where({ site: user.site, user_id: user.id })
    .select('key', 'title');
  const keys = books.map(({ key }) => key);
  const cards: string[] = await table(CARDS)
    .whereIn('book_key', keys)
    .orderBy('book_key')
    .pluck('text');
  const trashed: string[] = await table(TRASH)
    .where({ site: user.site, user_id: user.id })
    .pluck('text');
  const shares: { book_key: number; mail: string; rights: string }[] = await table(SHARES)
    .whereIn('book_key', keys)
    .select('book_key', 'mail', 'rights');
  return {
    cards: [...cards, ...trashed],
    books: books.map(({ key, title }) => ({
      title,
      shares: shares
        .filter(({ book_key }) => book_key === key)
        .map(({ mail, rights }) => ({ mail, rights })),
    })),
  };
}

/** What a site keeps no longer. */
export async function cleanSite(
  table: Tables,
  {
    site,
    now,
    trashDays,
  }: { readonly site: string; readonly now: number; readonly trashDays: number },
): Promise<number> {
  const before = (days: number): string => new Date(now - days * DAY_MS).toISOString();
  const old: string[] = await table(TRASH)
    .where({ site })
    .where('removed_at', '<', before(trashDays))
    .pluck('id');
  for (const some of chunksOf(old)) {
    await table(TRASH).whereIn('id', some).delete();
    await table(FAVOURITES).whereIn('card_id', some).delete();
  }
  await table(UNDO).where({ site }).where('made_at', '<', before(trashDays)).delete();
  await pruneRemoved(table, { site, before: before(TRACE_DAYS) });
  return old.length;
}

/** The address of somebody who has books; `''` for who never came: nothing is shared with it. */
export async function mailOfOwner(
  table: Tables,
  { site, user }: { readonly site: string; readonly user: number },
): Promise<string> {
  const row: { owner: string } | undefined = await table(BOOKS)
    .where({ site, user_id: user })
    .first('owner');
  return row?.owner ?? '';
}

/** Who has an address, of those who have been here; the last of them, where it was somebody else's before. */
export async function userOfMail(
  table: Tables,
  { site, mail }: { readonly site: string; readonly mail: string },
): Promise<number | undefined> {
  const row: { user_id: number } | undefined = await table(BOOKS)
    .where({ site, owner: mail.toLowerCase() })
    .orderBy('user_id', 'desc')
    .first('user_id');
  return row?.user_id;
}
