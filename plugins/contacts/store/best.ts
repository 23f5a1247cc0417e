import { rowOf, starred } from './cards';
import { piecesOf, worded } from './fold';
import { COLUMNS, holding } from './list';
import { placesOf } from './places';
import { CARDS, type CardTableRow, FAVOURITES, type Tables } from './tables';
import type { CardRow, Person } from './types';

export interface BestQuestion {
  readonly text: string;
  readonly limit: number;
  readonly kind?: string | undefined;
  /** Names and addresses alone, for who writes: a note or an organisation is nobody’s name. */
  readonly isNamed?: boolean | undefined;
}

/** `worded` of a folded name, with a space before each of its words. */
const NAME = ["'-'", "''''", "'’'", "'/'", "'('"].reduce(
  (sql, sign) => `replace(${sql}, ${sign}, ' ')`,
  "' ' || sort_name",
);
const HELD = `(instr(${NAME}, ?) > 0 or instr(mails, ?) > 0)`;
/** A word of the name begins so, or an address does. */
const BEGUN = `(instr(${NAME}, ' ' || ?) > 0 or instr(char(10) || mails, char(10) || ?) > 0)`;

/**
 * Cards for what somebody types, best first: those whose name or address begins so, favourites first
 * among them. The order is that of the database, or what is best may be beyond what is read.
 */
export async function bestCards(
  table: Tables,
  person: Person,
  { text, limit, kind, isNamed = false }: BestQuestion,
): Promise<readonly CardRow[]> {
  const pieces = piecesOf(text);
  if (pieces.length === 0) return [];
  const places = await placesOf(table, person);
  const of = new Map(places.map(({ key, id }) => [key, id]));
  const bound = pieces.flatMap((piece) => [worded(piece), piece]);
  const query = table(CARDS).whereIn('book_key', [...of.keys()]);
  if (kind !== undefined) query.where({ kind });
  if (isNamed) query.whereRaw(pieces.map(() => HELD).join(' and '), bound);
  else holding(query, text);
  const stars = 'select card_id from ?? where site = ? and user_id = ?';
  // Names and addresses alone are looked at, which an index has; the rest of a card is read of the best.
  const ids: string[] = await query
    .orderByRaw(`case when ${pieces.map(() => BEGUN).join(' and ')} then 0 else 1 end`, bound)
    .orderByRaw(`case when id in (${stars}) then 0 else 1 end`, [
      FAVOURITES,
      person.site,
      person.user,
    ])
    .orderBy('sort_name')
    .orderBy('id')
    .limit(limit)
    .pluck('id');
  const found: CardTableRow[] = await table(CARDS).whereIn('id', ids).select(COLUMNS);
  const byId = new Map(found.map((row) => [row.id, row]));
  const rows = ids.flatMap((id) => byId.get(id) ?? []);
  const favourites = await starred(
    table,
    person,
    rows.map(({ id }) => id),
  );
  return rows.map((row) => rowOf(row, of.get(row.book_key) ?? '', favourites.has(row.id)));
}
