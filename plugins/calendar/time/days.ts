/**
 * Arithmetic of civil dates. A day is a whole number, days since 1970-01-01; a wall time is the
 * milliseconds that UTC would show for the same clock face: what a clock on the wall says, without zone.
 */

export const DAY_MS = 86_400_000;
export const HOUR_MS = 3_600_000;
export const MINUTE_MS = 60_000;

export interface CivilDate {
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
  /** 1 to 31. */
  readonly day: number;
}

/** The day of a date; a month or a day beyond its end runs over, as in `Date.UTC`. */
export const dayOf = (year: number, month: number, day: number): number =>
  Math.floor(Date.UTC(year, month - 1, day) / DAY_MS);

/** The date of a day. */
export function dateOf(day: number): CivilDate {
  const date = new Date(day * DAY_MS);
  return { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() };
}

/** The day on which a wall time falls. */
export const dayOfWall = (wall: number): number => Math.floor(wall / DAY_MS);

/** Monday is 0, Sunday 6. 1970-01-01 was a Thursday. */
export const weekdayOf = (day: number): number => (((day + 3) % 7) + 7) % 7;

/** Days of a month, 28 to 31. */
export const monthLength = (year: number, month: number): number =>
  dayOf(year, month + 1, 1) - dayOf(year, month, 1);

/** The first day of the week in which `day` is; `weekStart` as {@link weekdayOf}. */
export const startOfWeek = (day: number, weekStart: number): number =>
  day - ((weekdayOf(day) - weekStart + 7) % 7);

/** The first day of week 1: the first week with four days or more in the year (RFC 5545 §3.3.10). */
export function firstWeek(year: number, weekStart: number): number {
  const first = startOfWeek(dayOf(year, 1, 1), weekStart);
  return dayOf(year, 1, 1) - first > 3 ? first + 7 : first;
}

/** The number of the week of a day, and how many its year has; days at the ends are of a neighbour's. */
export function weekOf(
  day: number,
  weekStart: number,
): { readonly week: number; readonly weeks: number } {
  const { year } = dateOf(day);
  const yearOfWeek = [year + 1, year].find((one) => firstWeek(one, weekStart) <= day) ?? year - 1;
  const first = firstWeek(yearOfWeek, weekStart);
  return {
    week: Math.floor((day - first) / 7) + 1,
    weeks: Math.floor((firstWeek(yearOfWeek + 1, weekStart) - first) / 7),
  };
}
