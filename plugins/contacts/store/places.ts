import { createHash } from 'node:crypto';
import { BOOKS, type BookTableRow, REMOTE_BOOKS, REMOVED, SHARES, type Tables } from './tables';
import type { Person, Rights } from './types';

/** The book that everybody has. */
export const FIRST_BOOK = 'contacts';

/** A book as one person reaches it. */
export interface Place {
  readonly key: number;
  readonly id: string;
  readonly title: string;
  readonly rights: Rights;
  readonly isOwn: boolean;
  /** `remote`: the copy of a book of another server, where it is changed. */
  readonly kind: 'personal' | 'remote';
  readonly owner: string;
  readonly ownerUser: number;
  /** Of this book alone: one that is made after it under the same id has another. */
  readonly life: string;
  readonly token: number;
  readonly oldest: number;
}

const RIGHTS: readonly Rights[] = ['read', 'write', 'manage'];

/** Keys are never given twice, and tell how many books there are: they are not shown as they are. */
const lifeOf = ({ key, created_at }: BookTableRow): string =>
  createHash('sha256').update(`${key} ${created_at}`).digest('base64url').slice(0, 12);

const ownPlace = (row: BookTableRow, isRemote = false): Place => ({
  key: row.key,
  id: row.id,
  title: row.title,
  rights: isRemote ? 'read' : 'manage',
  isOwn: true,
  kind: isRemote ? 'remote' : 'personal',
  owner: '',
  ownerUser: row.user_id,
  life: lifeOf(row),
  token: row.sync_token,
  oldest: row.oldest_token,
});

/** Every book that somebody reaches: their own, then those that others share with them. */
export async function placesOf(table: Tables, { site, user, mail }: Person): Promise<Place[]> {
  const rows: (BookTableRow & { readonly account_id: string | null })[] = await table(BOOKS)
    .leftJoin(REMOTE_BOOKS, `${REMOTE_BOOKS}.book_key`, `${BOOKS}.key`)
    .where({ site, user_id: user })
    .orderBy('key')
    .select(`${BOOKS}.*`, `${REMOTE_BOOKS}.account_id`);
  const own = rows.map((row) => ownPlace(row, row.account_id !== null));
  const shares: { id: string; book_key: number; rights: string }[] = await table(SHARES)
    .where({ site })
    .where((theirs) => {
      void theirs.where({ user_id: user }).orWhere((coming) => {
        void coming.whereNull('user_id').where({ mail: mail.toLowerCase() });
      });
    })
    .select('id', 'book_key', 'rights');
  if (shares.length === 0) return own;
  const others: BookTableRow[] = await table(BOOKS)
    .where({ site })
    .whereNot({ user_id: user })
    .whereIn(
      'key',
      shares.map(({ book_key }) => book_key),
    )
    .orderBy('key');
  const shared = others.flatMap((row) => {
    const share = shares.find(({ book_key }) => book_key === row.key);
    const rights = RIGHTS.find((right) => right === share?.rights);
    if (!share || !rights) return [];
    return [{ ...ownPlace(row), id: share.id, rights, isOwn: false, owner: row.owner }];
  });
  return [...own, ...shared];
}

/** One of them by its id; somebody else's book is no different from none. */
export const placeOf = async (
  table: Tables,
  person: Person,
  book: string,
): Promise<Place | undefined> => (await placesOf(table, person)).find(({ id }) => id === book);

export const canWrite = ({ rights }: Place): boolean => rights !== 'read';

/** The next token of a book, taken for a change that the same transaction makes. */
export async function nextToken(table: Tables, key: number): Promise<number> {
  await table(BOOKS).where({ key }).increment('sync_token', 1);
  const row: { sync_token: number } | undefined = await table(BOOKS)
    .where({ key })
    .first('sync_token');
  return row?.sync_token ?? 0;
}

/** Says what went away to clients that come later (RFC 6578 3.5.2). */
export async function leaveTrace(
  table: Tables,
  gone: { readonly key: number; readonly uri: string; readonly seq: number; readonly at: string },
): Promise<void> {
  const { key, uri, seq, at } = gone;
  await table(REMOVED)
    .insert({ book_key: key, uri, seq, removed_at: at })
    .onConflict(['book_key', 'uri'])
    .merge();
}
