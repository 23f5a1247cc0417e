import { initialsOf, type PluginResponse, tintOf } from 'estafette/plugin';
import { namedIn } from '../edit/people';
import { isHoliday } from '../holidays/days';
import { type Desk, hrefOf } from '../pages/common';
import { clockOf, isoOf, parseDay } from '../pages/dates';
import { sentForm } from '../pages/form';
import { sideOf } from '../pages/side';
import { SHOW_AS_TEXTS } from '../pages/texts';
import { capital } from '../pages/words';
import type { Attendee } from '../people/attendees';
import { resolve } from '../people/resolve';
import { sentPeople } from '../people/typed';
import { cellsOf, hoursOf, type Span } from '../planning/cells';
import { groupIn } from '../planning/everybody';
import { timesOf } from '../planning/times';
import { roomTimes } from '../rooms/times';
import { isWorkingDay } from '../settings/working-hours';
import { DAY_MS, dayOfWall, HOUR_MS } from '../time/days';
import { carriedIn, timesIn, wallText } from './carried';
import { slotsOf } from './slots';

/** Days that are looked at, and times that are proposed. */
const DAYS = 14;
const SLOTS = 6;
/** Meetings are no longer than a day of work. */
const LENGTH_MAX_MS = 12 * HOUR_MS;

/** The form of somebody who came by an address: people and a time, nothing else. */
async function listsOf(
  desk: Desk,
  start: string,
): Promise<Readonly<Record<string, readonly string[]>>> {
  const { query } = desk.request;
  const people = await namedIn(desk, query);
  const minutes = Math.min(Math.max(Number(query['length']) || 60, 15), 720);
  const end = clockOf(9 * HOUR_MS + minutes * 60_000);
  return {
    people: ['yes'],
    tells: ['yes'],
    person: people.map(({ mail }) => mail),
    personName: people.map(({ name }) => name),
    personRole: people.map(({ role }) => role),
    personKind: people.map(({ kind }) => kind),
    startDate: [start],
    startTime: ['09:00'],
    endDate: [start],
    endTime: [end],
    repeat: ['never'],
    ends: ['never'],
  };
}

/** When people are busy side by side, and the first times at which all are free. */
export async function showFreeBusy(desk: Desk): Promise<PluginResponse> {
  const { request, today } = desk;
  return freeBusyPage(desk, await listsOf(desk, isoOf(parseDay(request.query['on']) ?? today)));
}

/** The same of a form that is being filled in, which comes back with the time that is chosen. */
export async function findTime(desk: Desk): Promise<PluginResponse> {
  const { lists } = desk.request;
  const sent = sentPeople(lists);
  if (!sent || (sent.who.trim() === '' && sent.list.trim() === ''))
    return freeBusyPage(desk, lists, 422);
  // Whoever is typed and not added yet is meant too.
  const { people } = await resolve(desk, sent);
  const each = (value: (one: Attendee) => string) => people.attendees.map(value);
  return freeBusyPage(
    desk,
    {
      ...lists,
      person: each(({ mail }) => mail),
      personName: each(({ name }) => name),
      personRole: each(({ role }) => role),
      personKind: each(({ kind }) => kind),
      match: [],
      who: [people.who],
      whoList: [''],
    },
    422,
  );
}

async function freeBusyPage(
  desk: Desk,
  lists: Readonly<Record<string, readonly string[]>>,
  status = 200,
): Promise<PluginResponse> {
  const { context, person, preferences, t, words, now, today, request } = desk;
  const people = sentPeople(lists)?.attendees ?? [];
  const times = timesIn(sentForm(lists), today);
  const lengthMs = Math.min(times.end - times.start, LENGTH_MAX_MS);
  const on = Math.max(parseDay(request.body['day']) ?? dayOfWall(times.start), today - 366);
  const from = Math.max(dayOfWall(times.start), today);
  const mine = person.mail.toLowerCase();
  const me: Attendee = {
    mail: mine,
    name: t('calendar:planning.me'),
    role: 'required',
    kind: 'individual',
    answer: 'accepted',
  };
  const rows = [me, ...people.filter(({ mail }) => mail !== mine)];
  const first = Math.min(from, on);
  const window = { from: first, to: Math.max(from + DAYS, on + 1) };
  const known = await timesOf(
    desk,
    rows.map(({ mail }) => mail),
    window,
  );
  const rooms = await roomTimes(
    desk,
    rows.map(({ mail }) => mail),
    window,
  );
  // The event that is being changed does not stand in its own way.
  const ignored = request.body['id'] === undefined ? undefined : ownTime(lists);
  const spansOf = (mail: string): readonly Span[] | undefined =>
    (rooms.get(mail) ?? known.get(mail))?.filter(
      ({ start, end }) => !(ignored && start === ignored.start && end === ignored.end),
    );
  const isAlone = request.body['noOptional'] === 'yes';
  const needed = rows.filter(({ role }) => role !== 'informed' || rooms.size > 0);
  const isOptional = ({ role }: Attendee): boolean => role === 'optional' || role === 'informed';
  const timesFor = (some: readonly Attendee[]) =>
    some.flatMap(({ mail }) => {
      const spans = spansOf(mail);
      return spans ? [spans] : [];
    });
  const slots = slotsOf({
    from,
    to: from + DAYS,
    lengthMs,
    working: preferences.working,
    region: context.config(desk.person.site).region,
    now,
    required: timesFor(
      needed.filter(
        (one) => rooms.has(one.mail) || !isOptional(one) || (!isAlone && one.role === 'optional'),
      ),
    ),
    optional: isAlone ? timesFor(needed.filter(({ role }) => role === 'optional')) : [],
    max: SLOTS,
  });
  const hours = columnsOf(desk, on, [...rows.flatMap(({ mail }) => spansOf(mail) ?? [])]);
  const unknown = rows.filter(({ mail }) => !spansOf(mail)).length;
  return {
    view: 'free-busy',
    title: t('calendar:freebusy.title'),
    status,
    model: {
      side: sideOf(desk, { on, view: 'day' }),
      carried: carriedIn(lists),
      action: hrefOf(context, 'free-busy'),
      editAction: hrefOf(context, 'edit'),
      // Who came from the planning has no event yet to come back to.
      planningHref:
        request.query['planning'] === undefined
          ? ''
          : hrefOf(context, 'planning', { on: isoOf(on), group: groupIn(request.query) }),
      day: isoOf(on),
      dayTitle: capital(words.day(on, 'dayYear')),
      isHoliday: isHoliday(on, context.config(desk.person.site).region),
      isOff: !isWorkingDay(preferences.working, on),
      previous: isoOf(stepped(desk, on, -1)),
      next: isoOf(stepped(desk, on, 1)),
      hasOptional: rows.some(({ role }) => role === 'optional'),
      noOptional: isAlone,
      slots: slots.map(({ start, end, missing }) => ({
        value: `${wallText(start)}/${wallText(end)}`,
        label: capital(words.when({ isAllDay: false, start, end })),
        note: missing > 0 ? t('calendar:freebusy.missing', { count: missing }) : '',
      })),
      unknown: unknown > 0 ? t('calendar:freebusy.unknown', { count: unknown }) : '',
      heads: hours.map(({ from: at }) => words.time(at)),
      rows: rows.map((one) => {
        const spans = spansOf(one.mail);
        const name = one.name === '' ? one.mail : one.name;
        return {
          name,
          mail: one.mail,
          isPlace: rooms.has(one.mail),
          initials: initialsOf(
            one.mail === mine ? (mine.split('@')[0] ?? '').replaceAll('.', ' ') : name,
          ),
          tint: tintOf(one.mail),
          isUnknown: spans === undefined,
          cells: cellsOf(spans ?? [], hours).map((cell) => ({
            wide: cell.wide,
            showAs: cell.showAs,
            label: t(SHOW_AS_TEXTS[cell.showAs]),
          })),
        };
      }),
      wide: hours.length,
      legend: (['busy', 'tentative', 'telework', 'leave', 'absent'] as const).map((showAs) => ({
        showAs,
        label: t(SHOW_AS_TEXTS[showAs]),
      })),
    },
  };
}

/** When the event that the form is of takes place now. */
const ownTime = (lists: Readonly<Record<string, readonly string[]>>) => {
  const id = lists['id']?.[0] ?? '';
  return id === '' ? undefined : timesIn(sentForm(lists), 0);
};

/** The next day of work. */
function stepped({ preferences }: Desk, day: number, by: 1 | -1): number {
  for (let step = 1; step <= 14; step += 1)
    if (isWorkingDay(preferences.working, day + by * step)) return day + by * step;
  return day + by;
}

/** Hours of work, and what takes place outside of them. */
function columnsOf({ preferences }: Desk, day: number, spans: readonly Span[]) {
  const { from, to } = preferences.working;
  const there = spans.filter(
    ({ start, end, showAs }) =>
      showAs !== 'free' &&
      start >= day * DAY_MS &&
      end <= (day + 1) * DAY_MS &&
      end - start < DAY_MS,
  );
  const first = Math.min(
    Math.floor(from / HOUR_MS),
    ...there.map(({ start }) => Math.floor((start - day * DAY_MS) / HOUR_MS)),
  );
  const last = Math.max(
    Math.ceil(to / HOUR_MS),
    ...there.map(({ end }) => Math.ceil((end - day * DAY_MS) / HOUR_MS)),
  );
  return hoursOf(day, first, Math.max(last, first + 1));
}
