import { randomUUID } from 'node:crypto';
import { FIRST_CALENDAR, type Place, placeOf, placesOf } from './places';
import { keepSeen } from './shared';
import {
  CALENDARS,
  LINKS,
  OBJECTS,
  PROPERTIES,
  REMOVED,
  SEEN,
  SHARES,
  type Tables,
} from './tables';
import { trashAll } from './trash';
import {
  type Calendar,
  type CalendarChange,
  COLOURS,
  type Colour,
  type Created,
  type Person,
} from './types';

const TITLE_CHARS = 200;
const ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/** A title as it is shown: no controls, nor signs that turn the text around it. */
export const titleOf = (text: string): string =>
  text
    .replace(/[\s\p{Cc}\p{Cf}]+/gu, ' ')
    .trim()
    .slice(0, TITLE_CHARS);

const calendarOf = (place: Place): Calendar => ({
  id: place.id,
  title: place.title,
  colour: place.colour,
  isShown: place.isShown,
  rights: place.rights,
  seesPrivate: place.seesPrivate,
  isOwn: place.isOwn,
  owner: place.owner,
  syncToken: place.token,
  life: place.life,
});

interface Inserted {
  readonly id: string;
  readonly title: string;
  readonly colour: Colour;
  readonly at: string;
}

async function insert(table: Tables, { site, user }: Person, calendar: Inserted): Promise<void> {
  const { id, title, colour, at } = calendar;
  await table(CALENDARS)
    .insert({ site, user_id: user, id, title, colour, created_at: at })
    .onConflict(['site', 'user_id', 'id'])
    .ignore();
}

/** Calendars of a person; the first is made when there is none. */
export async function listCalendars(
  table: Tables,
  person: Person,
  first: { readonly title: string; readonly at: string },
): Promise<readonly Calendar[]> {
  let places = await placesOf(table, person);
  if (!places.some(({ isOwn }) => isOwn)) {
    await insert(table, person, { id: FIRST_CALENDAR, colour: COLOURS[0], ...first });
    places = await placesOf(table, person);
  }
  return places.map(calendarOf);
}

/** How many objects each calendar of a person holds, by its id; those without any are left out. */
export async function countObjects(
  table: Tables,
  person: Person,
): Promise<ReadonlyMap<string, number>> {
  const ids = new Map((await placesOf(table, person)).map(({ key, id }) => [key, id]));
  const counts: { calendar_key: number; count: number }[] = await table(OBJECTS)
    .whereIn('calendar_key', [...ids.keys()])
    .groupBy('calendar_key')
    .select('calendar_key')
    .count({ count: '*' });
  return new Map(
    counts.map(({ calendar_key, count }) => [ids.get(calendar_key) ?? '', Number(count)]),
  );
}

/** Makes a calendar; the next colour where none is named. */
export async function insertCalendar(
  table: Tables,
  person: Person,
  calendar: {
    readonly title: string;
    readonly colour?: Colour | undefined;
    readonly id?: string | undefined;
    readonly at: string;
    readonly max: number;
  },
): Promise<Created> {
  const title = titleOf(calendar.title);
  const id = calendar.id ?? randomUUID();
  if (title === '') return { kind: 'refused', reason: 'title' };
  if (!ID.test(id)) return { kind: 'refused', reason: 'id' };
  const places = await placesOf(table, person);
  if (places.some((place) => place.id === id)) return { kind: 'refused', reason: 'taken' };
  const own = places.filter(({ isOwn }) => isOwn);
  if (own.length >= calendar.max) return { kind: 'refused', reason: 'full' };
  const colour = calendar.colour ?? COLOURS[own.length % COLOURS.length] ?? COLOURS[0];
  await insert(table, person, { id, title, colour, at: calendar.at });
  return { kind: 'created', id };
}

/** Gives a calendar another title or colour, or hides it. */
export async function updateCalendar(
  table: Tables,
  person: Person,
  id: string,
  { title, colour, isShown }: CalendarChange,
): Promise<'changed' | 'missing' | 'rights' | 'title'> {
  const place = await placeOf(table, person, id);
  if (!place) return 'missing';
  const text = title === undefined ? undefined : titleOf(title);
  if (text === '') return 'title';
  if (!place.isOwn) {
    if (text !== undefined && text !== place.title) return 'rights';
    const theirs = {
      ...(colour !== undefined && { colour }),
      ...(isShown !== undefined && { is_shown: isShown }),
    };
    if (Object.keys(theirs).length > 0) await keepSeen(table, person, place.key, theirs);
    return 'changed';
  }
  const values = {
    ...(text !== undefined && { title: text }),
    ...(colour !== undefined && { colour }),
    ...(isShown !== undefined && { is_shown: isShown }),
  };
  if (Object.keys(values).length > 0) {
    await table(CALENDARS).where({ key: place.key }).update(values);
  }
  return 'changed';
}

/** Removes one's own calendar; its objects are in the trash. */
export async function deleteCalendar(
  table: Tables,
  person: Person,
  { id, at }: { readonly id: string; readonly at: string },
): Promise<'removed' | 'missing' | 'rights'> {
  const place = await placeOf(table, person, id);
  if (!place) return 'missing';
  // A copy of what another server has goes with its account.
  if (!place.isOwn || place.rights !== 'manage') return 'rights';
  const { key } = place;
  await trashAll(table, place, { site: person.site, at });
  for (const name of [OBJECTS, REMOVED, PROPERTIES, SHARES, SEEN, LINKS])
    await table(name).where({ calendar_key: key }).delete();
  await table(CALENDARS).where({ key }).delete();
  return 'removed';
}
