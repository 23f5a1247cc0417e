/** Recurrence rules as data (RFC 5545 §3.3.10). */

export type Frequency = 'HOURLY' | 'DAILY' | 'WEEKLY' | 'MONTHLY' | 'YEARLY';

/** A weekday, 0 for Monday; `nth` of the month or year, from its end when negative, 0 for each. */
export interface RuleDay {
  readonly weekday: number;
  readonly nth: number;
}

export interface Rule {
  readonly frequency: Frequency;
  readonly interval: number;
  readonly count?: number;
  /** As written: `20261231`, `20261231T235900` or `20261231T225900Z`. */
  readonly until?: string;
  readonly bySecond: readonly number[];
  readonly byMinute: readonly number[];
  readonly byHour: readonly number[];
  readonly byDay: readonly RuleDay[];
  readonly byMonthDay: readonly number[];
  readonly byYearDay: readonly number[];
  readonly byWeekNo: readonly number[];
  readonly byMonth: readonly number[];
  readonly bySetPos: readonly number[];
  /** The first day of a week, 0 for Monday. */
  readonly weekStart: number;
}

/** Why a rule is not taken; `part` names the part of the rule. */
export class RuleError extends Error {
  constructor(
    readonly reason: 'syntax' | 'too-often' | 'range',
    readonly part: string,
  ) {
    super(`${reason}: ${part}`);
  }
}

const WEEKDAYS = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU'];
const FREQUENCIES = new Set<string>(['HOURLY', 'DAILY', 'WEEKLY', 'MONTHLY', 'YEARLY']);
/** Nobody's calendar; a file that has them wants to keep us busy. */
const TOO_OFTEN = new Set(['SECONDLY', 'MINUTELY']);
const MAX_VALUES = 366;
/** Times of a day: every ten minutes of it. A year of more would hold the process for a second. */
const MAX_TIMES = 144;
const MAX_NUMBER = 100_000;

/** Reads a rule. Throws {@link RuleError}; parts that RFC 5545 does not know are passed over. */
export function readRule(text: string): Rule {
  const parts = new Map<string, string>();
  for (const part of text.trim().split(';')) {
    const [, name, value] = /^\s*([A-Za-z-]+)\s*=\s*(.*?)\s*$/.exec(part) ?? [];
    // A semicolon at the end is written by several clients.
    if (name === undefined || value === undefined) {
      if (part.trim() === '') continue;
      throw new RuleError('syntax', part.slice(0, 40));
    }
    if (parts.has(name.toUpperCase())) throw new RuleError('syntax', name.slice(0, 40));
    parts.set(name.toUpperCase(), value.toUpperCase());
  }
  const until = parts.get('UNTIL');
  if (until !== undefined && !/^\d{8}(?:T\d{6}Z?)?$/.test(until)) {
    throw new RuleError('syntax', 'UNTIL');
  }
  const times = ['BYHOUR', 'BYMINUTE', 'BYSECOND'].map(
    (name) => numbers(parts, name, 0, 60).length,
  );
  if (times.reduce((all, one) => all * Math.max(one, 1), 1) > MAX_TIMES) {
    throw new RuleError('too-often', 'BYMINUTE');
  }
  const count = parts.has('COUNT') ? whole(parts.get('COUNT'), 'COUNT') : undefined;
  return {
    frequency: frequencyOf(parts.get('FREQ')),
    interval: parts.has('INTERVAL') ? whole(parts.get('INTERVAL'), 'INTERVAL') : 1,
    ...(count !== undefined && { count }),
    ...(until !== undefined && { until }),
    bySecond: numbers(parts, 'BYSECOND', 0, 60),
    byMinute: numbers(parts, 'BYMINUTE', 0, 59),
    byHour: numbers(parts, 'BYHOUR', 0, 23),
    byDay: daysOf(parts.get('BYDAY')),
    byMonthDay: numbers(parts, 'BYMONTHDAY', -31, 31),
    byYearDay: numbers(parts, 'BYYEARDAY', -366, 366),
    byWeekNo: numbers(parts, 'BYWEEKNO', -53, 53),
    byMonth: numbers(parts, 'BYMONTH', 1, 12),
    bySetPos: numbers(parts, 'BYSETPOS', -366, 366),
    weekStart: weekdayOf(parts.get('WKST') ?? 'MO', 'WKST'),
  };
}

/** Writes a rule, in the order in which RFC 5545 names the parts. */
export function writeRule(rule: Rule): string {
  const list = (name: string, values: readonly (number | string)[]): string[] =>
    values.length > 0 ? [`${name}=${values.join(',')}`] : [];
  const days = rule.byDay.map(({ weekday, nth }) => `${nth === 0 ? '' : nth}${WEEKDAYS[weekday]}`);
  return [
    `FREQ=${rule.frequency}`,
    ...list('UNTIL', rule.until === undefined ? [] : [rule.until]),
    ...list('COUNT', rule.count === undefined ? [] : [rule.count]),
    ...list('INTERVAL', rule.interval === 1 ? [] : [rule.interval]),
    ...list('BYSECOND', rule.bySecond),
    ...list('BYMINUTE', rule.byMinute),
    ...list('BYHOUR', rule.byHour),
    ...list('BYDAY', days),
    ...list('BYMONTHDAY', rule.byMonthDay),
    ...list('BYYEARDAY', rule.byYearDay),
    ...list('BYWEEKNO', rule.byWeekNo),
    ...list('BYMONTH', rule.byMonth),
    ...list('BYSETPOS', rule.bySetPos),
    ...list('WKST', rule.weekStart === 0 ? [] : [WEEKDAYS[rule.weekStart] ?? 'MO']),
  ].join(';');
}

function frequencyOf(text = ''): Frequency {
  if (TOO_OFTEN.has(text)) throw new RuleError('too-often', `FREQ=${text}`);
  if (!FREQUENCIES.has(text)) throw new RuleError('syntax', 'FREQ');
  return text as Frequency;
}

function whole(text: string | undefined, name: string): number {
  if (!/^\d{1,9}$/.test(text ?? '')) throw new RuleError('syntax', name);
  const value = Number(text);
  if (value < 1 || value > MAX_NUMBER) throw new RuleError('range', name);
  return value;
}

function numbers(
  parts: ReadonlyMap<string, string>,
  name: string,
  lowest: number,
  highest: number,
): readonly number[] {
  const text = parts.get(name);
  if (text === undefined) return [];
  const values = text.split(',').map((one) => {
    if (!/^[+-]?\d{1,3}$/.test(one.trim())) throw new RuleError('syntax', name);
    return Number(one);
  });
  const isOut = (value: number): boolean =>
    value < lowest || value > highest || (lowest < 0 && value === 0);
  if (values.length > MAX_VALUES || values.some(isOut)) throw new RuleError('range', name);
  return [...new Set(values)].sort((a, b) => a - b);
}

function daysOf(text: string | undefined): readonly RuleDay[] {
  if (text === undefined) return [];
  const days = text.split(',').map((one) => {
    const [, nth = '', day = ''] = /^\s*([+-]?\d{0,2})([A-Z]{2})\s*$/.exec(one) ?? [];
    return { weekday: weekdayOf(day, 'BYDAY'), nth: Number(nth || 0) };
  });
  if (days.length > MAX_VALUES || days.some(({ nth }) => Math.abs(nth) > 53)) {
    throw new RuleError('range', 'BYDAY');
  }
  return days;
}

function weekdayOf(text: string, part: string): number {
  const weekday = WEEKDAYS.indexOf(text);
  if (weekday < 0) throw new RuleError('syntax', part);
  return weekday;
}
