import { canWrite, leaveTrace, nextToken, type Place, placeOf, placesOf } from './places';
import { hasRoom } from './quota';
import { CARDS, type CardTableRow, FAVOURITES, type Tables } from './tables';
import { trashOne } from './trash';
import type { CardRow, Person, Put, StoredCard } from './types';
import { freeUri, isUnchanged, type PutInput, putInto, type Quota } from './write';

const linesOf = (text: string): readonly string[] => (text === '' ? [] : text.split('\n'));

export const rowOf = (
  row: Omit<CardTableRow, 'text'>,
  book: string,
  isFavourite: boolean,
): CardRow => ({
  id: row.id,
  book,
  uri: row.uri,
  uid: row.uid,
  etag: row.etag,
  kind: row.kind,
  name: row.name,
  detail: row.detail,
  mails: linesOf(row.mails),
  phones: linesOf(row.phones),
  isPictured: Boolean(row.is_pictured),
  memberCount: row.member_count,
  isFavourite,
  updatedAt: row.updated_at,
});

/** Which of some cards a person has starred. */
export async function starred(
  table: Tables,
  { site, user }: Person,
  ids?: readonly string[],
): Promise<ReadonlySet<string>> {
  const query = table(FAVOURITES).where({ site, user_id: user });
  const found: string[] = await (ids ? query.whereIn('card_id', ids) : query).pluck('card_id');
  return new Set(found);
}

async function withStar(
  table: Tables,
  person: Person,
  row: CardTableRow | undefined,
  place: Place,
): Promise<StoredCard | undefined> {
  if (!row) return undefined;
  const stars = await starred(table, person, [row.id]);
  const { bytes, text } = row;
  return { ...rowOf(row, place.id, stars.has(row.id)), bytes, text };
}

/** A card by the name that it has in its book. */
export async function findCard(
  table: Tables,
  person: Person,
  { book, uri }: { readonly book: string; readonly uri: string },
): Promise<StoredCard | undefined> {
  const place = await placeOf(table, person, book);
  if (!place) return undefined;
  const row: CardTableRow | undefined = await table(CARDS)
    .where({ book_key: place.key, uri })
    .first();
  return withStar(table, person, row, place);
}

/** A card of any book that the person reaches. */
export async function findCardById(
  table: Tables,
  person: Person,
  id: string,
): Promise<StoredCard | undefined> {
  const row: CardTableRow | undefined = await table(CARDS).where({ id }).first();
  if (!row) return undefined;
  const place = (await placesOf(table, person)).find(({ key }) => key === row.book_key);
  return place && withStar(table, person, row, place);
}

/** Writes a card where nothing else was written since (RFC 6352 6.3.2, RFC 9110 13.1). */
export async function writeCardRow(
  table: Tables,
  person: Person,
  input: PutInput & Quota,
): Promise<Put> {
  const place = await placeOf(table, person, input.book);
  if (!place) return { kind: 'refused', reason: 'missing' };
  if (!canWrite(place)) return { kind: 'refused', reason: 'rights' };
  const there: { bytes: number } | undefined = await table(CARDS)
    .where({ book_key: place.key, uri: input.uri })
    .first('bytes');
  const more = Buffer.byteLength(input.text) - (there?.bytes ?? 0);
  const owner = { site: person.site, user: place.ownerUser };
  if (!(await hasRoom(table, owner, { more, maxKept: input.maxKept }))) {
    return { kind: 'refused', reason: 'quota' };
  }
  return putInto(table, place, input);
}

export interface RemoveInput {
  readonly book: string;
  readonly uri: string;
  readonly ifMatch?: string | undefined;
  readonly at: string;
}

/** To the trash, from where it comes back. */
export async function removeCardRow(
  table: Tables,
  person: Person,
  { book, uri, ifMatch, at }: RemoveInput,
): Promise<'removed' | 'conflict' | 'missing' | 'rights'> {
  const place = await placeOf(table, person, book);
  if (!place) return 'missing';
  if (!canWrite(place)) return 'rights';
  const row: CardTableRow | undefined = await table(CARDS)
    .where({ book_key: place.key, uri })
    .first();
  if (!row) return 'missing';
  if (!isUnchanged({ ifMatch }, row)) return 'conflict';
  await trashOne(table, place, row, { site: person.site, at });
  return 'removed';
}

export type Moved =
  /** Taken out of the book of somebody else it is another card: `id` is what it has now. */
  | { readonly kind: 'moved'; readonly id: string }
  | { readonly kind: 'missing' | 'rights' | 'full' | 'quota' | 'uid-conflict' | 'same' };

/** Into another book: the card keeps its id, so that stars and links stay, where both are of one person. */
export async function moveCardRow(
  table: Tables,
  person: Person,
  input: {
    readonly id: string;
    readonly to: string;
    readonly at: string;
    readonly maxCards: number;
  } & Quota,
): Promise<Moved> {
  const card = await findCardById(table, person, input.id);
  const from = card && (await placeOf(table, person, card.book));
  const to = await placeOf(table, person, input.to);
  if (!card || !from || !to) return { kind: 'missing' };
  if (from.key === to.key) return { kind: 'same' };
  if (!canWrite(from) || !canWrite(to)) return { kind: 'rights' };
  // What leaves the book of somebody else goes to their trash: they find it where it was deleted.
  const isTaken = from.ownerUser !== to.ownerUser;
  const owner = { site: person.site, user: to.ownerUser };
  const more = isTaken ? card.bytes : 0;
  if (!(await hasRoom(table, owner, { more, maxKept: input.maxKept }))) return { kind: 'quota' };
  if (isTaken) {
    const row: CardTableRow = await table(CARDS).where({ id: card.id }).first();
    await trashOne(table, from, row, { site: person.site, at: input.at });
  } else {
    const seq = await nextToken(table, from.key);
    await table(CARDS).where({ id: card.id }).delete();
    await leaveTrace(table, { key: from.key, uri: card.uri, seq, at: input.at });
  }
  const put = await putInto(table, to, {
    uri: await freeUri(table, to.key, card.uri),
    text: card.text,
    when: { ifNoneMatch: true },
    at: input.at,
    maxCards: input.maxCards,
    maxBytes: Number.MAX_SAFE_INTEGER, // it was taken once
    ...(!isTaken && { id: card.id }),
  });
  if (put.kind === 'created') return { kind: 'moved', id: put.id };
  // The transaction is undone with it.
  throw new MoveRefused({ kind: put.kind === 'uid-conflict' ? 'uid-conflict' : 'full' });
}

/** A move that cannot end: what it took out is put back. */
export class MoveRefused extends Error {
  constructor(readonly moved: Moved) {
    super(moved.kind);
  }
}
