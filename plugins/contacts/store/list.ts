import { numbersMeant } from 'estafette/plugin';
import { rowOf, starred } from './cards';
import { asMember } from './digest';
import { fold, piecesOf } from './fold';
import { type Place, placesOf } from './places';
import { CARDS, type CardTableRow, FAVOURITES, type Tables } from './tables';
import type { Listed, ListQuestion, Person } from './types';

export const PAGE_CARDS = 100;

/** What a row of a list is made of. */
export const COLUMNS = [
  'id',
  'book_key',
  'uri',
  'uid',
  'etag',
  'updated_at',
  'kind',
  'name',
  'detail',
  'mails',
  'phones',
  'is_pictured',
  'member_count',
];

/** Cards that hold every word of a text, or the number that it may be. */
export function holding(query: ReturnType<Tables>, text: string): void {
  const pieces = piecesOf(text);
  if (pieces.length === 0) return;
  // Every piece is literal: no wildcard stands in a search.
  query.where((any) => {
    any.where((all) => {
      for (const piece of pieces) all.whereRaw('instr(search, ?) > 0', [piece]);
    });
    for (const number of numbersMeant(text)) any.orWhereRaw('instr(search, ?) > 0', [number]);
  });
}

/** Groups that hold one of some members. */
export function holdingMembers(query: ReturnType<Tables>, members: readonly string[]): void {
  query.where({ kind: 'group' }).where((any) => {
    for (const member of members) any.orWhereRaw('instr(members, ?) > 0', [asMember(member)]);
    if (members.length === 0) any.whereRaw('1 = 0');
  });
}

function narrow(
  query: ReturnType<Tables>,
  table: Tables,
  person: Person,
  asked: ListQuestion,
): ReturnType<Tables> {
  holding(query, asked.text ?? '');
  // A line of its own among those that are searched, as `digestOf` writes it.
  if (asked.category !== undefined)
    query.whereRaw('instr(char(10) || search || char(10), char(10) || ? || char(10)) > 0', [
      fold(asked.category.replace(/\s+/g, ' ').trim()),
    ]);
  if (asked.kind !== undefined) query.where({ kind: asked.kind });
  if (asked.uids) query.whereIn('uid', asked.uids);
  if (asked.holding) holdingMembers(query, asked.holding);
  if (asked.mails) {
    const wanted = asked.mails;
    query.where((any) => {
      for (const mail of wanted)
        any.orWhereRaw('instr(char(10) || mails || char(10), char(10) || ? || char(10)) > 0', [
          mail.toLowerCase(),
        ]);
      if (wanted.length === 0) any.whereRaw('1 = 0');
    });
  }
  if (asked.isFavourite === true) {
    query.whereIn(
      'id',
      table(FAVOURITES).where({ site: person.site, user_id: person.user }).select('card_id'),
    );
  }
  return query;
}

/** Reads the words of every card once more: a page that shows no number does without. */
async function counted(query: ReturnType<Tables>): Promise<number> {
  const [{ count = 0 } = {}]: { count?: number }[] = await query.count({ count: '*' });
  return Number(count);
}

/** A page of cards by name, and how many there are. */
export async function listCards(
  table: Tables,
  person: Person,
  asked: ListQuestion,
): Promise<Listed> {
  const all = await placesOf(table, person);
  const places: readonly Place[] =
    asked.book === undefined ? all : all.filter(({ id }) => id === asked.book);
  const of = new Map(places.map((place) => [place.key, place.id]));
  const query = () =>
    narrow(table(CARDS).whereIn('book_key', [...of.keys()]), table, person, asked);
  const { offset = 0, limit = PAGE_CARDS } = asked;
  const rows: CardTableRow[] = await query()
    .orderBy('sort_name')
    .orderBy('id')
    .offset(offset)
    .limit(limit)
    .select(COLUMNS);
  const isAll = offset === 0 && rows.length < limit;
  const total = isAll || asked.isCounted === false ? offset + rows.length : await counted(query());
  const stars = await starred(
    table,
    person,
    rows.map(({ id }) => id),
  );
  return {
    cards: rows.map((row) => rowOf(row, of.get(row.book_key) ?? '', stars.has(row.id))),
    total,
  };
}

/** Which of some uids cards have that the person reaches; one question, however many. */
export async function uidsThere(
  table: Tables,
  person: Person,
  uids: readonly string[],
): Promise<ReadonlySet<string>> {
  if (uids.length === 0) return new Set();
  const keys = (await placesOf(table, person)).map(({ key }) => key);
  const found: string[] = await table(CARDS)
    .whereIn('book_key', keys)
    .whereRaw('uid in (select value from json_each(?))', [JSON.stringify(uids)])
    .pluck('uid');
  return new Set(found);
}
