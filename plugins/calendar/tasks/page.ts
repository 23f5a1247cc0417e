import type { PluginResponse } from 'estafette/plugin';
import { zoneOf } from '../ics/zones';
import { type Desk, hrefOf, isWritable, oneOf } from '../pages/common';
import { sideOf } from '../pages/side';
import { outcomeOf } from '../pages/texts';
import { capital } from '../pages/words';
import type { Tables } from '../store/tables';
import { DAY_MS, dayOfWall } from '../time/days';
import { toWall, UTC, type Zone } from '../time/zone';
import { type Due, dueMoment } from './facts';
import { type Task, tasksOf } from './list';

/** What is coming is told by its day for so long. */
const WEEK = 7;
/** Lines of a page: what is done goes on for years. */
const SHOWN_MAX = 500;

const GROUPS = ['late', 'today', 'week', 'later', 'undated', 'done'] as const;
type Group = (typeof GROUPS)[number];
const GROUP_TEXTS: Readonly<Record<Group, string>> = {
  late: 'calendar:tasks.group.late',
  today: 'calendar:tasks.group.today',
  week: 'calendar:tasks.group.week',
  later: 'calendar:tasks.group.later',
  undated: 'calendar:tasks.group.undated',
  done: 'calendar:tasks.group.done',
};
const SHOWN = ['open', 'today', 'late', 'done'] as const;
const SHOWN_TEXTS = {
  open: 'calendar:tasks.shown.open',
  today: 'calendar:tasks.shown.today',
  late: 'calendar:tasks.shown.late',
  done: 'calendar:tasks.shown.done',
} as const;

/** A due time on a person's clock. */
export function localDue({ isAllDay, wall, zone }: Due, local: Zone): number {
  if (isAllDay || zone === '') return wall;
  const there = zoneOf({ id: zone }, UTC);
  return toWall(local, wall - there.offsetAt(wall - there.offsetAt(wall)));
}

function groupOf({ zone, today, context }: Desk, { isDone, isCancelled, due }: Task): Group {
  if (isDone || isCancelled) return 'done';
  if (!due) return 'undated';
  if (dueMoment(due, zone) <= context.clock.now()) return 'late';
  const day = dayOfWall(localDue(due, zone));
  if (day <= today) return 'today';
  return day < today + WEEK ? 'week' : 'later';
}

const timeOf = ({ zone }: Desk, { due }: Task): number =>
  due ? localDue(due, zone) + (due.isAllDay ? DAY_MS - 1 : 0) : Number.MAX_SAFE_INTEGER;

/** None is less than the lowest. */
const rank = ({ priority }: Task): number => (priority === 0 ? 10 : priority);

/** What is to be done, by when; or what was done, the latest first. */
export async function showTasks(desk: Desk): Promise<PluginResponse> {
  const { request, context, person, t, calendars, usual } = desk;
  const table: Tables = (name) => context.db.table(name);
  const { tasks, isCut } = await tasksOf(table, person);
  const shown = oneOf(SHOWN, request.query['show']) ?? 'open';
  const only = calendars.find(({ id }) => id === request.query['calendar'])?.id;
  const q = (request.query['q'] ?? '').trim().slice(0, 200).toLowerCase();
  const kept = tasks.filter(
    (one) =>
      (only === undefined || one.calendar === only) &&
      (q === '' || one.summary.toLowerCase().includes(q)),
  );
  const grouped = new Map(GROUPS.map((group) => [group, [] as Task[]]));
  for (const one of kept) grouped.get(groupOf(desk, one))?.push(one);
  const wanted: readonly Group[] =
    shown === 'open'
      ? GROUPS.filter((group) => group !== 'done')
      : shown === 'today'
        ? ['late', 'today']
        : [shown];
  const parents = new Set(kept.map(({ uid }) => uid));
  const state = { show: shown === 'open' ? '' : shown, calendar: only ?? '', q };
  let left = SHOWN_MAX;
  const groups = wanted.flatMap((group) => {
    const there = sorted(desk, group, grouped.get(group) ?? []);
    const some = there.slice(0, Math.max(left, 0));
    left -= some.length;
    if (there.length === 0) return [];
    return [
      {
        id: group,
        title: t(GROUP_TEXTS[group]),
        count: there.length,
        tasks: some.map((one) => lineOf(desk, one, parents)),
      },
    ];
  });
  return {
    view: 'tasks',
    title: t('calendar:tasks.title'),
    model: {
      side: sideOf(desk, { current: 'tasks' }),
      groups,
      isCut: isCut || left < 0,
      filters: SHOWN.map((value) => ({
        label: t(SHOWN_TEXTS[value]),
        href: hrefOf(context, 'tasks', { ...state, show: value === 'open' ? '' : value }),
        isCurrent: value === shown,
      })),
      lists: [
        {
          label: t('calendar:tasks.all'),
          href: hrefOf(context, 'tasks', { ...state, calendar: '' }),
          isCurrent: only === undefined,
        },
        ...calendars
          .filter(({ id }) => tasks.some((one) => one.calendar === id))
          .map(({ id, title }) => ({
            label: title,
            href: hrefOf(context, 'tasks', { ...state, calendar: id }),
            isCurrent: id === only,
          })),
      ],
      q: request.query['q'] ?? '',
      state,
      canAdd: usual !== '',
      newHref: hrefOf(context, 'tasks/task', { calendar: only ?? '' }),
      actions: {
        here: hrefOf(context, 'tasks'),
        add: hrefOf(context, 'tasks/add'),
        mark: hrefOf(context, 'tasks/mark'),
      },
      calendar:
        only !== undefined && calendars.some((one) => one.id === only && isWritable(one))
          ? only
          : usual,
      outcome: outcomeOf(request.query),
      restoreAction: hrefOf(context, 'restore'),
    },
  };
}

function sorted(desk: Desk, group: Group, tasks: readonly Task[]): readonly Task[] {
  if (group === 'done') return [...tasks].sort((a, b) => b.doneAt - a.doneAt);
  return [...tasks].sort(
    (a, b) =>
      timeOf(desk, a) - timeOf(desk, b) || rank(a) - rank(b) || (a.summary < b.summary ? -1 : 1),
  );
}

function lineOf(desk: Desk, one: Task, parents: ReadonlySet<string>) {
  const { t, words, zone, today, context, calendars } = desk;
  const calendar = calendars.find(({ id }) => id === one.calendar);
  const local = one.due && localDue(one.due, zone);
  const day = local === undefined ? undefined : dayOfWall(local);
  const date =
    day === undefined
      ? ''
      : day === today
        ? t('calendar:list.today')
        : day === today + 1
          ? t('calendar:list.tomorrow')
          : words.day(day, 'dayYear');
  return {
    id: one.id,
    etag: one.etag,
    title: one.summary === '' ? t('calendar:tasks.untitled') : one.summary,
    href: hrefOf(context, 'tasks/task', { id: one.id }),
    isDone: one.isDone,
    isCancelled: one.isCancelled,
    isRecurring: one.isRecurring,
    isPart: one.parent !== '' && parents.has(one.parent),
    isUrgent: one.priority > 0 && one.priority < 5,
    due:
      date === '' ? '' : capital(one.due?.isAllDay ? date : `${date}, ${words.time(local ?? 0)}`),
    percent: one.percent > 0 && one.percent < 100 && !one.isDone ? one.percent : 0,
    colour: calendar?.colour ?? 'grey',
    calendar: calendar?.title ?? '',
    canChange: calendar !== undefined && isWritable(calendar),
  };
}
