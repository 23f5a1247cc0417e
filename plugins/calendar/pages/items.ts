import type { Calendar, Occurrence } from '../store';
import { DAY_MS, dayOfWall } from '../time/days';
import { toUtc, toWall } from '../time/zone';
import type { Desk } from './common';
import { hrefOf, isWritable } from './common';
import { clockOf } from './dates';
import { isLong } from './place';
import { SHOW_AS_TEXTS } from './texts';

/** An occurrence as views draw it: times are those of the person's clock. */
export interface Item {
  readonly title: string;
  readonly place: string;
  readonly href: string;
  readonly colour: string;
  readonly calendar: string;
  readonly isAllDay: boolean;
  readonly isLong: boolean;
  readonly start: number;
  readonly end: number;
  /** Days that it takes, the last one in it. */
  readonly firstDay: number;
  readonly lastDay: number;
  /** `09:00`; `''` for whole days. */
  readonly clock: string;
  readonly endClock: string;
  /** « Provisoire », « Télétravail »; `''` for what is busy. */
  readonly status: string;
  readonly showAs: Occurrence['showAs'];
  readonly isPrivate: boolean;
  readonly isCancelled: boolean;
  readonly isRecurring: boolean;
  readonly hasAlarm: boolean;
  /** What a script that moves it has to say; undefined for what is read only. */
  readonly move:
    | {
        readonly id: string;
        readonly at: string;
        readonly etag: string;
        readonly start: string;
        readonly end: string;
      }
    | undefined;
}

export interface Shown {
  readonly items: readonly Item[];
  readonly isCut: boolean;
}

/** What takes place from a day until before another, in calendars that are drawn. */
export async function itemsOf(
  desk: Desk,
  { from, to, text, limit }: { from: number; to: number; text?: string; limit?: number },
): Promise<Shown> {
  const { store, person, zone, calendars } = desk;
  const shown = calendars.filter(({ isShown }) => isShown).map(({ id }) => id);
  if (shown.length === 0) return { items: [], isCut: false };
  const found = await store.occurrences(person, {
    from: toUtc(zone, from * DAY_MS),
    to: toUtc(zone, to * DAY_MS),
    zone: zone.id,
    calendars: shown,
    ...(text !== undefined && { text }),
    ...(limit !== undefined && { limit }),
  });
  const calendarsById = new Map(calendars.map((one) => [one.id, one]));
  const eventHref = hrefOf(desk.context, 'event');
  const make = (one: Occurrence): Item =>
    itemOf(desk, one, { calendar: calendarsById.get(one.calendar), eventHref });
  return { items: found.occurrences.map(make), isCut: found.isCut };
}

/** Thousands of them are made for a month: nothing here is looked for or put together twice. */
function itemOf(
  { zone, t }: Desk,
  one: Occurrence,
  { calendar, eventHref }: { calendar: Calendar | undefined; eventHref: string },
): Item {
  // Of whole days the midnights are those of UTC: a wall time already.
  const start = one.isAllDay ? one.start : toWall(zone, one.start);
  const end = one.isAllDay ? one.end : toWall(zone, one.end);
  const firstDay = dayOfWall(start);
  return {
    title: one.summary === '' ? t('calendar:event.untitled') : one.summary,
    place: one.location,
    // Both are made here, of letters and digits.
    href: `${eventHref}?id=${one.object}${one.recurrence === '' ? '' : `&at=${one.recurrence}`}`,
    colour: calendar?.colour ?? 'grey',
    calendar: calendar?.title ?? '',
    isAllDay: one.isAllDay,
    isLong: isLong({ isAllDay: one.isAllDay, start, end }),
    start,
    end,
    firstDay,
    lastDay: Math.max(firstDay, dayOfWall(end - 1)),
    clock: one.isAllDay ? '' : clockOf(start),
    endClock: one.isAllDay ? '' : clockOf(end),
    status: one.isCancelled
      ? t('calendar:status.cancelled')
      : one.showAs === 'busy'
        ? ''
        : t(SHOW_AS_TEXTS[one.showAs]),
    showAs: one.showAs,
    isPrivate: one.visibility !== 'public',
    isCancelled: one.isCancelled,
    isRecurring: one.isRecurring,
    hasAlarm: one.hasAlarm,
    move:
      calendar && isWritable(calendar)
        ? {
            id: one.object,
            at: one.recurrence,
            etag: one.etag,
            start: stampOf(start),
            end: stampOf(end),
          }
        : undefined,
  };
}

/** `2026-11-23T09:00` of a wall time. */
const stampOf = (wall: number): string => new Date(wall).toISOString().slice(0, 16);

export const takes =
  (day: number) =>
  ({ firstDay, lastDay }: Item): boolean =>
    firstDay <= day && lastDay >= day;

/** Whole days first, then by the clock. */
export const byHour = (a: Item, b: Item): number =>
  Number(b.isLong) - Number(a.isLong) || a.start - b.start || a.end - b.end;
