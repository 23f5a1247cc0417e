import { dateOf, startOfWeek, weekOf } from '../time/days';
import { type Desk, hrefOf } from './common';
import { addMonths, firstOfMonth, isoOf } from './dates';
import { byDay, byHour, drawing, type Timed } from './items';
import { MONDAY, weekdays } from './side';

/** As many events stand in a cell; a link to the day tells how many more there are. */
const CELL_EVENTS = 4;
const DOTS = 3;

/** Weeks of a month, each day with what is on. */
export function monthModel(desk: Desk, on: number, items: readonly Timed[]) {
  const { context, words, today, t } = desk;
  const { month } = dateOf(on);
  const from = startOfWeek(firstOfMonth(on), MONDAY);
  const last = firstOfMonth(addMonths(on, 1)) - 1;
  const count = (startOfWeek(last, MONDAY) - from) / 7 + 1;
  const draw = drawing(desk);
  const byDays = byDay([...items].sort(byHour), { from, to: from + count * 7 });
  const cell = (day: number) => {
    const there = byDays.get(day) ?? [];
    // One more takes no more room than the sentence that there is one.
    const room = there.length <= CELL_EVENTS ? CELL_EVENTS : CELL_EVENTS - 1;
    const drawn = there.slice(0, Math.max(room, DOTS)).map(draw);
    return {
      number: dateOf(day).day,
      iso: isoOf(day),
      label: words.day(day, 'dayYear'),
      href: hrefOf(context, '', { view: 'day', on: isoOf(day) }),
      newHref: hrefOf(context, 'edit', { start: isoOf(day) }),
      isOther: dateOf(day).month !== month,
      isToday: day === today,
      count: there.length,
      dots: drawn.slice(0, DOTS).map(({ colour }) => colour),
      more: Math.max(there.length - room, 0),
      events: drawn.slice(0, room).map((item) => ({
        ...item,
        // An event of several days has its hour on the first of them alone.
        clock: item.firstDay === day ? item.clock : '',
        isBegun: item.firstDay < day,
        isOpen: item.lastDay > day,
      })),
    };
  };
  return {
    hasNumbers: desk.preferences.hasWeekNumbers,
    caption: t('calendar:month.caption', { month: words.day(on, 'month') }),
    weekdays: weekdays(desk),
    weeks: Array.from({ length: count }, (_, week) => {
      const monday = from + week * 7;
      return {
        number: weekOf(monday, MONDAY).week,
        href: hrefOf(context, '', { view: 'week', on: isoOf(monday) }),
        days: Array.from({ length: 7 }, (_day, index) => cell(monday + index)),
      };
    }),
  };
}
