import { DAY_MS, dateOf, dayOf, dayOfWall, HOUR_MS, MINUTE_MS } from '../time/days';
import { clockOf } from './dates';

type Style =
  | 'day'
  | 'dayYear'
  | 'month'
  | 'weekday'
  | 'weekdayShort'
  | 'weekdayNarrow'
  | 'short'
  | 'date'
  | 'dayMonth';

const STYLES = {
  day: { weekday: 'long', day: 'numeric', month: 'long' },
  dayYear: { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' },
  month: { month: 'long', year: 'numeric' },
  weekday: { weekday: 'long' },
  weekdayShort: { weekday: 'short' },
  weekdayNarrow: { weekday: 'narrow' },
  short: { day: 'numeric', month: 'short' },
  date: { day: 'numeric', month: 'long', year: 'numeric' },
  dayMonth: { day: 'numeric', month: 'long' },
} satisfies Readonly<Record<Style, Intl.DateTimeFormatOptions>>;

/** Days and hours as they are written in a language. Walls and days, never moments: no zone here. */
export interface Words {
  day(day: number, style: Style): string;
  /** `09:30`, as addresses have it. */
  clock(wall: number): string;
  /** « 9 h 30 », « 9:30 ». */
  time(wall: number): string;
  /** « 16 – 20 novembre 2026 » ; both days are in it. */
  days(first: number, last: number): string;
  /** « lundi 23 novembre 2026, 9 h – 10 h ». */
  when(event: { readonly isAllDay: boolean; readonly start: number; readonly end: number }): string;
  list(words: readonly string[]): string;
}

const made = new Map<string, Words>();

/** Those of a language; Intl objects are costly, so they are made once. */
export function createWords(locale: 'fr' | 'en'): Words {
  const known = made.get(locale) ?? wordsOf(locale);
  made.set(locale, known);
  return known;
}

function wordsOf(locale: 'fr' | 'en'): Words {
  const tag = locale === 'fr' ? 'fr-FR' : 'en-GB';
  const formats = new Map<Style, Intl.DateTimeFormat>();
  const day = (at: number, style: Style): string => {
    const format =
      formats.get(style) ?? new Intl.DateTimeFormat(tag, { ...STYLES[style], timeZone: 'UTC' });
    formats.set(style, format);
    const text = format.format(at * DAY_MS);
    // « lundi 1er novembre »: Intl writes a bare 1.
    return locale === 'fr' ? text.replace(/(^|\s)1(?=\s[a-zéû])/, '$11er') : text;
  };
  const time = (wall: number): string => {
    if (locale === 'en') return clockOf(wall).replace(/^0/, '');
    const inDay = ((wall % DAY_MS) + DAY_MS) % DAY_MS;
    const hours = Math.floor(inDay / HOUR_MS);
    const minutes = Math.floor((inDay % HOUR_MS) / MINUTE_MS);
    return minutes === 0
      ? `${hours}\u00a0h`
      : `${hours}\u00a0h\u00a0${String(minutes).padStart(2, '0')}`;
  };
  const number = (at: number): string => {
    const { day: date } = dateOf(at);
    return locale === 'fr' && date === 1 ? '1er' : String(date);
  };
  const days = (first: number, last: number): string => {
    if (first === last) return day(first, 'dayYear');
    const [a, b] = [dateOf(first), dateOf(last)];
    if (a.year !== b.year) return `${day(first, 'date')} – ${day(last, 'date')}`;
    if (a.month !== b.month) return `${day(first, 'dayMonth')} – ${day(last, 'date')}`;
    return `${number(first)} – ${day(last, 'date')}`;
  };
  const list = new Intl.ListFormat(tag, { type: 'conjunction' });
  return {
    day,
    clock: clockOf,
    time,
    days,
    when({ isAllDay, start, end }) {
      const first = dayOfWall(start);
      if (isAllDay) return days(first, Math.max(first, dayOfWall(end - 1)));
      if (start === end) return `${day(first, 'dayYear')}, ${time(start)}`;
      if (dayOfWall(end - 1) === first)
        return `${day(first, 'dayYear')}, ${time(start)} – ${time(end)}`;
      const last = `${day(dayOfWall(end), 'dayYear')}, ${time(end)}`;
      return `${day(first, 'dayYear')}, ${time(start)} – ${last}`;
    },
    list: (words) => list.format(words),
  };
}

/** The first days of months are those of 2026: any year has the same names. */
export const aMonth = (month: number): number => dayOf(2026, month, 1);

/** 2026-01-05 was a Monday. */
export const aWeekday = (weekday: number): number => dayOf(2026, 1, 5) + weekday;

export const capital = (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1);
