import type { PluginRequest, PluginResponse } from 'estafette/plugin';
import { type Context, hrefOf } from '../pages/common';
import type { Tables } from '../store/tables';
import {
  type Answered,
  type Appointment,
  appointmentHref,
  cancel,
  confirm,
  move,
  openAppointment,
} from './appointments';
import { BookingRefused, eventOf, guestText } from './event';
import { tell } from './mails';
import { aboutModel } from './public';
import { zoneOfPage } from './taken';
import { guestZone, slotIn, slotText, timesModel, whenText } from './times';

/** What a guest did last, in words. */
const DONE_TEXTS: Readonly<Record<string, string>> = {
  confirmed: 'calendar:booking.done.confirmed',
  moved: 'calendar:booking.done.moved',
  cancelled: 'calendar:booking.done.cancelled',
};
const FAILED_TEXTS: Readonly<Record<string, string>> = {
  taken: 'calendar:booking.fault.taken',
  gone: 'calendar:booking.fault.gone',
  refused: 'calendar:booking.fault.refused',
};
const STATE_TEXTS = {
  held: ['calendar:booking.state.held', 'calendar:booking.state.heldText'],
  expired: ['calendar:booking.state.expired', 'calendar:booking.state.expiredText'],
  booked: ['calendar:booking.state.booked', 'calendar:booking.state.bookedText'],
  cancelled: ['calendar:booking.state.cancelled', 'calendar:booking.state.cancelledText'],
} as const;

const own = (all: Readonly<Record<string, string>>, word: string | undefined): string =>
  (word !== undefined && Object.hasOwn(all, word) && all[word]) || '';

const opened = (request: PluginRequest, context: Context) =>
  openAppointment(context, request.site, request.params['secret'] ?? '');

/** The page of one appointment, for whoever has its address: its guest. */
export async function showAppointment(
  request: PluginRequest,
  context: Context,
): Promise<PluginResponse> {
  const appointment = await opened(request, context);
  if (!appointment?.page) return { status: 404 };
  const { row, page, start, end, state } = appointment;
  const { locale, query } = request;
  const t = context.text(locale);
  const zone = await guestZone(context, page, query['zone'] ?? row.zone);
  const path = appointmentHref(context, row).replace(context.url(''), '');
  const isOver = end <= context.clock.now();
  const isMoving = state === 'booked' && !isOver && query['move'] === '1' && page.said.isActive;
  const to = isMoving ? slotIn(query['slot']) : undefined;
  const event = isMoving
    ? await eventOf((name) => context.db.table(name), page, row, await zoneOfPage(context, page))
    : undefined;
  const [heading, text] = STATE_TEXTS[state];
  return {
    view: 'booking-appointment',
    title: t('calendar:booking.appointment'),
    model: {
      about: { ...aboutModel(request, context, page), title: row.title },
      place: state === 'booked' ? page.said : undefined,
      heading: t(heading),
      text: isOver && state === 'booked' ? t('calendar:booking.state.over') : t(text),
      state,
      when: whenText(locale, zone, { start, end }),
      isOver,
      done: own(DONE_TEXTS, query['done']),
      failed: own(FAILED_TEXTS, query['failed']),
      action: hrefOf(context, path),
      backHref: hrefOf(context, path),
      fileHref: state === 'booked' ? hrefOf(context, `${path}/calendar`) : '',
      moveHref:
        state === 'booked' && !isOver && page.said.isActive
          ? hrefOf(context, path, { move: 1 })
          : '',
      againHref: page.said.isActive ? hrefOf(context, `book/${page.slug}`) : '',
      to:
        to === undefined
          ? undefined
          : {
              slot: slotText(to),
              when: whenText(locale, zone, { start: to, end: to + end - start }),
            },
      times:
        isMoving && to === undefined
          ? await timesModel({
              request,
              context,
              page,
              zone,
              path,
              query: { move: '1', ...(query['zone'] !== undefined && { zone: zone.id }) },
              without: event && { id: row.id, object: event.stored.id },
            })
          : undefined,
    },
  };
}

/** Confirms, moves or cancels; twice is once. */
export async function changeAppointment(
  request: PluginRequest,
  context: Context,
): Promise<PluginResponse> {
  const appointment = await opened(request, context);
  if (!appointment?.page) return { status: 404 };
  const path = appointmentHref(context, appointment.row).replace(context.url(''), '');
  const to = (query: Readonly<Record<string, string>>): PluginResponse => ({
    redirect: hrefOf(context, path, query),
  });
  const asked = request.body['do'];
  const done = asked === 'confirm' ? 'confirmed' : asked === 'move' ? 'moved' : 'cancelled';
  if (appointment.end <= context.clock.now()) return to({ failed: 'gone' });
  try {
    const answered = await answer(request, context, appointment);
    if (!answered) return to({});
    if (answered.kind === 'done') await tell(context, answered.row);
    return answered.kind === 'done' || answered.kind === 'already'
      ? to({ done })
      : to({ failed: answered.kind, ...(asked === 'move' && { move: '1' }) });
  } catch (error) {
    if (!(error instanceof BookingRefused)) throw error;
    context.log.warn({ site: request.site, reason: error.reason }, 'calendar/booking-refused');
    return to({ failed: 'refused' });
  }
}

async function answer(
  { body }: PluginRequest,
  context: Context,
  appointment: Appointment,
): Promise<Answered | undefined> {
  const slot = slotIn(body['slot']);
  if (body['do'] === 'confirm') return confirm(context, appointment);
  if (body['do'] === 'cancel') return cancel(context, appointment);
  return body['do'] === 'move' && slot !== undefined ? move(context, appointment, slot) : undefined;
}

/** The event for the guest's own calendar. */
export async function appointmentFile(
  request: PluginRequest,
  context: Context,
): Promise<PluginResponse> {
  const appointment = await opened(request, context);
  if (appointment?.state !== 'booked') return { status: 404 };
  const table: Tables = (name) => context.db.table(name);
  const { page, row } = appointment;
  const event = page && (await eventOf(table, page, row, await zoneOfPage(context, page)));
  if (!event) return { status: 404 };
  return {
    file: {
      name: 'rendez-vous.ics',
      type: 'text/calendar',
      content: guestText(event.stored.text, page.mail),
    },
  };
}
