import type { PluginResponse } from 'estafette/plugin';
import { isWorkingDay } from '../settings/working-hours';
import { dueTasks } from '../tasks/due';
import { startOfWeek, weekOf } from '../time/days';
import { type Desk, hrefOf, isWritable, oneOf } from './common';
import { addMonths, firstOfMonth, isoOf, parseDay } from './dates';
import { gridModel } from './grid';
import { type Shown as Found, itemsOf, type Timed, takes } from './items';
import { listModel, searchModel } from './list';
import { monthModel } from './month';
import { MONDAY, sideOf } from './side';
import { outcomeOf } from './texts';
import { viewLinks } from './view-links';
import { capital } from './words';

/** Three days are for narrow windows: nobody's usual view. */
const SHOWN = ['day', 'three', 'work', 'week', 'month', 'list'] as const;
type Shown = (typeof SHOWN)[number];

/** Names of the buttons beside the title. */
const STEP_TEXTS: Readonly<Record<Shown, readonly [string, string]>> = {
  day: ['calendar:step.previousDay', 'calendar:step.nextDay'],
  three: ['calendar:step.previousThree', 'calendar:step.nextThree'],
  work: ['calendar:step.previousWeek', 'calendar:step.nextWeek'],
  week: ['calendar:step.previousWeek', 'calendar:step.nextWeek'],
  month: ['calendar:step.previousMonth', 'calendar:step.nextMonth'],
  list: ['calendar:step.previousDays', 'calendar:step.nextDays'],
};

/** Days of the list. */
const LIST_DAYS = 14;

/** What an address says. */
function askedOf({ request, today, preferences }: Desk) {
  const { query } = request;
  const q = (query['q'] ?? '').trim().slice(0, 200);
  return {
    q,
    /** Nobody chose: what suits the window is shown. */
    isChosen: query['view'] !== undefined,
    view:
      q === '' ? (oneOf(SHOWN, query['view']) ?? oneOf(SHOWN, preferences.view) ?? 'work') : 'list',
    on: parseDay(query['on']) ?? today,
    isWholeDay: query['hours'] === 'all',
  } as const;
}
type Asked = ReturnType<typeof askedOf>;

/** Where a view begins and ends; the end is outside. */
function spanOf({ view, on }: Asked): { readonly from: number; readonly to: number } {
  if (view === 'day') return { from: on, to: on + 1 };
  if (view === 'list') return { from: on, to: on + LIST_DAYS };
  if (view === 'three') return { from: on, to: on + 3 };
  if (view === 'week' || view === 'work') {
    const monday = startOfWeek(on, MONDAY);
    return { from: monday, to: monday + 7 };
  }
  const from = startOfWeek(firstOfMonth(on), MONDAY);
  const last = firstOfMonth(addMonths(on, 1)) - 1;
  return { from, to: startOfWeek(last, MONDAY) + 7 };
}

/** The day that the buttons lead to. */
function stepOf({ view, on }: Asked, way: 1 | -1): number {
  if (view === 'month') return addMonths(firstOfMonth(on), way);
  return on + way * { day: 1, three: 3, work: 7, week: 7, list: LIST_DAYS }[view];
}

/** The month, the week, a day or a list of days; or what was searched for. */
export async function showCalendar(desk: Desk): Promise<PluginResponse> {
  const asked = askedOf(desk);
  if (!asked.isChosen && asked.q === '' && desk.preferences.view === 'planning') {
    const { on, done = '', restore = '' } = desk.request.query;
    return { redirect: hrefOf(desk.context, 'planning', { on, done, restore }) };
  }
  if (asked.q !== '') return pageOf(desk, asked, { items: [], isCut: false });
  const span = spanOf(asked);
  const isBoth = !asked.isChosen;
  // On a telephone it is a list that begins on the day that was asked for.
  const to = isBoth ? Math.max(span.to, asked.on + LIST_DAYS) : span.to;
  return pageOf(desk, asked, await itemsOf(desk, { from: span.from, to }));
}

async function pageOf(desk: Desk, asked: Asked, shown: Found): Promise<PluginResponse> {
  const { context, t, request, calendars } = desk;
  const { view, on, q, isChosen } = asked;
  const { items, isCut } = shown;
  const days = shownDays(desk, asked);
  const title = titleOf(desk, asked, days);
  const here = { view: isChosen ? view : '', on: isChosen || on !== desk.today ? isoOf(on) : '' };
  const into = calendars.some(isWritable);
  const first = days[0] ?? on;
  const last = days.at(-1) ?? on;
  return {
    view: 'page',
    title,
    model: {
      side: sideOf(desk, {
        on,
        view,
        first,
        last,
        due: await dueTasks(desk),
        back: q === '' ? hrefOf(context, '', here) : hrefOf(context, '', { q }),
      }),
      view: q === '' ? view : 'search',
      isAuto: !isChosen && q === '',
      title,
      q,
      action: hrefOf(context, ''),
      isCut,
      canAdd: into,
      toolbar: {
        todayHref: hrefOf(context, '', { view: isChosen ? view : '' }),
        isToday: on === desk.today,
        previousHref: hrefOf(context, '', { ...here, on: isoOf(stepOf(asked, -1)) }),
        nextHref: hrefOf(context, '', { ...here, on: isoOf(stepOf(asked, 1)) }),
        previous: t(STEP_TEXTS[view][0]),
        next: t(STEP_TEXTS[view][1]),
        views: viewLinks(desk, q === '' ? view : '', on),
      },
      strip: stripOf(desk, asked, items),
      hidden: hiddenOf(desk, asked, days, items),
      grid: isGrid(view) && q === '' ? gridModel(desk, days, items, asked) : undefined,
      month: view === 'month' ? monthModel(desk, on, items) : undefined,
      list:
        q === '' && (view === 'list' || !isChosen)
          ? listModel(desk, { from: on, to: on + LIST_DAYS }, items)
          : undefined,
      search: q === '' ? undefined : await searchModel(desk, q),
      outcome: outcomeOf(request.query),
      restoreAction: hrefOf(context, 'restore'),
      moveAction: hrefOf(context, 'move'),
      newHref: hrefOf(context, 'edit'),
    },
  };
}

const isGrid = (view: Shown): boolean => view !== 'month' && view !== 'list';

/** Days of a view; those of work are the agent's, and today is always there when it was asked for. */
function shownDays({ preferences, request }: Desk, asked: Asked): readonly number[] {
  const { from, to } = spanOf(asked);
  const all = Array.from({ length: to - from }, (_, index) => from + index);
  if (asked.view !== 'work') return all;
  const named = request.query['on'] === undefined ? undefined : asked.on;
  const work = all.filter((day) => isWorkingDay(preferences.working, day) || day === named);
  return work.length === 0 ? all : work;
}

/** How many events of the week are on days that are not drawn, and where they are seen. */
function hiddenOf(
  { context, t }: Desk,
  { view, on, q }: Asked,
  days: readonly number[],
  items: readonly Timed[],
) {
  if (view !== 'work' || q !== '') return undefined;
  const monday = startOfWeek(on, MONDAY);
  const off = [0, 1, 2, 3, 4, 5, 6].map((at) => monday + at).filter((day) => !days.includes(day));
  const there = items.filter(
    (item) =>
      !item.isCancelled &&
      off.some((day) => takes(day)(item)) &&
      !days.some((day) => takes(day)(item)),
  );
  if (there.length === 0) return undefined;
  return {
    text: t('calendar:view.hidden', { count: there.length }),
    href: hrefOf(context, '', { view: 'week', on: isoOf(on) }),
  };
}

function titleOf(
  { words, t, preferences }: Desk,
  { view, on, q }: Asked,
  days: readonly number[],
): string {
  if (q !== '') return t('calendar:search.title', { q });
  const first = days[0] ?? on;
  const last = days.at(-1) ?? on;
  if (view === 'day') return capital(words.day(on, 'dayYear'));
  if (view === 'month') return capital(words.day(on, 'month'));
  const range = words.days(first, last);
  if (view === 'list' || view === 'three' || !preferences.hasWeekNumbers) return range;
  return t('calendar:view.titleWeek', { days: range, week: weekOf(first, MONDAY).week });
}

/** The week as seven links, where the window is narrow. */
function stripOf({ context, words, today }: Desk, asked: Asked, items: readonly Timed[]) {
  const monday = startOfWeek(asked.on, MONDAY);
  const view = asked.view === 'day' ? 'day' : asked.isChosen ? 'list' : '';
  return Array.from({ length: 7 }, (_, index) => {
    const day = monday + index;
    return {
      weekday: words.day(day, 'weekdayShort').replace('.', ''),
      number: Number(isoOf(day).slice(8)),
      label: words.day(day, 'day'),
      href: hrefOf(context, '', { view, on: isoOf(day) }),
      isToday: day === today,
      isCurrent: day === asked.on,
      hasEvents: items.some(takes(day)),
    };
  });
}
