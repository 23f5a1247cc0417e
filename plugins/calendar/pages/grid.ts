import { DAY_MS, dayOfWall, MINUTE_MS, weekdayOf } from '../time/days';
import { type Desk, hrefOf } from './common';
import { isoOf } from './dates';
import { type Item, takes } from './items';
import { placeBars, placeDay } from './place';

/** Where the day begins at first sight, unless something is earlier. */
const FIRST_HOUR = 8;
const HOURS = 24;
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
export function gridModel(desk: Desk, days: readonly number[], items: readonly Item[]) {
  const { context, words, today, now } = desk;
  const long = items.filter((item) => item.isLong);
  const timed = items.filter((item) => !item.isLong);
  const bars = placeBars(long, days);
  const columns = days.map((day) => {
    const blocks = placeDay(timed.filter(takes(day)), day);
    const at = Math.floor((now - day * DAY_MS) / MINUTE_MS);
    return {
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
        href: hrefOf(context, 'edit', { start: `${isoOf(day)}T${two(hour)}:00` }),
      })),
      blocks: blocks.map(({ item, from, minutes, column, columns: of }) => ({
        ...item,
        at: stepped(from),
        takes: stepped(minutes),
        column,
        columns: of,
        isTall: minutes >= TALL_MINUTES,
        isBegun: item.firstDay < day,
        isOpen: dayOfWall(item.end - 1) > day,
      })),
    };
  });
  const earliest = columns.flatMap(({ blocks }) => blocks.map(({ at }) => at.hour));
  return {
    days: columns,
    bars,
    rows: Math.max(0, ...bars.map(({ row }) => row + 1)),
    hours: Array.from({ length: HOURS }, (_, hour) => ({ hour, label: `${two(hour)}:00` })),
    firstHour: Math.min(FIRST_HOUR, ...earliest),
  };
}
