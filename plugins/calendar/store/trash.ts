import { digestOf, factsIn } from './digest';
import { FIRST_CALENDAR, type Place, placesOf } from './places';
import { canDelete, hasSecrets } from './rights';
import { chunksOf, OBJECTS, type Tables, TRASH, type TrashTableRow } from './tables';
import { GONE, trashRow } from './trash-one';
import type { CalendarStore, Person, TrashedObject } from './types';
import { freeUri, type Limits, putInto } from './write';

/** A page shows no more. */
const SHOWN_MAX = 500;

/** Every object of a calendar that goes away; no client asks for its changes any more. */
export async function trashAll(
  table: Tables,
  place: Place,
  where: { readonly site: string; readonly at: string },
): Promise<void> {
  const ids: string[] = await table(OBJECTS).where({ calendar_key: place.key }).pluck('id');
  for (const some of chunksOf(ids, 50)) {
    const rows: Parameters<typeof trashRow>[1][] = await table(OBJECTS)
      .whereIn('id', some)
      .select(GONE);
    await table(TRASH).insert(rows.map((row) => trashRow(place, row, where)));
  }
}

const of = (table: Tables, { site, user }: Person) => table(TRASH).where({ site, user_id: user });

/** What can be restored, latest first. */
export async function listTrash(table: Tables, person: Person): Promise<readonly TrashedObject[]> {
  const rows: TrashTableRow[] = await of(table, person)
    .orderBy('removed_at', 'desc')
    .orderBy('summary')
    .limit(SHOWN_MAX)
    .select('id', 'summary', 'calendar_title', 'removed_at');
  return rows.map((row) => ({
    id: row.id,
    summary: row.summary,
    calendar: row.calendar_title,
    removedAt: row.removed_at,
  }));
}

/** One's own, or what went from a calendar of somebody else's in which one may delete. */
async function restorable(
  table: Tables,
  { site, user }: Person,
  places: readonly Place[],
  id: string,
): Promise<TrashTableRow | undefined> {
  const row: (TrashTableRow & { readonly user_id: number }) | undefined = await table(TRASH)
    .where({ site, id })
    .first();
  if (!row || row.user_id === user) return row;
  const place = places.find(({ key }) => key === row.calendar_key);
  if (!place || !canDelete(place)) return undefined;
  const digest = digestOf(row.text);
  const isSecret = !digest || hasSecrets(place, factsIn(digest.facts), digest.component);
  return isSecret ? undefined : row;
}

/** Back into its calendar, or into the first one where that is gone. */
export async function restoreObject(
  table: Tables,
  person: Person,
  {
    id,
    textOf = (text) => text,
    ...limits
  }: Limits & {
    readonly id: string;
    /** The text that comes back, made of the one that went. */
    readonly textOf?: (text: string) => string | Promise<string>;
  },
): ReturnType<CalendarStore['restore']> {
  const places = await placesOf(table, person);
  const row: TrashTableRow | undefined = await restorable(table, person, places, id);
  const place =
    places.find(({ key }) => key === row?.calendar_key) ??
    places.find((one) => one.isOwn && one.id === FIRST_CALENDAR) ??
    places.find(({ isOwn }) => isOwn);
  if (!row || !place) return { kind: 'missing' };
  // Out of the trash first: it counts once.
  await table(TRASH).where({ id }).delete();
  const put = await putInto(table, place, {
    ...limits,
    site: person.site,
    uri: await freeUri(table, place.key, row.uri),
    text: await textOf(row.text),
    when: { ifNoneMatch: true },
    maxBytes: Number.MAX_SAFE_INTEGER, // it was taken once
    id,
  });
  if (put.kind === 'created') return { kind: 'restored', id };
  throw new RestoreRefused(put.kind === 'uid-conflict' ? 'uid-conflict' : 'full');
}

/** A restoring that cannot end: what it took out of the trash is put back. */
export class RestoreRefused extends Error {
  constructor(readonly kind: 'full' | 'uid-conflict') {
    super(kind);
  }
}

/** For good; every one of the person without an id. */
export async function emptyTrash(table: Tables, person: Person, id?: string): Promise<number> {
  const query = of(table, person);
  return id === undefined ? query.delete() : query.where({ id }).delete();
}
