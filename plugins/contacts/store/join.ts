import { writeCard } from '../card';
import { memberOf, uidsOf } from '../card/member';
import { contactOf } from './digest';
import { holdingMembers } from './list';
import type { Place } from './places';
import { CARDS, type CardTableRow, chunksOf, FAVOURITES, type Tables } from './tables';
import type { Person } from './types';
import { putInto } from './write';

/** Groups are read a few at a time: each may have thousands of members. */
const AT_ONCE = 20;

interface Join {
  readonly places: readonly Place[];
  readonly kept: CardTableRow;
  readonly gone: readonly CardTableRow[];
  readonly at: string;
  readonly maxCards: number;
}

/** What followed a card when others became it, so that it can be taken back. */
export interface Followed {
  readonly groups: readonly {
    readonly id: string;
    readonly before: string;
    readonly etag: string;
  }[];
  /** Users whose star came to the card that is kept. */
  readonly stars: readonly number[];
}

/** Groups of the same books and stars that meant one of the cards that go mean the one that is kept. */
export async function follow(table: Tables, { site }: Person, join: Join): Promise<Followed> {
  return { groups: await followInGroups(table, join), stars: await followStars(table, site, join) };
}

async function followInGroups(table: Tables, join: Join): Promise<Followed['groups']> {
  const uids = new Set(join.gone.map(({ uid }) => uid));
  const keys = new Set([join.kept, ...join.gone].map(({ book_key }) => book_key));
  const places = join.places.filter(({ key }) => keys.has(key));
  const ids: string[] = await table(CARDS)
    .whereIn('book_key', [...keys])
    .modify(holdingMembers, [...uids])
    .pluck('id');
  const changed: { id: string; before: string; etag: string }[] = [];
  for (const some of chunksOf(ids, AT_ONCE)) {
    const rows: CardTableRow[] = await table(CARDS).whereIn('id', some);
    for (const row of rows) {
      const etag = await pointToKept(table, { row, uids, places, join });
      if (etag !== undefined) changed.push({ id: row.id, before: row.text, etag });
    }
  }
  return changed;
}

interface Pointing {
  readonly row: CardTableRow;
  readonly uids: ReadonlySet<string>;
  readonly places: readonly Place[];
  readonly join: Join;
}

/** The new ETag of a group that named one of the cards that go. */
async function pointToKept(
  table: Tables,
  { row, uids, places, join }: Pointing,
): Promise<string | undefined> {
  const group = contactOf(row.text);
  const place = places.find(({ key }) => key === row.book_key);
  const isGone = (member: string): boolean => uidsOf(member).some((uid) => uids.has(uid));
  if (!group?.members.some(isGone) || !place) return undefined;
  const isThere = group.members.some((member) => uidsOf(member).includes(join.kept.uid));
  const others = group.members.filter((member) => !isGone(member));
  const members = isThere ? others : [...others, memberOf(join.kept.uid)];
  const put = await putInto(table, place, {
    uri: row.uri,
    text: writeCard({ ...group, members }, row.text),
    when: { ifMatch: row.etag },
    at: join.at,
    maxCards: join.maxCards,
    maxBytes: Number.MAX_SAFE_INTEGER, // it says less than before
  });
  return put.kind === 'updated' ? put.etag : undefined;
}

async function followStars(table: Tables, site: string, join: Join): Promise<readonly number[]> {
  const starring = (ids: readonly string[]): Promise<number[]> =>
    table(FAVOURITES).where({ site }).whereIn('card_id', ids).pluck('user_id');
  const has = new Set(await starring([join.kept.id]));
  const had = new Set(await starring(join.gone.map(({ id }) => id)));
  const stars = [...had].filter((user) => !has.has(user));
  for (const user of stars) {
    await table(FAVOURITES).insert({ site, user_id: user, card_id: join.kept.id });
  }
  return stars;
}

/** As it was; a group that was changed since stays as it is now. Ids of those that are written. */
export async function unfollow(
  table: Tables,
  { site }: Person,
  { groups, stars }: Followed,
  join: Pick<Join, 'places' | 'at' | 'maxCards'> & { readonly kept: string },
): Promise<readonly string[]> {
  const written: string[] = [];
  for (const { id, before, etag } of groups) {
    const row: CardTableRow | undefined = await table(CARDS).where({ id, etag }).first();
    const place = join.places.find(({ key }) => key === row?.book_key);
    if (!row || !place) continue;
    written.push(id);
    await putInto(table, place, {
      uri: row.uri,
      text: before,
      when: { ifMatch: etag },
      at: join.at,
      maxCards: join.maxCards,
      maxBytes: Number.MAX_SAFE_INTEGER, // it was taken once
    });
  }
  await table(FAVOURITES)
    .where({ site, card_id: join.kept })
    .whereIn('user_id', [...stars])
    .delete();
  return written;
}
