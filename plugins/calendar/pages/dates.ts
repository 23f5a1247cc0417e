import { DAY_MS, dateOf, dayOf, HOUR_MS, MINUTE_MS } from '../time/days';

const DATE = /^(\d{4})-(\d{2})-(\d{2})$/;
const TIME = /^([01]\d|2[0-3]):([0-5]\d)$/;
/** Years that pages lead to; zones are known between them. */
const FIRST_YEAR = 1900;
const LAST_YEAR = 2199;

const two = (value: number): string => String(value).padStart(2, '0');

/** `2026-11-23` of a day. */
export function isoOf(day: number): string {
  const { year, month, day: date } = dateOf(day);
  return `${String(year).padStart(4, '0')}-${two(month)}-${two(date)}`;
}

/** The day of `2026-11-23`; undefined for what is no day that a page leads to. */
export function parseDay(text: string | undefined): number | undefined {
  const [, year, month, date] = DATE.exec(text ?? '') ?? [];
  if (year === undefined || Number(year) < FIRST_YEAR || Number(year) > LAST_YEAR) return undefined;
  const day = dayOf(Number(year), Number(month), Number(date));
  return isoOf(day) === text ? day : undefined;
}

/** `09:30` of a wall time. */
export function clockOf(wall: number): string {
  const time = ((wall % DAY_MS) + DAY_MS) % DAY_MS;
  return `${two(Math.floor(time / HOUR_MS))}:${two(Math.floor((time % HOUR_MS) / MINUTE_MS))}`;
}

/** Milliseconds into the day of `09:30`. */
export function parseClock(text: string | undefined): number | undefined {
  // Some browsers add seconds.
  const [, hours, minutes] = TIME.exec((text ?? '').slice(0, 5)) ?? [];
  if (hours === undefined) return undefined;
  return Number(hours) * HOUR_MS + Number(minutes) * MINUTE_MS;
}

/** The same date of another month, or the last one there is. */
export function addMonths(day: number, months: number): number {
  const { year, month, day: date } = dateOf(day);
  const last = dayOf(year, month + months + 1, 0);
  return Math.min(dayOf(year, month + months, date), last);
}

export const firstOfMonth = (day: number): number => {
  const { year, month } = dateOf(day);
  return dayOf(year, month, 1);
};
