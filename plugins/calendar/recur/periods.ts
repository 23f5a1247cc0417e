import {
  type CivilDate,
  DAY_MS,
  dateOf,
  dayOf,
  dayOfWall,
  HOUR_MS,
  monthLength,
  startOfWeek,
  weekdayOf,
  weekOf,
} from '../time/days';
import { toUtc, toWall, type Zone } from '../time/zone';
import type { Rule, RuleDay } from './rule';

/** A rule with what RFC 5545 lets it take from the first start, and the wall time of that start. */
export interface FilledRule {
  readonly rule: Rule;
  readonly start: number;
}

/** Fills in what is "missing" from a rule by the first start (RFC 5545 §3.3.10, after the table). */
export function fillRule(rule: Rule, start: number): FilledRule {
  const { frequency, byMonth, byWeekNo, byYearDay, byMonthDay, byDay } = rule;
  const first = dayOfWall(start);
  const { month, day } = dateOf(first);
  const weekday: readonly RuleDay[] = [{ weekday: weekdayOf(first), nth: 0 }];
  const time = new Date(start);
  const times = {
    byHour: rule.byHour.length > 0 || frequency === 'HOURLY' ? rule.byHour : [time.getUTCHours()],
    byMinute: rule.byMinute.length > 0 ? rule.byMinute : [time.getUTCMinutes()],
    bySecond: rule.bySecond.length > 0 ? rule.bySecond : [time.getUTCSeconds()],
  };
  const namesDays = byYearDay.length > 0 || byMonthDay.length > 0 || byDay.length > 0;
  const filled = { ...rule, ...times };
  if (namesDays || frequency === 'DAILY' || frequency === 'HOURLY') return { rule: filled, start };
  if (frequency === 'WEEKLY' || byWeekNo.length > 0) {
    return { rule: { ...filled, byDay: weekday }, start };
  }
  const months = frequency === 'YEARLY' && byMonth.length === 0 ? [month] : byMonth;
  return { rule: { ...filled, byMonth: months, byMonthDay: [day] }, start };
}

/** An hour is placed on the clocks by itself, at the cost of some days. */
const HOUR_COST = 3;

/** A year, month, week, day or hour in which a rule looks for times. */
export interface Period {
  /** As wall time. */
  readonly begins: number;
  /** Wall times, in order. */
  readonly walls: readonly number[];
  /** Days that were looked at for them. */
  readonly cost: number;
  /** The moment of one of them. */
  readonly momentOf: (wall: number) => number;
}

/**
 * The period `index` intervals after the one of the first start. BYSETPOS is applied; times before the
 * first start are still there.
 */
export function periodAt(filled: FilledRule, zone: Zone, index: number): Period {
  const { rule, start } = filled;
  const first = dayOfWall(start);
  const steps = index * rule.interval;
  if (rule.frequency === 'HOURLY') {
    // Hours go by as they do, whatever the clocks are put to: not 24 of them in each day.
    const utc = toUtc(zone, start) + steps * HOUR_MS;
    const begins = toWall(zone, utc);
    const momentOf = (wall: number): number => utc + wall - begins;
    return { begins, walls: placed(rule, hourOf(rule, begins)), cost: HOUR_COST, momentOf };
  }
  const { from, days } = daysAt(rule, first, steps);
  const cost = days.length;
  const taken = isOfDates(rule) ? datesIn(rule, days) : days.filter((day) => isTaken(rule, day));
  const walls = taken.flatMap((day) => timesOf(rule, day, rule.byHour));
  const momentOf = (wall: number): number => toUtc(zone, wall);
  return { begins: from * DAY_MS, walls: placed(rule, walls), cost, momentOf };
}

/** Whether days are named by their numbers in months alone: most rules of months and years. */
const isOfDates = ({ frequency, byMonth, byMonthDay, byDay, byYearDay, byWeekNo }: Rule): boolean =>
  byMonthDay.length > 0 &&
  byDay.length + byYearDay.length + byWeekNo.length === 0 &&
  (frequency === 'YEARLY' ? byMonth.length > 0 : frequency === 'MONTHLY');

/** Those days of whole months, without looking at each day. */
function datesIn({ byMonth, byMonthDay }: Rule, days: readonly number[]): readonly number[] {
  const taken: number[] = [];
  for (let at = 0; at < days.length; ) {
    const first = days[at] as number;
    const { year, month } = dateOf(first);
    const length = monthLength(year, month);
    at += length;
    if (byMonth.length > 0 && !byMonth.includes(month)) continue;
    const numbers = byMonthDay.map((day) => (day > 0 ? day : length + 1 + day));
    const there = [...new Set(numbers)].filter((day) => day >= 1 && day <= length);
    taken.push(...there.sort((a, b) => a - b).map((day) => first + day - 1));
  }
  return taken;
}

/** How many periods may be passed over so that none is missed at or after `wall`. */
export function periodsBefore({ rule, start }: FilledRule, wall: number): number {
  if (wall <= start) return 0;
  const passed = passedUnits(rule, start, wall);
  // One less: weeks and months are cut differently from where they are looked at.
  return Math.max(Math.floor(passed / rule.interval) - 1, 0);
}

function passedUnits({ frequency, weekStart }: Rule, start: number, wall: number): number {
  const [from, to] = [dayOfWall(start), dayOfWall(wall)];
  switch (frequency) {
    case 'HOURLY':
      return Math.floor((wall - start) / HOUR_MS);
    case 'DAILY':
      return to - from;
    case 'WEEKLY':
      return Math.floor((startOfWeek(to, weekStart) - startOfWeek(from, weekStart)) / 7);
    default: {
      const [a, b] = [dateOf(from), dateOf(to)];
      return frequency === 'YEARLY' ? b.year - a.year : monthsOf(b) - monthsOf(a);
    }
  }
}

const monthsOf = ({ year, month }: CivilDate): number => year * 12 + month - 1;

function daysAt(
  { frequency, weekStart, byMonth, byWeekNo, byYearDay }: Rule,
  first: number,
  steps: number,
): { readonly from: number; readonly days: readonly number[] } {
  switch (frequency) {
    case 'YEARLY': {
      const year = dateOf(first).year + steps;
      const from = dayOf(year, 1, 1);
      // Of a year all but a month or two is mostly of no matter.
      if (byMonth.length > 0 && byWeekNo.length + byYearDay.length === 0) {
        const days = byMonth.flatMap(
          (month) => run(dayOf(year, month, 1), monthLength(year, month)).days,
        );
        return { from, days };
      }
      return run(from, dayOf(year + 1, 1, 1) - from);
    }
    case 'MONTHLY': {
      const months = monthsOf(dateOf(first)) + steps;
      const from = dayOf(Math.floor(months / 12), (months % 12) + 1, 1);
      return run(from, monthLength(Math.floor(months / 12), (months % 12) + 1));
    }
    case 'WEEKLY':
      return run(startOfWeek(first, weekStart) + 7 * steps, 7);
    default:
      return run(first + steps, 1);
  }
}

const run = (from: number, length: number): { from: number; days: readonly number[] } => ({
  from,
  days: Array.from({ length }, (_, index) => from + index),
});

function hourOf(rule: Rule, begins: number): readonly number[] {
  const day = dayOfWall(begins);
  const hour = Math.floor((begins - day * DAY_MS) / HOUR_MS);
  const isHour = rule.byHour.length === 0 || rule.byHour.includes(hour);
  return isHour && isTaken(rule, day) ? timesOf(rule, day, [hour]) : [];
}

function timesOf(
  { byMinute, bySecond }: Rule,
  day: number,
  hours: readonly number[],
): readonly number[] {
  const at = (hour: number, minute: number, second: number): number =>
    day * DAY_MS + hour * HOUR_MS + (minute * 60 + second) * 1_000;
  return hours.flatMap((hour) =>
    byMinute.flatMap((minute) => bySecond.map((second) => at(hour, minute, second))),
  );
}

function placed({ bySetPos }: Rule, walls: readonly number[]): readonly number[] {
  if (bySetPos.length === 0) return walls;
  const chosen = bySetPos.map((place) => walls.at(place > 0 ? place - 1 : place));
  return [...new Set(chosen.filter((wall) => wall !== undefined))].sort((a, b) => a - b);
}

function isTaken(rule: Rule, day: number): boolean {
  const { byMonth, byMonthDay, byYearDay, byWeekNo, byDay, weekStart } = rule;
  if (byDay.length > 0 && !byDay.some((one) => isWeekday(rule, one, day))) return false;
  if (byMonth.length + byMonthDay.length + byYearDay.length + byWeekNo.length === 0) return true;
  const date = dateOf(day);
  if (byMonth.length > 0 && !byMonth.includes(date.month)) return false;
  if (byMonthDay.length > 0) {
    const fromEnd = date.day - monthLength(date.year, date.month) - 1;
    if (!byMonthDay.includes(date.day) && !byMonthDay.includes(fromEnd)) return false;
  }
  if (byYearDay.length > 0) {
    const number = day - dayOf(date.year, 1, 1) + 1;
    const fromEnd = day - dayOf(date.year + 1, 1, 1);
    if (!byYearDay.includes(number) && !byYearDay.includes(fromEnd)) return false;
  }
  if (byWeekNo.length === 0) return true;
  const { week, weeks } = weekOf(day, weekStart);
  return byWeekNo.includes(week) || byWeekNo.includes(week - weeks - 1);
}

/** A number before a weekday counts in the month, or in the year when no month is named. */
function isWeekday({ frequency, byMonth }: Rule, { weekday, nth }: RuleDay, day: number): boolean {
  if (weekdayOf(day) !== weekday) return false;
  if (nth === 0 || (frequency !== 'MONTHLY' && frequency !== 'YEARLY')) return true;
  const { year, month } = dateOf(day);
  const inMonth = frequency === 'MONTHLY' || byMonth.length > 0;
  const from = inMonth ? dayOf(year, month, 1) : dayOf(year, 1, 1);
  const to = inMonth ? dayOf(year, month + 1, 1) : dayOf(year + 1, 1, 1);
  const place = nth > 0 ? Math.floor((day - from) / 7) + 1 : -(Math.floor((to - 1 - day) / 7) + 1);
  return place === nth;
}
