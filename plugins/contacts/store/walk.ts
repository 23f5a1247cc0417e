import { setImmediate } from 'node:timers/promises';
import { rowOf, starred } from './cards';
import { placeOf } from './places';
import { CARDS, type CardTableRow, chunksOf, type Tables } from './tables';
import type { Clue, MeasuredRow, Person, StoredCard, Walk } from './types';

/** Cards between two turns of the loop. */
const ROWS = 100;
/** Of their texts, fewer: cards with photographs are not held by hundreds. */
const BYTES = 2_000_000;

const COLUMNS = [
  'id',
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
  'bytes',
  'member_count',
];

/** `search` holds names and addresses folded, and is cut where it is long. */
const SEARCHED = '(instr(search, ?) > 0 or length(search) >= 8000)';
const CLUES: Readonly<Record<Clue['of'], string>> = {
  FN: SEARCHED,
  EMAIL: SEARCHED,
  TEL: 'instr(phones, ?) > 0',
  UID: 'instr(lower(uid), ?) > 0',
};

function narrow(query: ReturnType<Tables>, clues: Walk['clues']): ReturnType<Tables> {
  if (!clues) return query;
  return query.where((where) => {
    for (const { of, piece } of clues.pieces) {
      if (clues.isAll) where.whereRaw(CLUES[of], [piece]);
      else where.orWhereRaw(CLUES[of], [piece]);
    }
  });
}

/**
 * Cards of a book a few at a time, by `uri` or in the order of the ones that are named: nobody holds
 * a whole book, nor the loop while it is read. None for a book that the person does not reach.
 */
export async function* walkRows(
  table: Tables,
  person: Person,
  { book, uris, clues }: Walk & { readonly book: string },
): AsyncGenerator<readonly MeasuredRow[]> {
  const place = await placeOf(table, person, book);
  if (!place) return;
  const stars = await starred(table, person);
  const cards = () => narrow(table(CARDS).where({ book_key: place.key }), clues).select(COLUMNS);
  const read = (rows: readonly CardTableRow[]): readonly MeasuredRow[] =>
    rows.map((row) => ({ ...rowOf(row, place.id, stars.has(row.id)), bytes: row.bytes }));
  if (uris) {
    for (const some of chunksOf(uris, ROWS)) {
      const at = new Map(some.map((uri, index) => [uri, index]));
      const rows = read(await cards().whereIn('uri', some));
      yield [...rows].sort((a, b) => (at.get(a.uri) ?? 0) - (at.get(b.uri) ?? 0));
      await setImmediate();
    }
    return;
  }
  for (let last = ''; ; ) {
    const rows = read(await cards().where('uri', '>', last).orderBy('uri').limit(ROWS));
    if (rows.length > 0) yield rows;
    if (rows.length < ROWS) return;
    last = rows.at(-1)?.uri ?? '';
    await setImmediate();
  }
}

/** The same with their texts, which are read as far as they are small. */
export async function* walkCards(
  table: Tables,
  person: Person,
  which: Walk & { readonly book: string },
): AsyncGenerator<readonly StoredCard[]> {
  for await (const rows of walkRows(table, person, which)) {
    for (const some of measured(rows)) {
      const ids = some.map(({ id }) => id);
      const found: Pick<CardTableRow, 'id' | 'etag' | 'bytes' | 'text'>[] = await table(CARDS)
        .whereIn('id', ids)
        .select('id', 'etag', 'bytes', 'text');
      const texts = new Map(found.map((one) => [one.id, one]));
      // What was written or went away meanwhile is as it is now.
      yield some.flatMap((row) => {
        const now = texts.get(row.id);
        if (!now) return [];
        const { etag, bytes, text } = now;
        return [{ ...row, etag, bytes, text }];
      });
      await setImmediate();
    }
  }
}

function* measured(rows: readonly MeasuredRow[]): Generator<readonly MeasuredRow[]> {
  let some: MeasuredRow[] = [];
  let bytes = 0;
  for (const row of rows) {
    if (some.length > 0 && bytes + row.bytes > BYTES) {
      yield some;
      [some, bytes] = [[], 0];
    }
    some.push(row);
    bytes += row.bytes;
  }
  if (some.length > 0) yield some;
}
