import type { PluginResponse } from 'estafette/plugin';
import { type Desk, hrefOf, isWritable } from '../pages/common';
import { eventHref } from '../pages/opened';
import { sideOf, weekdays } from '../pages/side';
import { outcomeOf } from '../pages/texts';
import type { Tables } from '../store/tables';
import { DAY_MS } from '../time/days';
import { appointmentOf } from './appointments';
import { eventOf } from './event';
import { type Errors, LENGTHS, PAUSES, readForm, sentForm, type Typed, typedOf } from './form';
import { keepPage, ownPage, PAGES_MAX, pagesOf, removePage } from './pages';
import { whenText } from './times';
import {
  APPOINTMENTS,
  type AppointmentRow,
  type Audience,
  type BookingPage,
  type Said,
} from './types';

/** Appointments that the page shows. */
const SHOWN_MAX = 50;
const WHERE_TEXTS = {
  place: 'calendar:booking.where.place',
  phone: 'calendar:booking.where.phone',
  video: 'calendar:booking.where.video',
} as const;
const AUDIENCE_TEXTS = {
  site: 'calendar:booking.audience.site',
  public: 'calendar:booking.audience.public',
} as const;

const tableOf =
  ({ context }: Desk): Tables =>
  (name) =>
    context.db.table(name);

/** To whom the site lets its agents open a page. */
const audiencesOf = ({ context, person }: Desk): readonly Audience[] => {
  const { booking } = context.config(person.site);
  if (booking === 'none') return [];
  return booking === 'public' ? ['site', 'public'] : ['site'];
};

const ownCalendars = ({ calendars }: Desk) => calendars.filter(({ isOwn }) => isOwn);

/** One's pages, and what was booked there. */
export async function showBookings(desk: Desk): Promise<PluginResponse> {
  const { context, request, person, t } = desk;
  const table = tableOf(desk);
  const pages = await pagesOf(table, person);
  const audiences = audiencesOf(desk);
  return {
    view: 'bookings',
    title: t('calendar:booking.title'),
    model: {
      side: sideOf(desk, { current: 'bookings' }),
      outcome: outcomeOf(request.query),
      restoreAction: hrefOf(context, 'restore'),
      isOff: audiences.length === 0,
      isFull: pages.length >= PAGES_MAX,
      newHref: audiences.length === 0 ? '' : hrefOf(context, 'bookings/page'),
      pages: pages.map(({ id, slug, said }) => ({
        id,
        title: said.title,
        isActive: said.isActive && audiences.length > 0,
        about: [
          t('calendar:length.minutes', { minutes: said.lengthMinutes }),
          t(WHERE_TEXTS[said.where]),
          t(AUDIENCE_TEXTS[audiences.includes(said.audience) ? said.audience : 'site']),
        ].join(' · '),
        address: `${request.origin}${hrefOf(context, `book/${slug}`)}`,
        href: hrefOf(context, `book/${slug}`),
        editHref: hrefOf(context, 'bookings/page', { id }),
      })),
      appointments: await appointmentsOf(desk),
    },
  };
}

/** What is coming, the next first. */
async function appointmentsOf(desk: Desk) {
  const { context, person, zone, request } = desk;
  const table = tableOf(desk);
  const rows: readonly AppointmentRow[] = await table(APPOINTMENTS)
    .where({ site: person.site, user_id: person.user, state: 'booked' })
    .where('end_ms', '>', context.clock.now() - DAY_MS)
    .orderBy('start_ms')
    .limit(SHOWN_MAX)
    .select();
  const shown = [];
  for (const row of rows) {
    const one = await appointmentOf(context, table, row);
    if (one.state !== 'booked' || !one.page || one.end < context.clock.now()) continue;
    const event = await eventOf(table, one.page, row, zone);
    shown.push({
      when: whenText(request.locale, zone, one),
      title: row.title,
      name: row.name,
      mail: row.mail,
      phone: row.phone,
      reason: row.reason,
      href: event ? eventHref(desk, event.stored.id) : '',
    });
  }
  return shown;
}

/** What a new page says until somebody says otherwise. */
const fresh = ({ preferences, usual, t }: Desk): Said => ({
  title: t('calendar:booking.newTitle'),
  description: '',
  lengthMinutes: 30,
  pauseMinutes: 0,
  noticeHours: 24,
  horizonDays: 60,
  hours: [0, 1, 2, 3, 4, 5, 6].map((day) =>
    preferences.working.days.includes(day)
      ? [{ from: preferences.working.from, to: preferences.working.to }]
      : [],
  ),
  onHolidays: false,
  reasons: [],
  where: 'place',
  place: '',
  asksPhone: false,
  perDay: 0,
  audience: 'site',
  calendar: usual,
  calendars: [],
  isActive: true,
});

/** The form of a page. */
export async function showPage(desk: Desk): Promise<PluginResponse> {
  const { id } = desk.request.query;
  if (id === undefined) return form(desk, { id: '', typed: typedOf(fresh(desk)) });
  const page = await ownPage(tableOf(desk), desk.person, id);
  return page ? form(desk, { id, page, typed: typedOf(page.said) }) : { status: 404 };
}

function form(
  desk: Desk,
  {
    id,
    page,
    typed,
    errors = {},
    fault = '',
  }: {
    readonly id: string;
    readonly page?: BookingPage | undefined;
    readonly typed: Typed;
    readonly errors?: Errors;
    readonly fault?: string;
  },
): PluginResponse {
  const { context, t } = desk;
  const own = ownCalendars(desk);
  const isWrong = fault !== '' || Object.keys(errors).length > 0;
  const minutes = (all: readonly number[], chosen: string) =>
    [...new Set([...all, ...(/^\d{1,4}$/.test(chosen) ? [Number(chosen)] : [])])]
      .sort((a, b) => a - b)
      .map((value) => ({
        value: String(value),
        label:
          value === 0
            ? t('calendar:booking.noPause')
            : t('calendar:length.minutes', { minutes: value }),
      }));
  const title = t(id === '' ? 'calendar:booking.new' : 'calendar:booking.edit');
  return {
    view: 'booking-page',
    title,
    status: isWrong ? 422 : 200,
    model: {
      side: sideOf(desk, { current: 'bookings' }),
      title,
      id,
      address: page ? `${desk.request.origin}${hrefOf(context, `book/${page.slug}`)}` : '',
      typed,
      errors: Object.fromEntries(Object.entries(errors).map(([name, key]) => [name, t(key)])),
      fault: fault !== '' ? t(fault) : isWrong ? t('calendar:booking.fault.form') : '',
      days: weekdays(desk).map(({ long }, day) => ({ day, long, value: typed.hours[day] ?? '' })),
      lengths: minutes(LENGTHS, typed.length),
      pauses: minutes(PAUSES, typed.pause),
      wheres: Object.entries(WHERE_TEXTS).map(([value, key]) => ({ value, label: t(key) })),
      audiences: audiencesOf(desk).map((value) => ({ value, label: t(AUDIENCE_TEXTS[value]) })),
      calendars: own.filter(isWritable).map(({ id: value, title: label }) => ({ value, label })),
      counted: own.map(({ id: value, title: label }) => ({
        value,
        label,
        isChosen: typed.calendars.length === 0 || typed.calendars.includes(value),
      })),
      action: hrefOf(context, 'bookings/page'),
      removeAction: hrefOf(context, 'bookings/delete'),
      backHref: hrefOf(context, 'bookings'),
    },
  };
}

export async function savePage(desk: Desk): Promise<PluginResponse> {
  const { request, context, person } = desk;
  const id = request.body['id'] ?? '';
  const audiences = audiencesOf(desk);
  if (audiences.length === 0) return { status: 403 };
  const page = id === '' ? undefined : await ownPage(tableOf(desk), person, id);
  if (id !== '' && !page) return { status: 404 };
  const typed = sentForm(request.lists);
  const read = readForm(typed, { own: ownCalendars(desk), audiences });
  if ('errors' in read) return form(desk, { id, page, typed, errors: read.errors });
  const name = request.user?.name ?? person.mail;
  const kept = await context.db.transaction((table) =>
    keepPage(table, { ...person, name }, { id, said: read.said, now: context.clock.now() }),
  );
  if (kept === 'full') return form(desk, { id, page, typed, fault: 'calendar:booking.fault.full' });
  if (kept === 'missing') return { status: 404 };
  return { redirect: hrefOf(context, 'bookings', { done: 'bookingPage' }) };
}

/** Takes a page away: nobody books there any more. */
export async function deletePage(desk: Desk): Promise<PluginResponse> {
  const { request, context, person } = desk;
  const isDone = await context.db.transaction((table) =>
    removePage(table, person, request.body['id'] ?? ''),
  );
  return isDone
    ? { redirect: hrefOf(context, 'bookings', { done: 'bookingPageRemoved' }) }
    : { status: 404 };
}
