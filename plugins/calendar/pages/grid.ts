import { workOf } from '../settings/working-hours';
import { DAY_MS, dayOfWall, HOUR_MS, MINUTE_MS, weekdayOf } from '../time/days';
import { toUtc, toWall } from '../time/zone';
import { type Desk, hrefOf } from './common';
import { clockOf, isoOf } from './dates';
import { drawing, type Timed, takes } from './items';
import { placeBars, placeDay } from './place';

const HOURS = 24;
/** Events beside one another, where one day is shown and where several are; the others are told as a number. */
const COLUMNS_DAY = 8;
const COLUMNS_DAYS = 4;
/** Blocks stand on lines of five minutes: styles have no more of them. */
const STEP = 5;
/** Higher than this, a block has room for more than its title. */
const TALL_MINUTES = 45;

const two = (hour: number): string => String(hour).padStart(2, '0');

const stepped = (minutes: number): { readonly hour: number; readonly minute: number } => {
  const whole = Math.round(minutes / STEP) * STEP;
  return { hour: Math.floor(whole / 60), minute: whole % 60 };
};

/** Days beside one another, each by its hours. */
export function gridModel(
  desk: Desk,
  days: readonly number[],
  items: readonly Timed[],
  {
    view,
    on,
    isWholeDay,
  }: { readonly view: string; readonly on: number; readonly isWholeDay: boolean },
) {
  const { context, words, today, now, zone, preferences, t } = desk;
  const { working, secondZone } = preferences;
  const long = items.filter((item) => item.isLong);
  const timed = items.filter((item) => !item.isLong);
  const draw = drawing(desk);
  const bars = placeBars(long, days).map((bar) => ({ ...bar, item: draw(bar.item) }));
  const columns = days.map((day) => {
    const { blocks, more } = placeDay(
      timed.filter(takes(day)),
      day,
      days.length === 1 ? COLUMNS_DAY : COLUMNS_DAYS,
    );
    const work = workOf(working, day);
    const at = Math.floor((now - day * DAY_MS) / MINUTE_MS);
    return {
      iso: isoOf(day),
      weekday: words.day(day, 'weekdayShort'),
      number: Number(isoOf(day).slice(8)),
      label: words.day(day, 'day'),
      href: hrefOf(context, '', { view: 'day', on: isoOf(day) }),
      newHref: hrefOf(context, 'edit', { start: isoOf(day) }),
      isToday: day === today,
      isWeekend: weekdayOf(day) >= 5,
      now: day === today ? stepped(at) : undefined,
      slots: Array.from({ length: HOURS }, (_, hour) => ({
        hour,
        isOff: !work || !isWithin(day * DAY_MS + hour * HOUR_MS, work),
        href: hrefOf(context, 'edit', { start: `${isoOf(day)}T${two(hour)}:00` }),
      })),
      blocks: blocks.map(({ item, from, minutes, column, columns: of }) => ({
        ...draw(item),
        at: stepped(from),
        takes: stepped(minutes),
        column,
        columns: of,
        isTall: minutes >= TALL_MINUTES,
        isBegun: item.firstDay < day,
        isOpen: dayOfWall(item.end - 1) > day,
      })),
      more: more.map(({ count, from, minutes }) => ({
        text: t('calendar:month.more', { count }),
        href: hrefOf(context, '', { view: days.length === 1 ? 'list' : 'day', on: isoOf(day) }),
        at: stepped(from),
        takes: stepped(minutes),
        column: (days.length === 1 ? COLUMNS_DAY : COLUMNS_DAYS) - 1,
        columns: days.length === 1 ? COLUMNS_DAY : COLUMNS_DAYS,
      })),
    };
  });
  const there = columns.flatMap(({ blocks }) => blocks);
  const first = isWholeDay ? 0 : Math.min(preferences.firstHour, ...there.map(({ at }) => at.hour));
  const last = isWholeDay
    ? HOURS
    : Math.max(
        preferences.lastHour,
        ...there.map(({ at, takes: length }) => lastHourOf(at, length)),
      );
  const at = { view, on: isoOf(on) };
  return {
    // What is outside of the hours is not drawn, so that nobody has to look for the morning.
    days: columns.map((column) => ({
      ...column,
      slots: column.slots.slice(first, last),
      now:
        column.now && column.now.hour >= first && column.now.hour < last ? column.now : undefined,
    })),
    bars,
    rows: Math.max(0, ...bars.map(({ row }) => row + 1)),
    first,
    count: last - first,
    hours: Array.from({ length: last - first }, (_, index) => ({
      hour: first + index,
      label: `${two(first + index)}:00`,
      second: secondZone ? secondClock(first + index) : '',
    })),
    zones: secondZone ? { own: placeName(zone.id), second: placeName(secondZone.id) } : undefined,
    hoursHref: hrefOf(context, '', isWholeDay ? at : { ...at, hours: 'all' }),
    isWholeDay,
    canFold: isWholeDay || first > 0 || last < HOURS,
  };

  function secondClock(hour: number): string {
    const wall = (days[0] ?? today) * DAY_MS + hour * HOUR_MS;
    return secondZone ? clockOf(toWall(secondZone, toUtc(zone, wall))) : '';
  }
}

const isWithin = (wall: number, work: { readonly from: number; readonly to: number }): boolean =>
  wall >= work.from - (work.from % HOUR_MS) && wall < work.to;

/** The whole hour at which a block ends. */
const lastHourOf = (
  at: { readonly hour: number; readonly minute: number },
  takes: { readonly hour: number; readonly minute: number },
): number => Math.min(HOURS, Math.ceil(at.hour + takes.hour + (at.minute + takes.minute) / 60));

/** « Noumea » of `Pacific/Noumea`. */
const placeName = (zone: string): string =>
  zone.slice(zone.lastIndexOf('/') + 1).replaceAll('_', ' ');
