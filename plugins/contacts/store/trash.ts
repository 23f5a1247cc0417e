import { canWrite, FIRST_BOOK, leaveTrace, nextToken, type Place, placesOf } from './places';
import {
  CARDS,
  type CardTableRow,
  chunksOf,
  FAVOURITES,
  type Tables,
  TRASH,
  type TrashTableRow,
} from './tables';
import type { Person, TrashedCard } from './types';
import { freeUri, putInto } from './write';

/** A page shows no more. */
const SHOWN_MAX = 500;

interface Where {
  readonly site: string;
  readonly at: string;
}

const trashRow = (place: Place, row: CardTableRow, { site, at }: Where) => ({
  id: row.id,
  site,
  user_id: place.ownerUser,
  book_key: place.key,
  book_title: place.title,
  uri: row.uri,
  name: row.name,
  text: row.text,
  bytes: row.bytes,
  removed_at: at,
});

/** One card to the trash of the owner of its book. */
export async function trashOne(
  table: Tables,
  place: Place,
  row: CardTableRow,
  where: Where,
): Promise<void> {
  const seq = await nextToken(table, place.key);
  await table(TRASH).insert(trashRow(place, row, where));
  await table(CARDS).where({ id: row.id }).delete();
  await leaveTrace(table, { key: place.key, uri: row.uri, seq, at: where.at });
}

/** Every card of a book that goes away, by their ids; no client asks for its changes any more. */
export async function trashAll(
  table: Tables,
  place: Place,
  where: Where,
): Promise<readonly string[]> {
  const ids: string[] = await table(CARDS).where({ book_key: place.key }).pluck('id');
  for (const some of chunksOf(ids, 50)) {
    const rows: CardTableRow[] = await table(CARDS).whereIn('id', some);
    await table(TRASH).insert(rows.map((row) => trashRow(place, row, where)));
  }
  return ids;
}

/** Of one's own books, and of those where one may write. */
async function reachable(table: Tables, person: Person) {
  const places = await placesOf(table, person);
  const keys = places.filter(canWrite).map(({ key }) => key);
  const query = () =>
    table(TRASH)
      .where({ site: person.site })
      .where((where) => {
        where.where({ user_id: person.user }).orWhereIn('book_key', keys);
      });
  return { places, query };
}

/** What can be restored, latest first. */
export async function listTrash(table: Tables, person: Person): Promise<readonly TrashedCard[]> {
  const { places, query } = await reachable(table, person);
  const rows: TrashTableRow[] = await query()
    .orderBy('removed_at', 'desc')
    .orderBy('name')
    .limit(SHOWN_MAX)
    .select('id', 'name', 'book_key', 'book_title', 'removed_at');
  return rows.map((row) => ({
    id: row.id,
    name: row.name,
    book: row.book_title,
    owner: places.find(({ key }) => key === row.book_key)?.owner ?? '',
    removedAt: row.removed_at,
  }));
}

export type Restored =
  | { readonly kind: 'restored'; readonly id: string }
  | { readonly kind: 'missing' | 'full' | 'uid-conflict' };

/**
 * Back into its book, or into the first one where that is gone. The trash counts for what its owner
 * keeps: it takes no more room than before.
 */
export async function restoreCard(
  table: Tables,
  person: Person,
  input: { readonly id: string; readonly at: string; readonly maxCards: number },
): Promise<Restored> {
  const { places, query } = await reachable(table, person);
  const row: TrashTableRow | undefined = await query().where({ id: input.id }).first();
  const place =
    row &&
    (places.find(({ key }) => key === row.book_key) ??
      places.find(({ id, isOwn }) => isOwn && id === FIRST_BOOK) ??
      places.find(({ isOwn }) => isOwn));
  if (!row || !place) return { kind: 'missing' };
  const put = await putInto(table, place, {
    uri: await freeUri(table, place.key, row.uri),
    text: row.text,
    when: { ifNoneMatch: true },
    at: input.at,
    maxCards: input.maxCards,
    maxBytes: Number.MAX_SAFE_INTEGER, // it was taken once
    id: row.id,
  });
  if (put.kind === 'uid-conflict') return { kind: 'uid-conflict' };
  if (put.kind !== 'created') return { kind: 'full' };
  await table(TRASH).where({ id: row.id }).delete();
  return { kind: 'restored', id: row.id };
}

/** How many are in a person's own trash, all of them. */
export async function countTrash(table: Tables, person: Person): Promise<number> {
  const [{ count = 0 } = {}]: { count?: number }[] = await table(TRASH)
    .where({ site: person.site, user_id: person.user })
    .count({ count: '*' });
  return Number(count);
}

/** For good; every one of the person without an id. */
export async function emptyTrash(table: Tables, person: Person, id?: string): Promise<number> {
  const query = table(TRASH).where({ site: person.site, user_id: person.user });
  const ids: string[] = await (id === undefined ? query : query.where({ id })).pluck('id');
  for (const some of chunksOf(ids)) {
    await table(TRASH).whereIn('id', some).delete();
    await table(FAVOURITES).whereIn('card_id', some).delete();
  }
  return ids.length;
}
