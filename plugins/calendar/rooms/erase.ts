import { setImmediate } from 'node:timers/promises';
import type { SiteId } from 'estafette/plugin';
import { IcsError } from '../ics/types';
import { peopleIn } from '../people/attendees';
import { CALENDARS, chunksOf, OBJECTS, type Tables, TRASH } from '../store/tables';
import { removeObject } from '../store/write';
import { roomPerson, SITE_USER, uidIn, uriOf } from './book';

/** Texts that are held, and read between two turns of the loop. */
const TEXTS = 20;

/** Who is erased, as `user:erased` tells it. */
interface Erased {
  readonly id: number;
  readonly site: string;
  readonly mail: string;
}

/**
 * Frees the rooms of the meetings that somebody who is erased organised, past ones too: a booking has
 * the name of its organiser. Goes before their calendars do, which tell what was booked; nothing the
 * second time.
 */
export async function eraseRooms(table: Tables, user: Erased, now: number): Promise<void> {
  const rooms: { key: number; id: string }[] = await table(CALENDARS)
    .where({ site: user.site, user_id: SITE_USER })
    .select('key', 'id');
  if (rooms.length === 0) return;
  const idOf = new Map(rooms.map(({ key, id }) => [key, id]));
  for await (const uris of bookedBy(table, user)) {
    const found: { uri: string; calendar_key: number }[] = await table(OBJECTS)
      .whereIn('uri', uris)
      .select('uri', 'calendar_key');
    for (const { uri, calendar_key } of found) {
      const calendar = idOf.get(calendar_key);
      if (calendar === undefined) continue;
      const room = roomPerson(user.site as SiteId, { mail: '' }); // the site of somebody is one
      await removeObject(table, room, { calendar, uri, at: new Date(now).toISOString() });
      await table(TRASH).where({ site: user.site, user_id: SITE_USER, uri }).delete();
    }
  }
}

/** Under what rooms keep the meetings of somebody, a few at a time. */
async function* bookedBy(table: Tables, { id, site, mail }: Erased) {
  const keys: number[] = await table(CALENDARS).where({ site, user_id: id }).pluck('key');
  const own = mail.trim().toLowerCase();
  const read = async (name: string, ids: readonly string[]): Promise<readonly string[]> => {
    const texts: string[] = await table(name).whereIn('id', ids).pluck('text');
    return texts.flatMap((text) => (isOf(text, own) ? uriOf(uidIn(text)) : []));
  };
  for (const key of keys) {
    const ids: string[] = await table(OBJECTS)
      .where({ calendar_key: key, component: 'VEVENT' })
      .where('text', 'like', '%ATTENDEE%')
      .pluck('id');
    for (const some of chunksOf(ids, TEXTS)) {
      yield await read(OBJECTS, some);
      await setImmediate();
    }
  }
  // A calendar that was deleted leaves the past of its rooms as it was.
  const trashed: string[] = await table(TRASH)
    .where({ site, user_id: id })
    .where('text', 'like', '%ATTENDEE%')
    .pluck('id');
  for (const some of chunksOf(trashed, TEXTS)) {
    yield await read(TRASH, some);
    await setImmediate();
  }
}

/** Whether a room was booked in somebody's name; the copy of another's meeting frees nothing. */
function isOf(text: string, mail: string): boolean {
  try {
    const { organiser } = peopleIn(text);
    return organiser === undefined || organiser.mail === mail;
  } catch (error) {
    if (error instanceof IcsError) return false;
    throw error;
  }
}
