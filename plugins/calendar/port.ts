import { randomUUID } from 'node:crypto';
import type { SiteId } from 'estafette/plugin';
import { parseCalendar, withProperty, writeCalendar } from './ics/jcal';
import { readObject } from './ics/object';
import { type Context, isWritable, USUAL } from './pages/common';
import { isoOf } from './pages/dates';
import { mailOf, usersOf } from './planning/known';
import { choiceOf } from './settings/choices';
import { busyShownAmong, preferencesOf } from './settings/values';
import { createStore, type Occurrence, type Person } from './store';
import { findOccurrences } from './store/occurrences';
import { CALENDARS, type Tables } from './store/tables';
import { dayOfWall } from './time/days';
import { toUtc } from './time/zone';

type Port = Estafette.ServiceMap['calendar'];
type Scope = Parameters<Port['events']>[0];

const EVENTS_MAX = 500;
const PEOPLE_MAX = 50;
/** A period that is asked for is no longer (ms): a year and a little. */
const PERIOD_MS = 400 * 86_400_000;

/** The port `calendar`: what other plugins see of the calendars of who is there. */
export function calendarPort(context: Context): Port {
  const table: Tables = (name) => context.db.table(name);
  const personOf = async ({ site, as }: Scope): Promise<Person> => {
    if (!as) throw new Error('calendar: nobody is there');
    return { site, user: as.user, mail: (await mailOf(table, site, as.user)) ?? '', as };
  };
  return {
    async events(scope, from, to) {
      const person = await personOf(scope);
      const { zone } = await preferencesOf(context, scope.site, person.user);
      const { occurrences } = await createStore(context).occurrences(person, {
        ...periodOf(from, to),
        zone: zone.id,
        limit: EVENTS_MAX,
      });
      return occurrences
        .filter(({ isCancelled }) => !isCancelled)
        .map((one) => ({
          id: one.recurrence === '' ? one.object : `${one.object} ${one.recurrence}`,
          calendar: one.calendar,
          title: one.isMasked
            ? context.text(context.site(scope.site).locale)('calendar:event.masked')
            : one.summary,
          // Whole days are dates: midnights of UTC are theirs.
          start: one.isAllDay ? isoOf(dayOfWall(one.start)) : new Date(one.start).toISOString(),
          end: one.isAllDay ? isoOf(dayOfWall(one.end)) : new Date(one.end).toISOString(),
          isAllDay: one.isAllDay,
          ...(one.location !== '' && { place: one.location }),
        }));
    },
    async busy(scope, mails, from, to) {
      const person = await personOf(scope);
      const asked = [...new Set(mails.map((mail) => mail.toLowerCase()))].slice(0, PEOPLE_MAX);
      const users = await usersOf(table, scope.site, asked);
      const shown = await busyShownAmong(context, scope.site, [...users.values()]);
      const busy: Record<string, readonly { readonly start: string; readonly end: string }[]> = {};
      for (const [mail, user] of users) {
        if (user !== person.user && !shown.has(user)) continue;
        busy[mail] = await busyOf(context, { site: scope.site, user, mail }, periodOf(from, to));
      }
      return busy;
    },
    // Not a method: an import of a name that nobody wrote is looked for in plugins.
    import: async (scope, ics) => {
      const person = await personOf(scope);
      const store = createStore(context);
      const calendars = (await store.calendars(person)).filter(isWritable);
      const usual = await choiceOf(table, person, USUAL);
      const calendar = calendars.find(({ id }) => id === usual) ?? calendars[0];
      if (!calendar) throw new Error('calendar: no calendar can be written');
      // An invitation says what it is for (METHOD); what is kept does not (RFC 4791 4.1).
      const text = writeCalendar(withProperty(parseCalendar(ics), 'method', undefined));
      readObject(text);
      const uri = `${randomUUID()}.ics`;
      const put = await store.put(person, calendar.id, uri, text);
      const last =
        put.kind === 'uid-conflict' ? await store.put(person, calendar.id, put.uri, text) : put;
      if (last.kind === 'created' || last.kind === 'updated') return last.id;
      throw new Error(`calendar: not imported, ${last.kind}`);
    },
  };
}

/** Moments of a period; one that is none, or endless, is refused. */
function periodOf(from: string, to: string): { readonly from: number; readonly to: number } {
  const period = { from: Date.parse(from), to: Date.parse(to) };
  if (!(period.to >= period.from && period.to - period.from <= PERIOD_MS))
    throw new RangeError('calendar: a period of a year at most');
  return period;
}

/** Busy times of somebody's own calendars, joined; what is free, or telework, is none. */
async function busyOf(
  context: Context,
  person: Person & { readonly site: SiteId },
  period: { readonly from: number; readonly to: number },
): Promise<readonly { readonly start: string; readonly end: string }[]> {
  const table: Tables = (name) => context.db.table(name);
  const { zone } = await preferencesOf(context, person.site, person.user);
  const calendars: string[] = await table(CALENDARS)
    .where({ site: person.site, user_id: person.user })
    .pluck('id');
  const { occurrences } = await findOccurrences(table, person, {
    ...period,
    zone: zone.id,
    calendars,
  });
  const moment = ({ isAllDay }: Occurrence, at: number): number =>
    isAllDay ? toUtc(zone, at) : at;
  const spans = occurrences
    .filter(({ showAs, isCancelled }) => !isCancelled && showAs !== 'free' && showAs !== 'telework')
    .map((one) => ({ start: moment(one, one.start), end: moment(one, one.end) }))
    .sort((a, b) => a.start - b.start);
  const joined: { start: number; end: number }[] = [];
  for (const span of spans) {
    const last = joined.at(-1);
    if (last && span.start <= last.end) last.end = Math.max(last.end, span.end);
    else joined.push({ ...span });
  }
  return joined.map(({ start, end }) => ({
    start: new Date(start).toISOString(),
    end: new Date(end).toISOString(),
  }));
}
