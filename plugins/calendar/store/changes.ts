import { placeOf } from './places';
import { CALENDARS, OBJECTS, REMOVED, type Tables } from './tables';
import type { Changes, Person } from './types';

/** What a client that was last here at `token` lacks; `undefined`: it must ask for everything. */
export async function listChanges(
  table: Tables,
  person: Person,
  { calendar, token }: { readonly calendar: string; readonly token: number },
): Promise<Changes | undefined> {
  const place = await placeOf(table, person, calendar);
  if (!place) return undefined;
  const isFirst = token === 0;
  if (token < 0 || token > place.token || (!isFirst && token < place.oldest)) return undefined;
  const { key } = place;
  const changed: { uri: string; etag: string }[] = await table(OBJECTS)
    .where({ calendar_key: key })
    .where('seq', '>', token)
    .orderBy('seq')
    .select('uri', 'etag');
  const removed: string[] = isFirst
    ? []
    : await table(REMOVED).where({ calendar_key: key }).where('seq', '>', token).pluck('uri');
  return { token: place.token, changed, removed };
}

/** Forgets what went away long ago: clients that come back after that start again. */
export async function pruneRemoved(
  table: Tables,
  { site, before }: { readonly site: string; readonly before: string },
): Promise<void> {
  const keys: number[] = await table(CALENDARS).where({ site }).pluck('key');
  for (const key of keys) {
    const old: { seq: number | null } | undefined = await table(REMOVED)
      .where({ calendar_key: key })
      .where('removed_at', '<', before)
      .max({ seq: 'seq' })
      .first();
    if (typeof old?.seq !== 'number') continue;
    await table(REMOVED).where({ calendar_key: key }).where('seq', '<=', old.seq).delete();
    await table(CALENDARS).where({ key }).update({ oldest_token: old.seq });
  }
}
