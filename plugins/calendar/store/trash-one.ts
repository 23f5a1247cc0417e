import { leaveTrace, nextToken, type Place } from './places';
import { OBJECTS, type Tables, TRASH } from './tables';

interface Where {
  readonly site: string;
  readonly at: string;
}

interface Gone {
  readonly id: string;
  readonly uri: string;
  readonly summary: string;
  readonly text: string;
  readonly bytes: number;
}

export const GONE = ['id', 'uri', 'summary', 'text', 'bytes'];

export const trashRow = (place: Place, row: Gone, { site, at }: Where) => ({
  id: row.id,
  site,
  user_id: place.ownerUser,
  calendar_key: place.key,
  calendar_title: place.title,
  uri: row.uri,
  summary: row.summary,
  text: row.text,
  bytes: row.bytes,
  removed_at: at,
});

/** One object to the trash of the owner of its calendar. */
export async function trashOne(
  table: Tables,
  place: Place,
  { id, ...where }: Where & { readonly id: string },
): Promise<void> {
  const row: Gone | undefined = await table(OBJECTS).where({ id }).first(GONE);
  if (!row) return;
  const seq = await nextToken(table, place.key);
  await table(TRASH).insert(trashRow(place, row, where));
  await table(OBJECTS).where({ id }).delete();
  await leaveTrace(table, { key: place.key, uri: row.uri, seq, at: where.at });
}
