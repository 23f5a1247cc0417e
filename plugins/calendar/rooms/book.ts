import { createHash } from 'node:crypto';
import type { SiteId } from 'estafette/plugin';
import {
  type Component,
  type Property,
  parseCalendar,
  propertyOf,
  writeCalendar,
} from '../ics/jcal';
import { eventsOf, partsOf } from '../ics/object';
import { occurrencesOf } from '../ics/occurrences';
import { peopleOf, withAnswer } from '../people/attendees';
import { findOccurrences } from '../store/occurrences';
import { CALENDARS, OBJECTS, type Tables, TRASH } from '../store/tables';
import type { Person } from '../store/types';
import { removeObject, writeObject } from '../store/write';
import { DAY_MS } from '../time/days';
import { ianaZone, UTC } from '../time/zone';
import type { Room } from './config';

/** Calendars of rooms are the site's: nobody has this number. */
export const SITE_USER = 0;
/** How far ahead a booking that repeats is looked at; beyond it whoever comes first has it. */
const HORIZON_MS = 400 * DAY_MS;
const TIMES_MAX = 1_000;

/** A room as the store knows it. */
export const roomPerson = (site: SiteId, room: Pick<Room, 'mail'>): Person => ({
  site,
  user: SITE_USER,
  mail: room.mail,
});

export interface Booking {
  readonly rooms: readonly Room[];
  readonly now: number;
  /** ISO time of the write. */
  readonly at: string;
  /** Where whole days are. */
  readonly zone: string;
  readonly uid: string;
  /** UIDs of the same event under another name. */
  readonly except?: readonly string[] | undefined;
}

interface Wanted {
  readonly room: Room;
  readonly parts: readonly Component[];
}

/** Which rooms an object asks, and which of its parts do. */
function wantedIn(calendar: Component, rooms: readonly Room[]): readonly Wanted[] {
  const byMail = new Map(rooms.map((room) => [room.mail, room]));
  const found = new Map<Room, Component[]>();
  for (const part of partsOf(calendar)) {
    if (part[0] !== 'vevent') continue;
    for (const { mail } of peopleOf(part).attendees) {
      const room = byMail.get(mail);
      if (room) found.set(room, [...(found.get(room) ?? []), part]);
    }
  }
  return [...found].map(([room, parts]) => ({ room, parts }));
}

/** Under what a room keeps an event. */
export const uriOf = (uid: string): string =>
  `${createHash('sha256').update(uid).digest('hex').slice(0, 32)}.ics`;

/** What is kept of a booking: when, and by whom; what it is about is for those who are asked. */
const KEPT = new Set([
  'uid',
  'dtstart',
  'dtend',
  'duration',
  'rrule',
  'rdate',
  'exdate',
  'recurrence-id',
  'dtstamp',
  'sequence',
  'status',
]);

function copyFor(calendar: Component, parts: readonly Component[]): string {
  const copies = parts.map((part): Component => {
    const { organiser } = peopleOf(part);
    const summary: Property = ['summary', {}, 'text', organiser?.name || organiser?.mail || '-'];
    return [part[0], [...part[1].filter(([name]) => KEPT.has(name)), summary], []];
  });
  const zones = calendar[2].filter(([kind]) => kind === 'vtimezone');
  return writeCalendar([calendar[0], calendar[1], [...zones, ...copies]]);
}

async function ensureCalendar(
  table: Tables,
  site: string,
  room: Room,
  at: string,
): Promise<number> {
  await table(CALENDARS)
    .insert({
      site,
      user_id: SITE_USER,
      id: room.id,
      title: room.title,
      colour: 'grey',
      created_at: at,
    })
    .onConflict(['site', 'user_id', 'id'])
    .ignore();
  const row: { key: number } | undefined = await table(CALENDARS)
    .where({ site, user_id: SITE_USER, id: room.id })
    .first('key');
  return row?.key ?? -1;
}

/** Beginnings of those times of an event at which somebody else has a room; absent where it is free. */
async function takenTimes(
  table: Tables,
  site: SiteId,
  calendar: Component,
  { room, parts }: Wanted,
  booking: Booking,
): Promise<readonly number[] | undefined> {
  const zone = ianaZone(booking.zone) ?? UTC;
  const { takings } = occurrencesOf(eventsOf(calendar, parts), {
    from: booking.now,
    to: booking.now + HORIZON_MS,
    zone,
    limit: TIMES_MAX,
  });
  const times = takings.filter(({ facts }) => !facts.isCancelled);
  const from = Math.min(...times.map(({ start }) => start));
  const to = Math.max(...times.map(({ end }) => end));
  if (times.length === 0) return undefined;
  const key = await ensureCalendar(table, site, room, booking.at);
  const same: string[] = await table(OBJECTS)
    .where({ calendar_key: key })
    .whereIn('uid', [booking.uid, ...(booking.except ?? [])])
    .pluck('id');
  const window = { from, to, zone: zone.id, calendars: [room.id] };
  const { occurrences, isCut } = await findOccurrences(table, roomPerson(site, room), window);
  // What is too much to be looked at is taken: nobody is promised a room that may not be there.
  if (isCut) return [];
  const taken = occurrences.filter(
    ({ object, isCancelled }) => !isCancelled && !same.includes(object),
  );
  const sorted = [...times].sort((a, b) => a.start - b.start);
  const met = new Set<number>();
  let at = 0;
  for (const one of taken) {
    while (at < sorted.length && (sorted[at]?.end ?? 0) <= one.start) at += 1;
    for (let next = at; next < sorted.length; next += 1) {
      const time = sorted[next];
      if (!time || time.start >= one.end) break;
      if (time.end > one.start) met.add(time.start);
    }
  }
  if (met.size === 0) return undefined;
  // What takes place once has its day in the form already.
  return sorted.length > 1 ? [...met].sort((a, b) => a - b) : [];
}

/** A room that somebody else has, and at which times of what repeats. */
export interface Refused {
  readonly room: Room;
  readonly times: readonly number[];
}

/** What rooms answer to an object, before it is written. */
export interface RoomAnswer {
  /** With the answers of rooms. */
  readonly text: string;
  /** Those that somebody else has. */
  readonly busy: readonly Refused[];
  readonly booked: readonly Wanted[];
}

/** Asks rooms, in the transaction in which they are then booked: no two have one at a time. */
export async function askRooms(
  table: Tables,
  site: SiteId,
  text: string,
  booking: Booking,
): Promise<RoomAnswer> {
  if (booking.rooms.length === 0) return { text, busy: [], booked: [] };
  const calendar = parseCalendar(text);
  const busy: Refused[] = [];
  const booked: Wanted[] = [];
  for (const wanted of wantedIn(calendar, booking.rooms)) {
    const times = await takenTimes(table, site, calendar, wanted, booking);
    if (times) busy.push({ room: wanted.room, times });
    else booked.push(wanted);
  }
  let answered = text;
  for (const { room } of busy) answered = withAnswer(answered, room.mail, 'declined');
  for (const { room } of booked) answered = withAnswer(answered, room.mail, 'accepted');
  return { text: answered, busy, booked };
}

/** Books rooms that answered, and frees those of before that are asked no longer. */
export async function settleRooms(
  table: Tables,
  site: SiteId,
  before: string | undefined,
  { text, booked }: Pick<RoomAnswer, 'text' | 'booked'>,
  booking: Booking,
): Promise<void> {
  if (booking.rooms.length === 0) return;
  const uri = uriOf(booking.uid);
  const kept = new Set(booked.map(({ room }) => room.id));
  for (const { room } of before === undefined
    ? []
    : wantedIn(parseCalendar(before), booking.rooms)) {
    if (kept.has(room.id)) continue;
    const person = roomPerson(site, room);
    await removeObject(table, person, { calendar: room.id, uri, at: booking.at });
    await table(TRASH).where({ site, user_id: SITE_USER, uri }).delete();
  }
  const calendar = parseCalendar(text);
  for (const { room, parts } of booked) {
    await ensureCalendar(table, site, room, booking.at);
    await writeObject(table, roomPerson(site, room), {
      calendar: room.id,
      uri,
      text: copyFor(calendar, parts),
      when: {},
      at: booking.at,
      maxObjects: Number.MAX_SAFE_INTEGER,
      maxBytes: Number.MAX_SAFE_INTEGER,
      maxKept: Number.MAX_SAFE_INTEGER,
    });
  }
}

/** The UID of an object; `''` for what cannot be read. */
export const uidIn = (text: string): string => {
  const part = partsOf(parseCalendar(text))[0];
  const value = part && propertyOf(part, 'uid')?.[3];
  return typeof value === 'string' ? value.trim() : '';
};
