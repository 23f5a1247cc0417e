import { IcsError } from '../ics';
import {
  type Component,
  componentsOf,
  parseCalendar,
  propertyOf,
  withProperty,
  writeCalendar,
} from '../ics/jcal';
import { writtenOf } from '../ics/times';
import { peopleOf } from '../people/attendees';
import { askRooms, type Booking, type RoomAnswer, settleRooms, uidIn } from '../rooms/book';
import type { Room } from '../rooms/config';
import type { Tables } from '../store/tables';
import { restoreObject } from '../store/trash';
import type { CalendarStore, Person, Put, Telling } from '../store/types';
import { findObject } from '../store/walk';
import { type Limits, type PutInput, removeObject, writeObject } from '../store/write';
import { deliver } from './deliver';
import { keepMails, keepOutgoing } from './table';

interface Told {
  readonly now: number;
  readonly rooms: readonly Room[];
  /** Of the site. */
  readonly zone: string;
}

/** What people are written of cannot be read: nothing is mailed, and the write is as it was. */
async function keep(
  table: Tables,
  person: Person,
  {
    limits,
    ...change
  }: {
    readonly before: string | undefined;
    readonly after: string | undefined;
    readonly telling: Telling;
    readonly now: number;
    readonly limits: Limits;
  },
): Promise<void> {
  try {
    const messages = await keepOutgoing(table, person, change);
    const { organisers } = change.telling;
    await deliver(table, person, messages, { ...limits, organisers, now: change.now });
  } catch (error) {
    if (!(error instanceof IcsError)) throw error;
  }
}

/** Of a write, as others' copies are written with it. */
const limitsIn = ({ at, maxObjects, maxBytes, maxKept }: Limits): Limits => ({
  at,
  maxObjects,
  maxBytes,
  maxKept,
});

/** Whether a meeting is one that is written in the name of somebody; so is what nobody organises. */
const isOf = (text: string, organisers: readonly string[]): boolean =>
  componentsOf(parseCalendar(text), 'vevent').every((part) => {
    const { organiser } = peopleOf(part);
    return organiser === undefined || organisers.includes(organiser.mail);
  });

/** What rooms answer; nobody is asked by a text that cannot be read. */
async function asked(
  table: Tables,
  person: Person,
  text: string,
  { telling, at, ...told }: Told & { readonly telling: Telling; readonly at: string },
): Promise<{ readonly answer: RoomAnswer; readonly booking: Booking }> {
  const none = { text, busy: [], booked: [] };
  try {
    // A copy of somebody else's meeting is not theirs: its room stays where they have it.
    if (!isOf(text, telling.organisers))
      return { answer: none, booking: { ...told, rooms: [], at, uid: '' } };
    const booking = { ...told, at, uid: uidIn(text), except: telling.except };
    return { answer: await askRooms(table, person.site, text, booking), booking };
  } catch (error) {
    if (!(error instanceof IcsError)) throw error;
    return { answer: none, booking: { ...told, rooms: [], at, uid: '' } };
  }
}

/** Writes an object, books its rooms, and writes down what is to be mailed: one transaction for all. */
export async function putTold(
  table: Tables,
  person: Person,
  { now, rooms, zone, ...input }: PutInput & Told & { readonly calendar: string },
): Promise<Put> {
  const { telling } = input.when;
  if (!telling) return await writeObject(table, person, input);
  if (telling.mails) return await putAnswered(table, person, { ...input, telling, now });
  const before = (await findObject(table, person, input))?.text;
  const { answer, booking } = await asked(table, person, input.text, {
    now,
    rooms,
    zone,
    telling,
    at: input.at,
  });
  if (answer.busy.length > 0 && telling.isDeclined !== true) {
    const taken = answer.busy.map(({ room, times }) => ({ title: room.title, times }));
    return { kind: 'refused', reason: 'room', taken };
  }
  const put = await writeObject(table, person, { ...input, text: answer.text });
  if (put.kind === 'created' || put.kind === 'updated') {
    await settleRooms(table, person.site, before, answer, booking);
    const limits = limitsIn(input);
    await keep(table, person, { before, after: answer.text, telling, now, limits });
  }
  return put;
}

/** Answers to who organises: by mail, and in their copy where they are of the site. */
async function answerBy(
  table: Tables,
  person: Person,
  {
    limits,
    ...answer
  }: {
    readonly telling: Telling;
    readonly now: number;
    readonly version: string;
    readonly limits: Limits;
  },
): Promise<void> {
  await keepMails(table, person, answer);
  const { telling, now } = answer;
  // A wish for another time, or somebody who comes instead, is for who organises to read.
  const replies = (telling.mails ?? []).filter(({ method }) => method === 'REPLY');
  const { organisers } = telling;
  await deliver(table, person, replies, { ...limits, organisers, now });
}

/** Writes one's copy of a meeting of somebody else's, and what they are answered. */
async function putAnswered(
  table: Tables,
  person: Person,
  {
    telling,
    now,
    ...input
  }: PutInput & { readonly calendar: string; readonly telling: Telling; readonly now: number },
): Promise<Put> {
  const version = (await findObject(table, person, input))?.etag ?? '';
  const put = await writeObject(table, person, input);
  if (put.kind === 'created' || put.kind === 'updated')
    await answerBy(table, person, { telling, now, version, limits: limitsIn(input) });
  return put;
}

/** An object to the trash, and what is off to those who were asked to it. */
export async function removeTold(
  table: Tables,
  person: Person,
  {
    calendar,
    uri,
    when,
    at,
    now,
    rooms,
    zone,
    ...limits
  }: Told &
    Limits & {
      readonly calendar: string;
      readonly uri: string;
      readonly when: {
        readonly ifMatch?: string | undefined;
        readonly telling?: Telling | undefined;
      };
    },
): Promise<'removed' | 'conflict' | 'missing' | 'rights'> {
  const { telling, ifMatch } = when;
  const before = telling && (await findObject(table, person, { calendar, uri }))?.text;
  const version = telling?.mails && (await findObject(table, person, { calendar, uri }))?.etag;
  // The trash has what was said of it: whoever takes it back finds their answer.
  if (telling?.left !== undefined) {
    const text = telling.left;
    const put = await writeObject(table, person, {
      ...limits,
      at,
      calendar,
      uri,
      text,
      when: { ifMatch },
    });
    if (put.kind === 'conflict') return 'conflict';
  }
  const removed = await removeObject(table, person, {
    calendar,
    uri,
    ...(telling?.left === undefined && { ifMatch }),
    at,
  });
  if (telling?.mails) {
    if (removed === 'removed')
      await answerBy(table, person, {
        telling,
        now,
        version: version ?? '',
        limits: { ...limits, at },
      });
    return removed;
  }
  if (removed === 'removed' && telling && before !== undefined) {
    const { booking } = await asked(table, person, before, { now, rooms, zone, telling, at });
    await settleRooms(table, person.site, before, { text: before, booked: [] }, booking);
  }
  if (removed === 'removed' && telling)
    await keep(table, person, {
      before,
      after: undefined,
      telling,
      now,
      limits: { ...limits, at },
    });
  return removed;
}

/** Back from the trash: those who were told that it is off are asked again. */
export async function restoreTold(
  table: Tables,
  person: Person,
  {
    now,
    rooms,
    zone,
    telling,
    ...input
  }: Limits & Told & { readonly id: string; readonly telling?: Telling | undefined },
): ReturnType<CalendarStore['restore']> {
  if (!telling) return await restoreObject(table, person, input);
  let after: string | undefined;
  let booked: Awaited<ReturnType<typeof asked>> | undefined;
  const textOf = async (text: string): Promise<string> => {
    const fresh = isReadable(text, telling.organisers) ? renewed(text, now) : text;
    booked = await asked(table, person, fresh, {
      now,
      rooms,
      zone,
      telling,
      at: input.at,
    });
    after = booked.answer.text;
    return after;
  };
  const restored = await restoreObject(table, person, { ...input, textOf });
  if (restored.kind === 'restored' && booked)
    await settleRooms(table, person.site, undefined, booked.answer, booked.booking);
  if (restored.kind === 'restored')
    await keep(table, person, { before: undefined, after, telling, now, limits: limitsIn(input) });
  return restored;
}

const isReadable = (text: string, organisers: readonly string[]): boolean => {
  try {
    return isOf(text, organisers);
  } catch (error) {
    if (error instanceof IcsError) return false;
    throw error;
  }
};

/** Numbers higher than those of what said that it is off: others would take it for old (RFC 5546 §2.1.5). */
function renewed(text: string, now: number): string {
  try {
    const [name, properties, components] = parseCalendar(text);
    const stamp = writtenOf(now - (now % 1_000), { isUtc: true });
    const next = components.map((part): Component => {
      if (part[0] !== 'vevent' || !propertyOf(part, 'attendee')) return part;
      const value = propertyOf(part, 'sequence')?.[3];
      const sequence = (typeof value === 'number' ? value : 0) + 2;
      const numbered = withProperty(part, 'sequence', ['sequence', {}, 'integer', sequence]);
      return withProperty(numbered, 'dtstamp', ['dtstamp', {}, 'date-time', stamp]);
    });
    return writeCalendar([name, properties, next]);
  } catch (error) {
    if (error instanceof IcsError) return text;
    throw error;
  }
}
