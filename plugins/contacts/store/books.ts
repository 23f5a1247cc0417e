import { randomUUID } from 'node:crypto';
import { userOfMail } from './people';
import { FIRST_BOOK, type Place, placeOf, placesOf } from './places';
import { BOOKS, CARDS, REMOVED, SHARES, type Tables } from './tables';
import { titleOf } from './title';
import { trashAll } from './trash';
import type { Book, Person, Rights, Share } from './types';

const SHARES_MAX = 100;
const ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

const bookOf = (place: Place, count: number): Book => ({
  id: place.id,
  title: place.title,
  rights: place.rights,
  isOwn: place.isOwn,
  owner: place.owner,
  kind: place.kind,
  syncToken: place.token,
  life: place.life,
  count,
});

async function insertBook(
  table: Tables,
  person: Person,
  book: { readonly id: string; readonly title: string; readonly at: string },
): Promise<void> {
  await table(BOOKS)
    .insert({
      site: person.site,
      user_id: person.user,
      id: book.id,
      title: book.title,
      owner: person.mail.toLowerCase(),
      created_at: book.at,
    })
    .onConflict(['site', 'user_id', 'id'])
    .ignore();
}

/** Books of a person; the first is made when there is none of their own. */
export async function listBooks(
  table: Tables,
  person: Person,
  first: { readonly title: string; readonly at: string },
): Promise<readonly Book[]> {
  let places = await placesOf(table, person);
  if (!places.some(({ isOwn, kind }) => isOwn && kind === 'personal')) {
    await insertBook(table, person, { id: FIRST_BOOK, ...first });
    places = await placesOf(table, person);
  }
  const mail = person.mail.toLowerCase();
  // Addresses change; those of a person's books follow.
  await table(BOOKS)
    .where({ site: person.site, user_id: person.user })
    .whereNot({ owner: mail })
    .update({ owner: mail });
  await claimShares(table, { ...person, mail });
  const counts: { book_key: number; count: number }[] = await table(CARDS)
    .whereIn(
      'book_key',
      places.map(({ key }) => key),
    )
    .groupBy('book_key')
    .select('book_key')
    .count({ count: '*' });
  const countOf = new Map(counts.map(({ book_key, count }) => [book_key, Number(count)]));
  return places.map((place) => bookOf(place, countOf.get(place.key) ?? 0));
}

export type CreatedBook =
  | { readonly kind: 'created'; readonly id: string }
  | { readonly kind: 'refused'; readonly reason: 'full' | 'title' | 'id' | 'taken' };

/** Makes a book; a client may choose its id (MKCOL). */
export async function insertOwnBook(
  table: Tables,
  person: Person,
  book: {
    readonly title: string;
    readonly id?: string | undefined;
    readonly at: string;
    readonly max: number;
  },
): Promise<CreatedBook> {
  const title = titleOf(book.title);
  const id = book.id ?? randomUUID();
  if (title === '') return { kind: 'refused', reason: 'title' };
  if (!ID.test(id)) return { kind: 'refused', reason: 'id' };
  const places = await placesOf(table, person);
  if (places.some((place) => place.id === id)) return { kind: 'refused', reason: 'taken' };
  if (places.filter(({ isOwn, kind }) => isOwn && kind === 'personal').length >= book.max)
    return { kind: 'refused', reason: 'full' };
  await insertBook(table, person, { id, title, at: book.at });
  return { kind: 'created', id };
}

/** Gives a book that one manages another title. */
export async function retitle(
  table: Tables,
  person: Person,
  { id, title }: { readonly id: string; readonly title: string },
): Promise<'renamed' | 'missing' | 'rights' | 'title'> {
  const place = await placeOf(table, person, id);
  if (!place) return 'missing';
  if (place.rights !== 'manage') return 'rights';
  const text = titleOf(title);
  if (text === '') return 'title';
  await table(BOOKS).where({ key: place.key }).update({ title: text });
  return 'renamed';
}

export type RemovedBook =
  /** `ids`: of the cards that were in it. */
  | { readonly kind: 'removed'; readonly ids: readonly string[] }
  /** `denied`: a guard of `contact:saving` said no. */
  | { readonly kind: 'left' | 'missing' | 'denied' };

/** Removes one's own book; its cards are in the trash. Somebody else's is only left. */
export async function deleteBook(
  table: Tables,
  person: Person,
  { id, at }: { readonly id: string; readonly at: string },
): Promise<RemovedBook> {
  const place = await placeOf(table, person, id);
  // A copy goes with its account.
  if (!place || place.kind === 'remote') return { kind: 'missing' };
  const { key } = place;
  if (!place.isOwn) {
    await table(SHARES).where({ id: place.id }).delete();
    return { kind: 'left' };
  }
  const ids = await trashAll(table, place, { site: person.site, at });
  for (const name of [CARDS, REMOVED, SHARES]) await table(name).where({ book_key: key }).delete();
  await table(BOOKS).where({ key }).delete();
  return { kind: 'removed', ids };
}

/** Who a book that one manages is shared with; `undefined` for any other. */
export async function listShares(
  table: Tables,
  person: Person,
  book: string,
): Promise<readonly Share[] | undefined> {
  const place = await placeOf(table, person, book);
  if (place?.rights !== 'manage') return undefined;
  return table(SHARES)
    .where({ book_key: place.key })
    .orderBy('mail')
    .select('id', 'mail', 'rights');
}

/** `changed`: it was shared already, and has other rights now. */
export type Shared = 'shared' | 'changed' | 'missing' | 'mail' | 'self' | 'full';

/** Shares a book with who has an address, or gives them other rights. */
export async function putShare(
  table: Tables,
  person: Person,
  share: {
    readonly book: string;
    readonly mail: string;
    readonly rights: Rights;
    readonly at: string;
  },
): Promise<Shared> {
  const place = await placeOf(table, person, share.book);
  if (place?.rights !== 'manage') return 'missing';
  const mail = share.mail.trim().toLowerCase();
  if (!/^[^\s<>@,;]+@[^\s<>@,;]+$/.test(mail) || mail.length > 320) return 'mail';
  const owner: { owner: string } | undefined = await table(BOOKS)
    .where({ key: place.key })
    .first('owner');
  if (mail === person.mail.toLowerCase() || mail === owner?.owner) return 'self';
  const user = (await userOfMail(table, { site: person.site, mail })) ?? null;
  const shares: { id: string; mail: string; user_id: number | null }[] = await table(SHARES)
    .where({ book_key: place.key })
    .select('id', 'mail', 'user_id');
  const known = shares.find((one) =>
    one.user_id === null ? one.mail === mail : one.user_id === user,
  );
  if (known) {
    await table(SHARES)
      .where({ id: known.id })
      .update({ rights: share.rights, mail, user_id: user });
    return 'changed';
  }
  if (shares.length >= SHARES_MAX) return 'full';
  await table(SHARES).insert({
    id: randomUUID(),
    book_key: place.key,
    site: person.site,
    mail,
    user_id: user,
    rights: share.rights,
    created_at: share.at,
  });
  return 'shared';
}

/** What was shared with an address is its owner's from here on, under whatever address they have. */
async function claimShares(table: Tables, { site, user, mail }: Person): Promise<void> {
  const coming: string[] = await table(SHARES)
    .where({ site, mail })
    .whereNull('user_id')
    .pluck('id');
  const renamed: string[] = await table(SHARES)
    .where({ site, user_id: user })
    .whereNot({ mail })
    .pluck('id');
  if (coming.length === 0 && renamed.length === 0) return;
  await table(SHARES)
    .whereIn('id', [...coming, ...renamed])
    .update({ user_id: user, mail });
}

/** Ends a share of a book that one manages. */
export async function deleteShare(
  table: Tables,
  person: Person,
  { book, id }: { readonly book: string; readonly id: string },
): Promise<boolean> {
  const place = await placeOf(table, person, book);
  if (place?.rights !== 'manage') return false;
  const ended: number = await table(SHARES).where({ book_key: place.key, id }).delete();
  return ended > 0;
}
