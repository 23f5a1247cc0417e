import { setImmediate } from 'node:timers/promises';
import { canWrite, type Place, placeOf, placesOf } from './places';
import { seenObject } from './rights';
import { chunksOf, OBJECTS, type ObjectTableRow, ROW, type Tables } from './tables';
import type { ComponentName, ObjectRow, Person, StoredObject, Walk } from './types';

/** Objects between two turns of the loop. */
const ROWS = 100;
/** Of their texts, fewer: objects with files in them are not held by hundreds. */
const BYTES = 2_000_000;

export const rowOf = (row: ObjectTableRow, calendar: string): ObjectRow => ({
  id: row.id,
  calendar,
  uri: row.uri,
  uid: row.uid,
  etag: row.etag,
  component: row.component as ComponentName,
  summary: row.summary,
  updatedAt: row.updated_at,
  bytes: row.bytes,
});

function narrowed(table: Tables, { key }: Place, { between, component }: Walk) {
  const query = table(OBJECTS).where({ calendar_key: key });
  if (component !== undefined) void query.where({ component });
  if (between) void query.where('last_ms', '>=', between.from).where('first_ms', '<', between.to);
  return query;
}

/**
 * Objects of a calendar a few at a time, by `uri` or in the order of the ones that are named: nobody
 * holds a whole calendar, nor the loop while it is read. None for one that the person does not reach.
 */
export async function* walkRows(
  table: Tables,
  person: Person,
  { calendar, ...which }: Walk & { readonly calendar: string },
): AsyncGenerator<readonly ObjectRow[]> {
  const place = await placeOf(table, person, calendar);
  if (!place) return;
  const read = (rows: readonly ObjectTableRow[]): readonly ObjectRow[] =>
    rows.map((row) => rowOf(row, place.id));
  if (which.uris) {
    for (const some of chunksOf(which.uris, ROWS)) {
      const at = new Map(some.map((uri, index) => [uri, index]));
      const rows = read(await narrowed(table, place, which).whereIn('uri', some).select(ROW));
      yield [...rows].sort((a, b) => (at.get(a.uri) ?? 0) - (at.get(b.uri) ?? 0));
      await setImmediate();
    }
    return;
  }
  for (let last = ''; ; ) {
    const query = narrowed(table, place, which).where('uri', '>', last);
    const rows = read(await query.orderBy('uri').limit(ROWS).select(ROW));
    if (rows.length > 0) yield rows;
    if (rows.length < ROWS) return;
    last = rows.at(-1)?.uri ?? '';
    await setImmediate();
  }
}

/** Objects of a UID in a person's own calendars, those that they may write first (RFC 5545 3.8.4.7). */
export async function findObjectsOfUid(
  table: Tables,
  person: Person,
  uid: string,
): Promise<readonly StoredObject[]> {
  const places = (await placesOf(table, person)).filter(({ isOwn }) => isOwn);
  const byKey = new Map(places.map((place) => [place.key, place]));
  const rows: (ObjectTableRow & { calendar_key: number; text: string })[] = await table(OBJECTS)
    .where({ uid })
    .whereIn('calendar_key', [...byKey.keys()])
    .select(...ROW, 'calendar_key', 'text');
  return rows
    .map((row) => ({ row, place: byKey.get(row.calendar_key) }))
    .sort((a, b) => Number(canWriteIn(b.place)) - Number(canWriteIn(a.place)))
    .map(({ row, place }) => ({ ...rowOf(row, place?.id ?? ''), text: row.text }));
}

const canWriteIn = (place: Place | undefined): boolean => place !== undefined && canWrite(place);

/** The same with their texts, which are read as far as they are small. */
export async function* walkObjects(
  table: Tables,
  person: Person,
  which: Walk & { readonly calendar: string },
  word: string,
): AsyncGenerator<readonly StoredObject[]> {
  const place = await placeOf(table, person, which.calendar);
  if (!place) return;
  for await (const rows of walkRows(table, person, which)) {
    for (const some of measured(rows)) {
      const found: { id: string; etag: string; bytes: number; text: string }[] = await table(
        OBJECTS,
      )
        .whereIn(
          'id',
          some.map(({ id }) => id),
        )
        .select('id', 'etag', 'bytes', 'text');
      const texts = new Map(found.map((one) => [one.id, one]));
      // What was written or went away meanwhile is as it is now.
      yield some.flatMap((row) => {
        const now = texts.get(row.id);
        if (!now) return [];
        const object = { ...row, etag: now.etag, bytes: now.bytes, text: now.text };
        return seenObject(place, object, word) ?? [];
      });
      await setImmediate();
    }
  }
}

function* measured(rows: readonly ObjectRow[]): Generator<readonly ObjectRow[]> {
  let some: ObjectRow[] = [];
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

/** An object by the name that it has in its calendar. */
export async function findObject(
  table: Tables,
  person: Person,
  { calendar, uri }: { readonly calendar: string; readonly uri: string },
  word = '',
): Promise<StoredObject | undefined> {
  const place = await placeOf(table, person, calendar);
  if (!place) return undefined;
  const row: (ObjectTableRow & { text: string }) | undefined = await table(OBJECTS)
    .where({ calendar_key: place.key, uri })
    .first([...ROW, 'text']);
  return row && seenObject(place, { ...rowOf(row, place.id), text: row.text }, word);
}

/** An object of any calendar that the person reaches. */
export async function findObjectById(
  table: Tables,
  person: Person,
  id: string,
  word: string,
): Promise<StoredObject | undefined> {
  const row: (ObjectTableRow & { text: string; calendar_key: number }) | undefined = await table(
    OBJECTS,
  )
    .where({ id })
    .first([...ROW, 'text', 'calendar_key']);
  if (!row) return undefined;
  const place = (await placesOf(table, person)).find(({ key }) => key === row.calendar_key);
  return place && seenObject(place, { ...rowOf(row, place.id), text: row.text }, word);
}
