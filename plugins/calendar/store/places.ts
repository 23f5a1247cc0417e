import { createHash } from 'node:crypto';
import { sharedWith } from './shared';
import { CALENDARS, type CalendarTableRow, chunksOf, REMOVED, type Tables } from './tables';
import { COLOURS, type Colour, type Person, type Rights } from './types';

/** The calendar that everybody has. */
export const FIRST_CALENDAR = 'agenda';

/** A calendar as one person reaches it. */
export interface Place {
  readonly key: number;
  readonly id: string;
  readonly title: string;
  readonly colour: Colour;
  readonly isShown: boolean;
  readonly rights: Rights;
  readonly isOwn: boolean;
  /** Private events are read as well; else that somebody is busy. */
  readonly seesPrivate: boolean;
  readonly owner: string;
  readonly ownerUser: number;
  /** Of this calendar alone: one that is made after it under the same id has another. */
  readonly life: string;
  readonly token: number;
  readonly oldest: number;
}

/** Keys are never given twice, and tell how many calendars there are: they are not shown as they are. */
const lifeOf = ({ key, created_at }: CalendarTableRow): string =>
  createHash('sha256').update(`${key} ${created_at}`).digest('base64url').slice(0, 12);

export const placeOfRow = (row: CalendarTableRow): Place => ({
  key: row.key,
  id: row.id,
  title: row.title,
  colour: COLOURS.find((one) => one === row.colour) ?? COLOURS[0],
  isShown: Boolean(row.is_shown),
  rights: row.is_remote ? 'read' : 'manage',
  isOwn: true,
  seesPrivate: true,
  owner: '',
  ownerUser: row.user_id,
  life: lifeOf(row),
  token: row.sync_token,
  oldest: row.oldest_token,
});

/** Every calendar that somebody reaches: their own, then those that others share with them. */
export async function placesOf(table: Tables, person: Person): Promise<readonly Place[]> {
  const { site, user, isAlone = false } = person;
  const rows: CalendarTableRow[] = await table(CALENDARS)
    .where({ site, user_id: user })
    .orderBy('key');
  const own = rows.map(placeOfRow);
  return isAlone ? own : [...own, ...(await sharedWith(table, person))];
}

/** The own calendars of several people, by their ids: nobody is absent. */
export async function ownPlacesOf(
  table: Tables,
  site: Person['site'],
  users: readonly number[],
): Promise<ReadonlyMap<number, readonly Place[]>> {
  const found = new Map<number, Place[]>(users.map((user) => [user, []]));
  for (const some of chunksOf([...found.keys()])) {
    const rows: CalendarTableRow[] = await table(CALENDARS)
      .where({ site })
      .whereIn('user_id', some)
      .orderBy('key');
    for (const row of rows) found.get(row.user_id)?.push(placeOfRow(row));
  }
  return found;
}

/** One of them by its id; somebody else's calendar is no different from none. */
export const placeOf = async (
  table: Tables,
  person: Person,
  calendar: string,
): Promise<Place | undefined> => (await placesOf(table, person)).find(({ id }) => id === calendar);

export { canWrite } from './rights';

/** The next token of a calendar, taken for a change that the same transaction makes. */
export async function nextToken(table: Tables, key: number): Promise<number> {
  await table(CALENDARS).where({ key }).increment('sync_token', 1);
  const row: { sync_token: number } | undefined = await table(CALENDARS)
    .where({ key })
    .first('sync_token');
  return row?.sync_token ?? 0;
}

/** Says what went away to clients that come later (RFC 6578 3.5.2). */
export async function leaveTrace(
  table: Tables,
  gone: { readonly key: number; readonly uri: string; readonly seq: number; readonly at: string },
): Promise<void> {
  const { key, uri, seq, at } = gone;
  await table(REMOVED)
    .insert({ calendar_key: key, uri, seq, removed_at: at })
    .onConflict(['calendar_key', 'uri'])
    .merge();
}
