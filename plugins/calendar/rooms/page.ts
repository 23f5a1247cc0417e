import type { PluginResponse } from 'estafette/plugin';
import { carriedIn, timesIn } from '../free-busy/carried';
import { type Desk, hrefOf } from '../pages/common';
import { isoOf, parseDay } from '../pages/dates';
import { sentForm } from '../pages/form';
import { sideOf } from '../pages/side';
import { capital } from '../pages/words';
import { sentPeople } from '../people/typed';
import { fold } from '../store';
import { DAY_MS, dayOfWall } from '../time/days';
import type { Room } from './config';
import { bookingsOf } from './times';

/** A page shows no more: one looks for less. */
const SHOWN_MAX = 100;

/** Rooms of the site on a day. */
export const showRooms = (desk: Desk): Promise<PluginResponse> =>
  roomsPage(desk, undefined, desk.request.query);

/** The same for a form that is being filled in, which comes back with the room that is chosen. */
export const findRoom = (desk: Desk): Promise<PluginResponse> =>
  roomsPage(desk, desk.request.lists, desk.request.body);

interface Filter {
  readonly building: string;
  readonly seats: number;
  readonly feature: string;
  readonly isFreeOnly: boolean;
}

const matches = (room: Room, { building, seats, feature }: Filter): boolean =>
  (building === '' || room.building === building) &&
  (seats === 0 || room.capacity >= seats) &&
  (feature === '' ||
    [room.title, ...room.features].some((one) => fold(one).includes(fold(feature))));

async function roomsPage(
  desk: Desk,
  lists: Readonly<Record<string, readonly string[]>> | undefined,
  asked: Readonly<Record<string, string>>,
): Promise<PluginResponse> {
  const { context, person, t, words, today } = desk;
  const { rooms } = context.config(person.site);
  const form = lists && sentForm(lists);
  const day = parseDay(asked['day']) ?? (form ? undefined : parseDay(asked['on'])) ?? today;
  const times = form ? timesIn(form, today) : { start: day * DAY_MS, end: (day + 1) * DAY_MS };
  const people = (lists && sentPeople(lists)?.attendees) ?? [];
  const humans = people.filter(({ kind }) => kind === 'individual' || kind === 'group').length + 1;
  const filter: Filter = {
    building: asked['building'] ?? '',
    seats: /^\d{1,5}$/.test(asked['seats'] ?? '') ? Number(asked['seats']) : 0,
    feature: (asked['feature'] ?? '').slice(0, 50),
    isFreeOnly: asked['free'] === 'yes',
  };
  const window = { from: dayOfWall(times.start), to: dayOfWall(times.end - 1) + 1 };
  const chosen = rooms.filter((room) => matches(room, filter));
  const shown = [];
  for (const room of chosen.slice(0, SHOWN_MAX)) {
    const bookings = await bookingsOf(desk, room, window);
    const own = form && lists['id']?.[0] !== '' && people.some(({ mail }) => mail === room.mail);
    const isFree = !bookings.some(({ start, end }) => start < times.end && end > times.start);
    if (filter.isFreeOnly && !isFree) continue;
    shown.push({
      title: room.title,
      mail: room.mail,
      building: room.building,
      features: room.features.join(', '),
      capacity: room.capacity > 0 ? t('calendar:rooms.capacity', { count: room.capacity }) : '',
      isSmall: form !== undefined && room.capacity > 0 && room.capacity < humans,
      isFree: isFree || own === true,
      isAsked: people.some(({ mail }) => mail === room.mail),
      bookings: bookings.map(({ start, end, title }) => ({
        when: `${words.time(start)} – ${words.time(end)}`,
        who: title,
      })),
    });
  }
  return {
    view: 'rooms',
    title: t('calendar:rooms.title'),
    status: lists ? 422 : 200,
    model: {
      side: sideOf(desk, { on: dayOfWall(times.start), view: 'day' }),
      carried: lists ? carriedIn(lists) : [],
      isForm: lists !== undefined,
      when: capital(
        form ? words.when({ isAllDay: form.isAllDay, ...times }) : words.day(day, 'dayYear'),
      ),
      day: isoOf(day),
      action: hrefOf(context, 'rooms'),
      editAction: hrefOf(context, 'edit'),
      buildings: [...new Set(rooms.map(({ building }) => building))].filter((one) => one !== ''),
      filter,
      seats: filter.seats === 0 ? '' : String(filter.seats),
      humans: form ? t('calendar:rooms.humans', { count: humans }) : '',
      rooms: shown,
      hasRooms: rooms.length > 0,
    },
  };
}
