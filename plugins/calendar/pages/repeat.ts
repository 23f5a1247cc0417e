import { type Rule, readRule, writeRule } from '../recur/rule';
import { DAY_MS, dateOf, dayOfWall, monthLength, weekdayOf } from '../time/days';
import { toUtc, toWall, type Zone } from '../time/zone';
import { isoOf, parseDay } from './dates';

/** What the form can say of how an event repeats. */
export const REPEATS = [
  'never',
  'daily',
  'weekdays',
  'weekly',
  'monthday',
  'monthnth',
  'monthlast',
  'yearly',
] as const;
export type Repeat = (typeof REPEATS)[number] | 'other';
export const ENDS = ['never', 'until', 'count'] as const;
export type Ends = (typeof ENDS)[number];

export interface Repeats {
  readonly repeat: Repeat;
  readonly every: number;
  /** Weekdays, 0 for Monday; of a weekly one. */
  readonly weekdays: readonly number[];
  readonly ends: Ends;
  /** The last day, in the event's zone. */
  readonly until: number | undefined;
  readonly count: number;
}

export const ONCE: Repeats = {
  repeat: 'never',
  every: 1,
  weekdays: [],
  ends: 'never',
  until: undefined,
  count: 10,
};

/** Where a rule is read: an event of whole days has no zone. */
export interface RulePlace {
  readonly start: number;
  readonly isAllDay: boolean;
  readonly zone: Zone | undefined;
}

const BARE: Rule = {
  frequency: 'DAILY',
  interval: 1,
  bySecond: [],
  byMinute: [],
  byHour: [],
  byDay: [],
  byMonthDay: [],
  byYearDay: [],
  byWeekNo: [],
  byMonth: [],
  bySetPos: [],
  weekStart: 0,
};

const WORK = [0, 1, 2, 3, 4];
const isWork = (days: readonly number[]): boolean =>
  days.length === WORK.length && WORK.every((day) => days.includes(day));

/** A rule as the form shows it: `other` for what it has no words for. */
export function repeatsOf(text: string, place: RulePlace): Repeats {
  if (text === '') return ONCE;
  let rule: Rule;
  try {
    rule = readRule(text);
  } catch {
    return { ...ONCE, repeat: 'other' };
  }
  const repeat = kindOf(rule, dayOfWall(place.start));
  return {
    repeat,
    every: rule.interval,
    weekdays: repeat === 'weekly' ? rule.byDay.map(({ weekday }) => weekday) : [],
    ends: rule.count !== undefined ? 'count' : rule.until !== undefined ? 'until' : 'never',
    until: rule.until === undefined ? undefined : untilDay(rule.until, place),
    count: rule.count ?? ONCE.count,
  };
}

function kindOf(rule: Rule, start: number): Repeat {
  const { byDay, byMonthDay, byMonth, frequency } = rule;
  const others = [rule.bySecond, rule.byMinute, rule.byHour, rule.byYearDay, rule.byWeekNo];
  if ([...others, rule.bySetPos].some((list) => list.length > 0)) return 'other';
  const { day, month } = dateOf(start);
  const isThatDay = byMonthDay.length === 0 || (byMonthDay.length === 1 && byMonthDay[0] === day);
  const isThatMonth = byMonth.length === 0 || (byMonth.length === 1 && byMonth[0] === month);
  if (frequency === 'YEARLY')
    return byDay.length === 0 && isThatDay && isThatMonth ? 'yearly' : 'other';
  if (byMonth.length > 0) return 'other';
  if (frequency === 'MONTHLY') return monthKind(rule, start, isThatDay);
  if (byMonthDay.length > 0 || byDay.some(({ nth }) => nth !== 0)) return 'other';
  const days = byDay.map(({ weekday }) => weekday);
  // A week that begins on Sunday counts another one when only every second is meant.
  if (frequency === 'WEEKLY' && (rule.weekStart === 0 || rule.interval === 1 || days.length < 2))
    return rule.interval === 1 && isWork(days) ? 'weekdays' : 'weekly';
  if (frequency === 'DAILY' && days.length === 0) return 'daily';
  return frequency === 'DAILY' && rule.interval === 1 && isWork(days) ? 'weekdays' : 'other';
}

function monthKind({ byDay, byMonthDay }: Rule, start: number, isThatDay: boolean): Repeat {
  if (byDay.length === 0) return isThatDay ? 'monthday' : 'other';
  const [only] = byDay;
  if (byDay.length > 1 || byMonthDay.length > 0 || only?.weekday !== weekdayOf(start))
    return 'other';
  if (only.nth === -1) return 'monthlast';
  return only.nth === nthOf(start) ? 'monthnth' : 'other';
}

/** Which Tuesday of its month a day is. */
export const nthOf = (day: number): number => Math.ceil(dateOf(day).day / 7);

export function isLastOfMonth(day: number): boolean {
  const date = dateOf(day);
  return date.day + 7 > monthLength(date.year, date.month);
}

function untilDay(until: string, { zone }: RulePlace): number | undefined {
  const day = parseDay(`${until.slice(0, 4)}-${until.slice(4, 6)}-${until.slice(6, 8)}`);
  if (day === undefined || !until.endsWith('Z') || !zone) return day;
  const [hours, minutes, seconds] = [9, 11, 13].map((at) => Number(until.slice(at, at + 2)));
  const time = ((hours ?? 0) * 60 + (minutes ?? 0)) * 60_000 + (seconds ?? 0) * 1_000;
  return dayOfWall(toWall(zone, day * DAY_MS + time));
}

/** The rule of what a form says; `before` is kept where the form says the same. */
export function ruleOf(repeats: Repeats, place: RulePlace, before = ''): string {
  const { repeat } = repeats;
  if (repeat === 'never') return '';
  if (repeat === 'other') return before;
  if (before !== '' && isSame(repeats, repeatsOf(before, place))) return before;
  const start = dayOfWall(place.start);
  return writeRule({
    ...BARE,
    ...partsOf(repeats, start),
    interval: repeat === 'weekdays' ? 1 : repeats.every,
    ...(repeats.ends === 'count' && { count: repeats.count }),
    ...(repeats.ends === 'until' &&
      repeats.until !== undefined && { until: untilText(repeats.until, place) }),
  });
}

function partsOf({ repeat, weekdays }: Repeats, start: number): Partial<Rule> {
  const weekday = weekdayOf(start);
  const each = (days: readonly number[]) => days.map((day) => ({ weekday: day, nth: 0 }));
  switch (repeat) {
    case 'weekdays':
      return { frequency: 'WEEKLY', byDay: each(WORK) };
    case 'weekly':
      return { frequency: 'WEEKLY', byDay: each(weekdays) };
    case 'monthday':
      return { frequency: 'MONTHLY' };
    case 'monthnth':
      return { frequency: 'MONTHLY', byDay: [{ weekday, nth: nthOf(start) }] };
    case 'monthlast':
      return { frequency: 'MONTHLY', byDay: [{ weekday, nth: -1 }] };
    case 'yearly':
      return { frequency: 'YEARLY' };
    default:
      return { frequency: 'DAILY' };
  }
}

/** The end of a day in the form that the start has (RFC 5545 §3.3.10). */
function untilText(day: number, { isAllDay, zone }: RulePlace): string {
  const squeezed = (at: number): string => isoOf(at).replace(/-/g, '');
  if (isAllDay) return squeezed(day);
  const last = (day + 1) * DAY_MS - 1_000;
  const at = zone ? toUtc(zone, last) : last;
  const time = new Date(at).toISOString().slice(11, 19).replace(/:/g, '');
  return `${squeezed(dayOfWall(at))}T${time}${zone ? 'Z' : ''}`;
}

function isSame(a: Repeats, b: Repeats): boolean {
  const key = ({ repeat, every, weekdays, ends, until, count }: Repeats): string =>
    JSON.stringify([
      repeat,
      repeat === 'weekdays' ? 1 : every,
      repeat === 'weekly' ? [...weekdays].sort((a, b) => a - b) : [],
      ends,
      ends === 'until' ? until : '',
      ends === 'count' ? count : '',
    ]);
  return key(a) === key(b);
}
