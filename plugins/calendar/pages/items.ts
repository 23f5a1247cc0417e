import type { Occurrence } from '../store';
import { DAY_MS, dayOfWall } from '../time/days';
import { toUtc, toWall, type Zone } from '../time/zone';
import type { Desk } from './common';
import { hrefOf, isWritable } from './common';
import { clockOf } from './dates';
import { isLong } from './place';
import { SHOW_AS_TEXTS } from './texts';

/** When an occurrence takes place by the person's clock: thousands of them are made for a month. */
export interface Timed {
  readonly one: Occurrence;
  readonly isAllDay: boolean;
  readonly isLong: boolean;
  readonly isCancelled: boolean;
  readonly start: number;
  readonly end: number;
  /** Days that it takes, the last one in it. */
  readonly firstDay: number;
  readonly lastDay: number;
}

/** An occurrence as views draw it. */
export interface Item extends Omit<Timed, 'one'> {
  readonly title: string;
  readonly place: string;
  readonly href: string;
  readonly colour: string;
  readonly calendar: string;
  /** `09:00`; `''` for whole days. */
  readonly clock: string;
  readonly endClock: string;
  /** « Provisoire », « Télétravail »; `''` for what is busy. */
  readonly status: string;
  readonly showAs: Occurrence['showAs'];
  readonly isPrivate: boolean;
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
  readonly items: readonly Timed[];
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
  return { items: found.occurrences.map((one) => timedOf(zone, one)), isCut: found.isCut };
}

function timedOf(zone: Zone, one: Occurrence): Timed {
  // Of whole days the midnights are those of UTC: a wall time already.
  const start = one.isAllDay ? one.start : toWall(zone, one.start);
  const end = one.isAllDay ? one.end : toWall(zone, one.end);
  const firstDay = dayOfWall(start);
  return {
    one,
    isAllDay: one.isAllDay,
    isLong: isLong({ isAllDay: one.isAllDay, start, end }),
    isCancelled: one.isCancelled,
    start,
    end,
    firstDay,
    lastDay: Math.max(firstDay, dayOfWall(end - 1)),
  };
}

/** Draws occurrences for somebody: asked only for those that have room on the page. */
export function drawing(desk: Desk): (timed: Timed) => Item {
  const { t } = desk;
  const calendars = new Map(desk.calendars.map((one) => [one.id, one]));
  const eventHref = hrefOf(desk.context, 'event');
  return ({ one, ...times }) => {
    const calendar = calendars.get(one.calendar);
    const { isAllDay, start, end } = times;
    return {
      ...times,
      title: one.isMasked
        ? t('calendar:event.masked')
        : one.summary === ''
          ? t('calendar:event.untitled')
          : one.summary,
      place: one.location,
      // Both are made here, of letters and digits.
      href: `${eventHref}?id=${one.object}${one.recurrence === '' ? '' : `&at=${one.recurrence}`}`,
      colour: calendar?.colour ?? 'grey',
      calendar: calendar?.title ?? '',
      clock: isAllDay ? '' : clockOf(start),
      endClock: isAllDay ? '' : clockOf(end),
      status: one.isCancelled
        ? t('calendar:status.cancelled')
        : one.showAs === 'busy'
          ? ''
          : t(SHOW_AS_TEXTS[one.showAs]),
      showAs: one.showAs,
      isPrivate: one.visibility !== 'public',
      isRecurring: one.isRecurring,
      hasAlarm: one.hasAlarm,
      move:
        calendar && isWritable(calendar) && !one.isMasked
          ? {
              id: one.object,
              at: one.recurrence,
              etag: one.etag,
              start: stampOf(start),
              end: stampOf(end),
            }
          : undefined,
    };
  };
}

/** `2026-11-23T09:00` of a wall time. */
const stampOf = (wall: number): string => new Date(wall).toISOString().slice(0, 16);

type Days = Pick<Timed, 'firstDay' | 'lastDay'>;

export const takes =
  (day: number) =>
  ({ firstDay, lastDay }: Days): boolean =>
    firstDay <= day && lastDay >= day;

/** What takes each day from one until before another, in one pass over all of it. */
export function byDay<T extends Days>(
  items: readonly T[],
  { from, to }: { readonly from: number; readonly to: number },
): ReadonlyMap<number, readonly T[]> {
  const days = new Map<number, T[]>();
  for (let day = from; day < to; day += 1) days.set(day, []);
  for (const item of items)
    for (let day = Math.max(item.firstDay, from); day <= item.lastDay && day < to; day += 1)
      days.get(day)?.push(item);
  return days;
}

/** Whole days first, then by the clock. */
export const byHour = (
  a: Pick<Timed, 'isLong' | 'start' | 'end'>,
  b: Pick<Timed, 'isLong' | 'start' | 'end'>,
): number => Number(b.isLong) - Number(a.isLong) || a.start - b.start || a.end - b.end;
