import { occurrencesOf } from '../ics';
import { parseCalendar } from '../ics/jcal';
import { eventsOf } from '../ics/object';
import { hrefOf } from '../pages/common';
import { type CalendarStore, createStore, type Occurrence } from '../store';
import { DAY_MS } from '../time/days';
import { toUtc, toWall } from '../time/zone';
import type { Teller } from './look';

/** Of a meeting that repeats, so many of the next ones are looked at, and so far (ms). */
const NEXT_MAX = 12;
const FAR_MS = 100 * DAY_MS;
const SHOWN_MAX = 4;

interface Span {
  readonly start: number;
  readonly end: number;
}

/** What else is in one's calendars when a meeting takes place. */
export interface Conflicts {
  /** How many of the meeting's times are looked at; 0 when it is over. */
  readonly times: number;
  readonly rows: readonly {
    readonly title: string;
    readonly when: string;
    readonly href: string;
  }[];
  readonly more: number;
}

/** Events of one's own that take time while a meeting does; what is free, off or at home takes none. */
export async function conflictsOf(
  { context, person, zone, t, words }: Teller,
  meeting: {
    readonly object: string;
    readonly uid: string;
    readonly occurrences: readonly string[];
  },
  store: CalendarStore = createStore(context),
): Promise<Conflicts> {
  const now = context.clock.now();
  const wanted = new Set(meeting.occurrences);
  const moment = ({ isAllDay }: { readonly isAllDay: boolean }, at: number): number =>
    isAllDay ? toUtc(zone, at) : at;
  const events = eventsOf(parseCalendar(meeting.object)).filter(({ isCancelled }) => !isCancelled);
  const spans: readonly Span[] = occurrencesOf(events, {
    from: now,
    to: now + 10 * 366 * DAY_MS,
    zone,
    limit: 200,
  })
    .takings.filter(({ recurrence }) => wanted.size === 0 || wanted.has(recurrence))
    .slice(0, NEXT_MAX)
    .map(({ facts, start, end }) => ({ start: moment(facts, start), end: moment(facts, end) }));
  const [first] = spans;
  const near = spans.filter(({ start }) => start < (first?.start ?? 0) + FAR_MS);
  if (!first) return { times: 0, rows: [], more: 0 };
  const mine = new Set((await store.objectsOfUid(person, meeting.uid)).map(({ id }) => id));
  const { occurrences } = await store.occurrences(person, {
    from: first.start,
    to: Math.max(...near.map(({ end }) => end), first.start + 1),
    zone: zone.id,
    calendars: (await store.calendars(person)).filter(({ isOwn }) => isOwn).map(({ id }) => id),
  });
  const isIn = (one: Occurrence): boolean => {
    const [start, end] = [moment(one, one.start), moment(one, one.end)];
    return near.some((span) => start < span.end && end > span.start);
  };
  const there = occurrences.filter(
    (one) =>
      !one.isCancelled &&
      one.showAs !== 'free' &&
      one.showAs !== 'telework' &&
      !mine.has(one.object) &&
      isIn(one),
  );
  const wall = (one: Occurrence, at: number): number => (one.isAllDay ? at : toWall(zone, at));
  return {
    times: near.length,
    rows: there.slice(0, SHOWN_MAX).map((one) => ({
      title: one.summary === '' ? t('calendar:event.untitled') : one.summary,
      when: words.when({
        isAllDay: one.isAllDay,
        start: wall(one, one.start),
        end: wall(one, one.end),
      }),
      href: hrefOf(context, 'event', { id: one.object, at: one.recurrence }),
    })),
    more: Math.max(there.length - SHOWN_MAX, 0),
  };
}
