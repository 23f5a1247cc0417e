import { createHash, randomBytes, randomUUID } from 'node:crypto';
import type { SiteId } from 'estafette/plugin';
import type { Context } from '../pages/common';
import type { Tables } from '../store/tables';
import { MINUTE_MS } from '../time/days';
import { eventOf, moveEvent, removeEvent, writeEvent } from './event';
import { pageById } from './pages';
import { freeOf, zoneOfPage } from './taken';
import { APPOINTMENTS, type AppointmentRow, type BookingPage, type Guest, PAGES } from './types';

/** A time is kept so long for who has to confirm by a mail. */
export const HOLD_MS = 30 * MINUTE_MS;
/** Nobody fills a page, or a mailbox, with what they never confirm. */
const HELD_OF_PAGE = 30;
const HELD_OF_MAIL = 3;
const SECRET = /^[\w-]{43}$/;

const hashOf = (secret: string): string => createHash('sha256').update(secret).digest('hex');
const boundTo = (id: string): string => `appointment ${id}`;

/** The address of the page of an appointment. */
export const appointmentHref = (context: Context, row: AppointmentRow): string =>
  context.url(`appointment/${context.open(row.sealed, boundTo(row.id)) ?? ''}`);

/** Of two who book at one moment, the second looks at what the first has taken. */
const takeTurn = (table: Tables, { site, user }: BookingPage): Promise<number> =>
  table(PAGES).where({ site, user_id: user }).increment('turn', 1);

const isOffered = async (
  table: Tables,
  context: Context,
  page: BookingPage,
  start: number,
  without?: { readonly id: string; readonly object: string },
): Promise<boolean> =>
  (await freeOf(table, context, page, { from: start, to: start + 1, without })).includes(start);

async function heldBy(table: Tables, where: Readonly<Record<string, unknown>>, now: number) {
  const [{ count } = { count: 0 }]: { count: number | string }[] = await table(APPOINTMENTS)
    .where({ ...where, state: 'held' })
    .where('until_ms', '>', now)
    .count({ count: '*' });
  return Number(count);
}

export interface Booking {
  readonly guest: Guest;
  readonly start: number;
  readonly locale: 'fr' | 'en';
  /** IANA name. */
  readonly zone: string;
  /** `https://mail.example`: mails lead there. */
  readonly origin: string;
  /** Who they are is known: nothing is to be confirmed. */
  readonly isKnown: boolean;
}

export type Booked =
  | { readonly kind: 'held' | 'booked'; readonly row: AppointmentRow }
  /** Somebody else has it. */
  | { readonly kind: 'taken' }
  /** Too much waits to be confirmed. */
  | { readonly kind: 'many' };

/** Takes a time of a page: for good, or until its guest confirms. Throws `BookingRefused`. */
export async function book(context: Context, page: BookingPage, booking: Booking): Promise<Booked> {
  const now = context.clock.now();
  const { guest, start, isKnown } = booking;
  const zone = await zoneOfPage(context, page);
  const secret = randomBytes(32).toString('base64url');
  const id = randomUUID();
  return context.db.transaction(async (table): Promise<Booked> => {
    await takeTurn(table, page);
    if (!(await isOffered(table, context, page, start))) return { kind: 'taken' };
    const isFull =
      !isKnown &&
      ((await heldBy(table, { page_id: page.id }, now)) >= HELD_OF_PAGE ||
        (await heldBy(table, { site: page.site, mail: guest.mail }, now)) >= HELD_OF_MAIL);
    if (isFull) return { kind: 'many' };
    const row: AppointmentRow = {
      id,
      page_id: page.id,
      site: page.site,
      user_id: page.user,
      state: isKnown ? 'booked' : 'held',
      start_ms: start,
      end_ms: start + page.said.lengthMinutes * MINUTE_MS,
      until_ms: now + HOLD_MS,
      title: page.said.title,
      ...guest,
      locale: booking.locale,
      zone: booking.zone,
      hash: hashOf(secret),
      sealed: context.seal(secret, boundTo(id)),
      origin: booking.origin,
      uid: randomUUID(),
      version: 1,
      guest_mail: isKnown ? 'booked' : 'confirm',
      agent_mail: isKnown ? 'booked' : '',
      method: '',
      ics: '',
      made_ms: now,
    };
    const told = isKnown ? await writeEvent(table, context, page, row, zone) : undefined;
    const kept = { ...row, method: told?.method ?? '', ics: told?.text ?? '' };
    await table(APPOINTMENTS).insert(kept);
    return { kind: kept.state === 'held' ? 'held' : 'booked', row: kept };
  });
}

/** A mail could not be written at all: the time is free again. */
export const letGo = async (context: Context, { id }: AppointmentRow): Promise<void> => {
  await context.db.table(APPOINTMENTS).where({ id, state: 'held' }).delete();
};

export interface Appointment {
  readonly row: AppointmentRow;
  /** Where it was booked. */
  readonly page: BookingPage | undefined;
  /** As the calendar has it now. */
  readonly start: number;
  readonly end: number;
  /** `expired`: nobody confirmed in time. */
  readonly state: 'held' | 'expired' | 'booked' | 'cancelled';
}

/** What a secret address leads to, as it is now. */
export async function openAppointment(
  context: Context,
  site: SiteId,
  secret: string,
): Promise<Appointment | undefined> {
  if (!SECRET.test(secret)) return undefined;
  const table: Tables = (name) => context.db.table(name);
  const row: AppointmentRow | undefined = await table(APPOINTMENTS)
    .where({ site, hash: hashOf(secret) })
    .first();
  return row && appointmentOf(context, table, row);
}

/** A row, with what the agent has made of it since. */
export async function appointmentOf(
  context: Context,
  table: Tables,
  row: AppointmentRow,
): Promise<Appointment> {
  const page = await pageById(table, row.site, row.page_id);
  const [start, end] = [Number(row.start_ms), Number(row.end_ms)];
  if (row.state === 'held') {
    const isOver = Number(row.until_ms) <= context.clock.now();
    return { row, page, start, end, state: isOver ? 'expired' : 'held' };
  }
  if (row.state === 'cancelled' || !page) return { row, page, start, end, state: row.state };
  const event = await eventOf(table, page, row, await zoneOfPage(context, page));
  return event
    ? { row, page, start: event.start, end: event.end, state: 'booked' }
    : { row, page, start, end, state: 'cancelled' };
}

/** Reads it again within a transaction, after those who were before. */
async function again(
  table: Tables,
  context: Context,
  { row, page }: Appointment,
): Promise<Appointment | undefined> {
  if (page) await takeTurn(table, page);
  const now: AppointmentRow | undefined = await table(APPOINTMENTS).where({ id: row.id }).first();
  return now && appointmentOf(context, table, now);
}

async function keep(
  table: Tables,
  row: AppointmentRow,
  change: Partial<AppointmentRow>,
): Promise<AppointmentRow> {
  const next = { ...row, ...change, version: row.version + 1 };
  const { id, ...values } = next;
  await table(APPOINTMENTS).where({ id }).update(values);
  return next;
}

export type Answered =
  | { readonly kind: 'done'; readonly row: AppointmentRow }
  /** It is as it was asked to be already. */
  | { readonly kind: 'already' }
  | { readonly kind: 'taken' | 'gone' };

/** The guest is who they said: a link in their mail was followed. Late is fine where the time is still free. */
export const confirm = (context: Context, appointment: Appointment): Promise<Answered> =>
  context.db.transaction(async (table): Promise<Answered> => {
    const found = await again(table, context, appointment);
    if (!found?.page || found.state === 'cancelled') return { kind: 'gone' };
    const { row, page, state } = found;
    if (state === 'booked') return { kind: 'already' };
    const start = Number(row.start_ms);
    const own = { id: row.id, object: '' };
    if (!(await isOffered(table, context, page, start, own))) return { kind: 'taken' };
    const zone = await zoneOfPage(context, page);
    const told = await writeEvent(table, context, page, row, zone);
    return {
      kind: 'done',
      row: await keep(table, row, {
        state: 'booked',
        guest_mail: 'booked',
        agent_mail: 'booked',
        method: told?.method ?? '',
        ics: told?.text ?? '',
      }),
    };
  });

/** Off, by its guest. */
export const cancel = (context: Context, appointment: Appointment): Promise<Answered> =>
  context.db.transaction(async (table): Promise<Answered> => {
    const found = await again(table, context, appointment);
    if (!found) return { kind: 'gone' };
    const { row, page, state } = found;
    if (state === 'cancelled') return { kind: 'already' };
    if (state !== 'booked' || !page) {
      // Nobody was told of it yet.
      await keep(table, row, { state: 'cancelled', guest_mail: '', agent_mail: '' });
      return { kind: 'already' };
    }
    const event = await eventOf(table, page, row, await zoneOfPage(context, page));
    const told = event && (await removeEvent(table, context, page, event));
    return {
      kind: 'done',
      row: await keep(table, row, {
        state: 'cancelled',
        guest_mail: 'cancelled',
        agent_mail: 'cancelled',
        method: told?.method ?? '',
        ics: told?.text ?? '',
      }),
    };
  });

/** To another free time, by its guest. */
export const move = (
  context: Context,
  appointment: Appointment,
  start: number,
): Promise<Answered> =>
  context.db.transaction(async (table): Promise<Answered> => {
    const found = await again(table, context, appointment);
    if (!found?.page || found.state !== 'booked') return { kind: 'gone' };
    const { row, page } = found;
    if (found.start === start) return { kind: 'already' };
    const zone = await zoneOfPage(context, page);
    const event = await eventOf(table, page, row, zone);
    if (!event) return { kind: 'gone' };
    const own = { id: row.id, object: event.stored.id };
    if (!(await isOffered(table, context, page, start, own))) return { kind: 'taken' };
    const told = await moveEvent(table, context, page, { event, start, zone });
    return {
      kind: 'done',
      row: await keep(table, row, {
        start_ms: start,
        end_ms: start + (event.end - event.start),
        guest_mail: 'moved',
        agent_mail: 'moved',
        method: told?.method ?? '',
        ics: told?.text ?? '',
      }),
    };
  });
