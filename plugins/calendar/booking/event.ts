import { changed, created, fieldsOf, IcsError } from '../ics';
import { parseCalendar, withProperty, writeCalendar } from '../ics/jcal';
import { changesFor, type ItipMessage } from '../itip';
import { putTold, removeTold } from '../outgoing/write';
import type { Context } from '../pages/common';
import { withPeople } from '../people/attendees';
import { writingOf } from '../store';
import { placesOf } from '../store/places';
import { canWrite } from '../store/rights';
import type { Tables } from '../store/tables';
import { findObjectsOfUid } from '../store/walk';
import { toUtc, toWall, type Zone } from '../time/zone';
import { ownerOf } from './taken';
import type { AppointmentRow, BookingPage } from './types';

/** Nothing can be written for the agent: their calendar is full, or there is none. */
export class BookingRefused extends Error {
  constructor(readonly reason: string) {
    super(`booking: ${reason}`);
  }
}

/** What is mailed to the guest of a change; undefined for nothing. */
type Told = Pick<ItipMessage, 'method' | 'text'> | undefined;

const messageOf = (
  before: string | undefined,
  after: string | undefined,
  page: BookingPage,
): Told => {
  const [first] = changesFor(before, after, [page.mail.toLowerCase()]);
  return first && { method: first.method, text: first.text };
};

/** The event for the guest's own calendar: what a mail would carry, to be kept. */
export function guestText(text: string, mail: string): string {
  const [message] = changesFor(undefined, text, [mail.toLowerCase()]);
  return writeCalendar(withProperty(parseCalendar(message?.text ?? text), 'method', undefined));
}

const silent = (page: BookingPage) => ({
  organisers: [page.mail.toLowerCase()],
  // The mails of an appointment say how it is cancelled: they are ours, not those of a meeting.
  isSilent: true,
});

/** Writes an appointment into the agent's calendar; throws {@link BookingRefused}. */
export async function writeEvent(
  table: Tables,
  context: Context,
  page: BookingPage,
  row: AppointmentRow,
  zone: Zone,
): Promise<Told> {
  const owner = ownerOf(page);
  const places = (await placesOf(table, owner)).filter(canWrite);
  const place = places.find(({ id }) => id === page.said.calendar) ?? places[0];
  if (!place) throw new BookingRefused('calendar');
  const { where, place: at } = page.said;
  const bare = created(
    {
      summary: `${row.title} – ${row.name}`.slice(0, 300),
      location: where === 'place' ? at : '',
      description: [row.reason, row.comment, row.phone].filter((text) => text !== '').join('\n'),
      url: where === 'video' ? at : '',
      isAllDay: false,
      start: toWall(zone, Number(row.start_ms)),
      end: toWall(zone, Number(row.end_ms)),
      zone: zone.id,
      rule: '',
      showAs: 'busy',
      // What guests say of themselves is for who is asked, not for all who read the calendar.
      visibility: 'private',
      categories: [],
      alarms: [],
    },
    { uid: row.uid, now: context.clock.now() },
  );
  const text = withPeople(bare, {
    organiser: { mail: page.mail.toLowerCase(), name: page.name },
    before: [],
    after: [
      {
        mail: row.mail,
        name: row.name,
        role: 'required',
        kind: 'individual',
        answer: 'accepted',
      },
    ],
    recurrence: '',
    isMoved: false,
  });
  const put = await putTold(table, owner, {
    ...writingOf(context, owner),
    calendar: place.id,
    uri: `${row.uid}.ics`,
    text,
    when: { ifNoneMatch: true, telling: silent(page) },
  });
  if (put.kind !== 'created') throw new BookingRefused(put.kind === 'refused' ? put.reason : 'uri');
  return messageOf(undefined, text, page);
}

/** The event of an appointment as it is now; undefined where the agent took it away. */
export async function eventOf(table: Tables, page: BookingPage, row: AppointmentRow, zone: Zone) {
  const [stored] = await findObjectsOfUid(table, ownerOf(page), row.uid);
  if (!stored) return undefined;
  try {
    const form = fieldsOf(stored.text, '');
    if (!form) return undefined;
    const { start, end } = form.fields;
    return {
      stored,
      fields: form.fields,
      start: toUtc(zone, start),
      end: toUtc(zone, end),
    };
  } catch (error) {
    if (error instanceof IcsError) return undefined;
    throw error;
  }
}

type Event = NonNullable<Awaited<ReturnType<typeof eventOf>>>;

/** Puts it at another time. */
export async function moveEvent(
  table: Tables,
  context: Context,
  page: BookingPage,
  { event, start, zone }: { readonly event: Event; readonly start: number; readonly zone: Zone },
): Promise<Told> {
  const { stored, fields } = event;
  const wall = toWall(zone, start);
  const next = { ...fields, zone: zone.id, start: wall, end: wall + (event.end - event.start) };
  const { text } = changed(stored.text, next, {
    recurrence: '',
    scope: 'all',
    uid: '',
    now: context.clock.now(),
  });
  const owner = ownerOf(page);
  const put = await putTold(table, owner, {
    ...writingOf(context, owner),
    calendar: stored.calendar,
    uri: stored.uri,
    text,
    when: { ifMatch: stored.etag, telling: silent(page) },
  });
  if (put.kind !== 'updated') throw new BookingRefused(put.kind === 'refused' ? put.reason : 'uri');
  return messageOf(stored.text, text, page);
}

/** To the trash, from where the agent may take it back. */
export async function removeEvent(
  table: Tables,
  context: Context,
  page: BookingPage,
  { stored }: Pick<Event, 'stored'>,
): Promise<Told> {
  const owner = ownerOf(page);
  await removeTold(table, owner, {
    ...writingOf(context, owner),
    calendar: stored.calendar,
    uri: stored.uri,
    when: { telling: silent(page) },
  });
  return messageOf(stored.text, undefined, page);
}
