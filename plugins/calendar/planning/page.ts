import { initialsOf, type PluginResponse, tintOf } from 'estafette/plugin';
import { type Desk, hrefOf, isWritable } from '../pages/common';
import { isoOf, parseDay } from '../pages/dates';
import { MONDAY, sideOf } from '../pages/side';
import { outcomeOf, SHOW_AS_TEXTS } from '../pages/texts';
import { viewLinks } from '../pages/view-links';
import { capital } from '../pages/words';
import { isWorkingDay } from '../settings/working-hours';
import type { Tables } from '../store/tables';
import { DAY_MS, startOfWeek, weekOf } from '../time/days';
import { type Cell, cellsOf, halvesOf, hoursOf, type Span } from './cells';
import { everybodyRow, sharersOf, withEverybody } from './everybody';
import { GROUPS_MAX, type Group, groupsOf, lastGroup, type Member, PEOPLE_MAX } from './groups';
import { usersOf } from './known';
import { timesOf } from './times';

/** What an address of a planning says. */
export interface Asked {
  readonly on: number;
  readonly isDay: boolean;
  readonly group: Group | undefined;
  readonly groups: readonly Group[];
}

/** The group of an address, else the one that was looked at last. */
export async function askedOf(desk: Desk, query: Readonly<Record<string, string>>): Promise<Asked> {
  const { context, person, today } = desk;
  const table: Tables = (name) => context.db.table(name);
  const groups = await groupsOf(table, person);
  const id = query['group'] ?? (await lastGroup(table, person));
  return {
    on: parseDay(query['on']) ?? today,
    isDay: query['span'] === 'day',
    groups,
    group: groups.find((one) => one.id === id),
  };
}

/** An address of the planning. */
export const planningHref = (
  { context }: Pick<Desk, 'context'>,
  { on, isDay, group }: Pick<Asked, 'on' | 'isDay' | 'group'>,
  more: Readonly<Record<string, string>> = {},
): string =>
  hrefOf(context, 'planning', {
    on: isoOf(on),
    span: isDay ? 'day' : '',
    group: group?.id ?? '',
    ...more,
  });

/** People side by side: who looks, the owners of calendars that are shared with them, a group. */
export async function showPlanning(desk: Desk): Promise<PluginResponse> {
  return planningPage(desk, await askedOf(desk, desk.request.query));
}

/** The page, with what a form that could not be followed leaves: matches to choose from, a word. */
export async function planningPage(
  desk: Desk,
  asked: Asked,
  left: {
    readonly status?: number;
    readonly typed?: string;
    readonly matches?: readonly Member[];
    readonly problem?: string;
  } = {},
): Promise<PluginResponse> {
  const { context, t, words, preferences, today, request } = desk;
  const { on, isDay, group, groups } = asked;
  const days = daysOf(desk, asked);
  const people = peopleOf(desk, group);
  const from = days[0] ?? on;
  const to = (days.at(-1) ?? on) + 1;
  const mails = people.map(({ mail }) => mail);
  const times = await timesOf(desk, mails, { from, to });
  const columns = columnsOf(desk, days, isDay, [...times.values()].flat());
  const range = words.days(from, to - 1);
  const title = isDay
    ? capital(words.day(on, 'dayYear'))
    : preferences.hasWeekNumbers
      ? t('calendar:view.titleWeek', { days: range, week: weekOf(from, MONDAY).week })
      : range;
  const step = isDay ? 1 : 7;
  const at = (day: number) => planningHref(desk, { ...asked, on: day });
  return {
    view: 'planning',
    title: `${t('calendar:planning.title')}, ${title}`,
    status: left.status ?? 200,
    model: {
      side: sideOf(desk, {
        on,
        view: 'planning',
        first: from,
        last: to - 1,
        query: { span: isDay ? 'day' : '', group: group?.id ?? '' },
      }),
      title,
      views: viewLinks(desk, 'planning', on),
      todayHref: at(today),
      isToday: on === today,
      previousHref: at(on - step),
      nextHref: at(on + step),
      previous: t(isDay ? 'calendar:step.previousDay' : 'calendar:step.previousWeek'),
      next: t(isDay ? 'calendar:step.nextDay' : 'calendar:step.nextWeek'),
      spans: [false, true].map((day) => ({
        label: t(day ? 'calendar:planning.day' : 'calendar:planning.week'),
        href: planningHref(desk, { ...asked, isDay: day }),
        isCurrent: day === isDay,
      })),
      isDay,
      heads: columns.heads,
      isAlone: people.length === 1,
      rows: people.map((one) => rowOf(desk, one, times.get(one.mail), columns.times)),
      everybody: everybodyRow(desk, group, [...times.values()], columns.times.flat()),
      without:
        times.size < people.length
          ? t('calendar:planning.except', { count: people.length - times.size })
          : '',
      findHref:
        people.length > 1
          ? withEverybody(desk, 'free-busy', group, { on: isoOf(Math.max(from, today)) })
          : '',
      legend: (['busy', 'tentative', 'telework', 'leave', 'absent'] as const).map((showAs) => ({
        showAs,
        label: t(SHOW_AS_TEXTS[showAs]),
      })),
      groups: groups.map((one) => ({
        id: one.id,
        title: one.title,
        count: one.people.length,
        href: planningHref(desk, { ...asked, group: one }),
        isCurrent: one.id === group?.id,
      })),
      group: group ? { id: group.id, title: group.title } : undefined,
      canAddGroup: groups.length < GROUPS_MAX,
      max: PEOPLE_MAX,
      on: isoOf(on),
      span: isDay ? 'day' : '',
      action: hrefOf(context, 'planning/people'),
      groupAction: hrefOf(context, 'planning/group'),
      typed: left.typed ?? '',
      matches: left.matches ?? [],
      problem: left.problem ?? '',
      outcome: outcomeOf(request.query),
      restoreAction: hrefOf(context, 'restore'),
    },
  };
}

/** Days of work of the week; the day alone. */
function daysOf({ preferences }: Desk, { on, isDay }: Asked): readonly number[] {
  if (isDay) return [on];
  const monday = startOfWeek(on, MONDAY);
  const week = [0, 1, 2, 3, 4, 5, 6].map((at) => monday + at);
  const work = week.filter((day) => isWorkingDay(preferences.working, day) || day === on);
  // Who came by a day off meant it, but the whole of a week off is of no use.
  const usual = work.filter((day) => isWorkingDay(preferences.working, day));
  return usual.length === 0 ? week : usual;
}

interface Row extends Member {
  readonly isMe: boolean;
  /** Of the group, so that they can be taken out of it. */
  readonly isOfGroup: boolean;
}

function peopleOf(desk: Desk, group: Group | undefined): readonly Row[] {
  const { person, t } = desk;
  const mine = person.mail.toLowerCase();
  const rows = new Map<string, Row>([
    [mine, { mail: mine, name: t('calendar:planning.me'), isMe: true, isOfGroup: false }],
  ]);
  for (const { mail, name } of group?.people ?? [])
    if (!rows.has(mail)) rows.set(mail, { mail, name, isMe: false, isOfGroup: true });
  // Without a group, whoever shares a calendar is who one works with.
  for (const { mail, name } of group ? [] : sharersOf(desk))
    rows.set(mail, { mail, name, isMe: false, isOfGroup: false });
  return [...rows.values()];
}

function columnsOf(
  { words, preferences, today }: Desk,
  days: readonly number[],
  isDay: boolean,
  spans: readonly Span[],
) {
  const [day = today] = days;
  if (!isDay)
    return {
      heads: days.map((one) => ({
        label: words.day(one, 'day'),
        short: `${words.day(one, 'weekdayShort')} ${isoOf(one).slice(8).replace(/^0/, '')}`,
        wide: 2,
        isToday: one === today,
      })),
      times: days.flatMap((one) => [halvesOf(one, preferences.working)]),
    };
  const hourOf = (wall: number): number => (wall - day * DAY_MS) / 3_600_000;
  const timed = spans.filter(
    ({ start, end, showAs }) =>
      showAs !== 'free' &&
      start >= day * DAY_MS &&
      end <= (day + 1) * DAY_MS &&
      end - start < DAY_MS,
  );
  const first = Math.min(
    preferences.firstHour,
    ...timed.map(({ start }) => Math.floor(hourOf(start))),
  );
  const last = Math.max(preferences.lastHour, ...timed.map(({ end }) => Math.ceil(hourOf(end))));
  return {
    heads: Array.from({ length: last - first }, (_, index) => ({
      label: words.time(day * DAY_MS + (first + index) * 3_600_000),
      short: words.time(day * DAY_MS + (first + index) * 3_600_000),
      wide: 1,
      isToday: false,
    })),
    times: [hoursOf(day, first, last)],
  };
}

function rowOf(
  desk: Desk,
  { mail, name, isMe, isOfGroup }: Row,
  spans: readonly Span[] | undefined,
  times: readonly (readonly { readonly from: number; readonly to: number }[])[],
) {
  const shown = name === '' ? mail : name;
  return {
    mail,
    name: shown,
    isMe,
    isOfGroup,
    initials: initialsOf(isMe ? (mail.split('@')[0]?.replaceAll('.', ' ') ?? mail) : shown),
    tint: tintOf(mail),
    isUnknown: spans === undefined,
    wide: times.reduce((sum, day) => sum + day.length, 0),
    cells: spans ? times.flatMap((day) => joined(day, spans).map(cellModel(desk, isMe))) : [],
  };
}

const joined = (
  times: readonly { readonly from: number; readonly to: number }[],
  spans: readonly Span[],
): readonly Cell[] => cellsOf(spans, times);

const cellModel =
  ({ context, t, calendars, words }: Desk, isMe: boolean) =>
  (cell: Cell) => ({
    ...cell,
    label: cell.title === '' ? t(SHOW_AS_TEXTS[cell.showAs]) : cell.title,
    // What a colour says is said in words too.
    status: cell.title === '' || cell.showAs === 'busy' ? '' : t(SHOW_AS_TEXTS[cell.showAs]),
    more: cell.others > 0 ? t('calendar:month.more', { count: cell.others }) : '',
    newHref:
      isMe && cell.showAs === 'free' && calendars.some(isWritable)
        ? hrefOf(context, 'edit', {
            start: `${isoOf(Math.floor(cell.start / DAY_MS))}T${words.clock(cell.start)}`,
          })
        : '',
  });

/** Who of some people has never opened a calendar here. */
export const unknownAmong = async (
  { context, person }: Desk,
  mails: readonly string[],
): Promise<readonly string[]> => {
  const users = await usersOf((name) => context.db.table(name), person.site, mails);
  return mails.filter((mail) => !users.has(mail));
};
