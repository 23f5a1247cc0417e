import { dateOf, startOfWeek, weekOf } from '../time/days';
import { type Desk, hrefOf, isWritable } from './common';
import { addMonths, firstOfMonth, isoOf } from './dates';
import { aWeekday } from './words';

/** Weeks begin on Monday (ISO 8601). */
export const MONDAY = 0;
const WEEKS = 6;

/** The seven headings of a week. */
export const weekdays = ({ words }: Desk) =>
  [0, 1, 2, 3, 4, 5, 6].map((weekday) => ({
    narrow: words.day(aWeekday(weekday), 'weekdayNarrow'),
    short: words.day(aWeekday(weekday), 'weekdayShort'),
    long: words.day(aWeekday(weekday), 'weekday'),
  }));

/** A month of links. `first` to `last` are the days that the page shows. */
function miniOf(
  desk: Desk,
  at: {
    readonly on: number;
    readonly view: string;
    readonly first: number;
    readonly last: number;
    readonly query?: Readonly<Record<string, string>> | undefined;
  },
) {
  const { context, words, today } = desk;
  const month = dateOf(at.on).month;
  const from = startOfWeek(firstOfMonth(at.on), MONDAY);
  const link = (on: number, view = at.view) =>
    view === 'planning'
      ? hrefOf(context, 'planning', { ...at.query, on: isoOf(on) })
      : hrefOf(context, '', { view, on: isoOf(on) });
  const weeks = Array.from({ length: WEEKS }, (_, week) => {
    const monday = from + week * 7;
    return {
      number: weekOf(monday, MONDAY).week,
      href: link(monday, at.view === 'work' ? 'work' : 'week'),
      isCurrent:
        (at.view === 'week' || at.view === 'work') && monday <= at.last && monday + 6 >= at.first,
      days: Array.from({ length: 7 }, (_day, index) => {
        const day = monday + index;
        return {
          number: dateOf(day).day,
          label: words.day(day, 'day'),
          href: link(day, at.view === 'month' ? 'day' : at.view),
          isOther: dateOf(day).month !== month,
          isToday: day === today,
          isShown: at.view === 'day' && day === at.on,
        };
      }),
    };
  });
  return {
    title: words.day(at.on, 'month'),
    hasNumbers: desk.preferences.hasWeekNumbers,
    monthHref: link(at.on, 'month'),
    previousHref: link(addMonths(at.on, -1)),
    nextHref: link(addMonths(at.on, 1)),
    weekdays: weekdays(desk),
    weeks,
  };
}

/** Lines of tasks, as `tasks/due` has them. */
interface Due {
  readonly tasks: readonly Readonly<
    Record<'title' | 'due' | 'href', string> & { isLate: boolean }
  >[];
  readonly more: number;
}

/** What stands beside every page: a new event, a month, the calendars. */
export function sideOf(
  desk: Desk,
  at: {
    readonly on?: number;
    readonly view?: string;
    readonly first?: number;
    readonly last?: number;
    /** What addresses of a planning keep. */
    readonly query?: Readonly<Record<string, string>>;
    readonly current?: string;
    /** Where the check boxes lead back to. */
    readonly back?: string;
    /** What is to be done today, beside what takes place. */
    readonly due?: Due | undefined;
  } = {},
) {
  const { context, calendars, today, t } = desk;
  const { on = today, view = 'work', current = '' } = at;
  const listed = (isOwn: boolean) =>
    calendars
      .filter((one) => one.isOwn === isOwn)
      .map(({ id, title, colour, isShown, owner }) => ({ id, title, colour, isShown, owner }));
  const link = (key: string, label: string, icon: string) => ({
    label,
    icon,
    href: hrefOf(context, key),
    isCurrent: key === current,
  });
  return {
    newHref: calendars.some(isWritable)
      ? hrefOf(context, 'edit', { start: on === today ? '' : isoOf(on) })
      : '',
    mini: miniOf(desk, { on, view, first: at.first ?? on, last: at.last ?? on, query: at.query }),
    own: listed(true),
    shared: listed(false),
    back: at.back ?? '',
    action: hrefOf(context, 'shown'),
    quickAction: hrefOf(context, 'quick'),
    due: at.due && at.due.tasks.length > 0 ? at.due : undefined,
    tasksHref: hrefOf(context, 'tasks'),
    tools: [
      link('tasks', t('calendar:tasks.title'), 'check'),
      link('bookings', t('calendar:booking.title'), 'users'),
      link('calendars', t('calendar:side.calendars'), 'settings'),
      link('import', t('calendar:side.import'), 'download'),
      link('trash', t('calendar:side.trash'), 'trash'),
    ],
  };
}
