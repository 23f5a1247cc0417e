import { pruneRemoved } from './changes';
import {
  CALENDARS,
  chunksOf,
  FEEDS,
  LINKS,
  OBJECTS,
  PROPERTIES,
  REMOVED,
  SEEN,
  SHARES,
  type Tables,
  TRASH,
} from './tables';

const DAY_MS = 86_400_000;
/** Telephones that were off for so long start again. */
const TRACE_DAYS = 90;

/** All that is kept of somebody who is erased; nothing the second time. */
export async function erasePerson(table: Tables, user: { readonly id: number }): Promise<void> {
  const keys: number[] = await table(CALENDARS).where({ user_id: user.id }).pluck('key');
  for (const some of chunksOf(keys)) {
    for (const name of [OBJECTS, REMOVED, PROPERTIES, SHARES, SEEN, LINKS, FEEDS])
      await table(name).whereIn('calendar_key', some).delete();
    await table(CALENDARS).whereIn('key', some).delete();
  }
  for (const name of [TRASH, SHARES, SEEN]) await table(name).where({ user_id: user.id }).delete();
}

/** Objects of one's own calendars and of the trash, for the right of access. */
export async function recordsOf(
  table: Tables,
  user: { readonly id: number; readonly site: string },
): Promise<readonly { readonly title: string; readonly objects: readonly string[] }[]> {
  const own = { site: user.site, user_id: user.id };
  const calendars: { key: number; title: string }[] = await table(CALENDARS)
    .where(own)
    .orderBy('key')
    .select('key', 'title');
  const records: { title: string; objects: readonly string[] }[] = [];
  for (const { key, title } of calendars) {
    const objects: string[] = await table(OBJECTS).where({ calendar_key: key }).pluck('text');
    records.push({ title, objects });
  }
  const trashed: string[] = await table(TRASH).where(own).pluck('text');
  return trashed.length > 0 ? [...records, { title: 'trash', objects: trashed }] : records;
}

/** What a site keeps no longer. */
export async function cleanSite(
  table: Tables,
  {
    site,
    now,
    trashDays,
  }: { readonly site: string; readonly now: number; readonly trashDays: number },
): Promise<number> {
  const before = (days: number): string => new Date(now - days * DAY_MS).toISOString();
  const removed: number = await table(TRASH)
    .where({ site })
    .where('removed_at', '<', before(trashDays))
    .delete();
  await pruneRemoved(table, { site, before: before(TRACE_DAYS) });
  return removed;
}
