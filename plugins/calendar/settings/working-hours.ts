import { DAY_MS, dayOfWall, weekdayOf } from '../time/days';
import type { Zone } from '../time/zone';

/** Keys of the settings, Monday first as `weekdayOf` counts. */
export const WEEKDAYS = [
  'monday',
  'tuesday',
  'wednesday',
  'thursday',
  'friday',
  'saturday',
  'sunday',
] as const;

/** When somebody works: read by `preferencesOf(context, place, user)`, in `working`. */
export interface WorkingHours {
  /** Whose clocks the hours are of. */
  readonly zone: Zone;
  /** 0 (Monday) to 6. */
  readonly days: readonly number[];
  /** Milliseconds into the day; the end is outside. */
  readonly from: number;
  readonly to: number;
}

/** Whether a day is one of work; a holiday is for whoever asks. */
export const isWorkingDay = ({ days }: Pick<WorkingHours, 'days'>, day: number): boolean =>
  days.includes(weekdayOf(day));

/** Hours of a day in wall times of its zone; undefined for a day off. */
export function workOf(
  hours: WorkingHours,
  day: number,
): { readonly from: number; readonly to: number } | undefined {
  if (!isWorkingDay(hours, day) || hours.to <= hours.from) return undefined;
  return { from: day * DAY_MS + hours.from, to: day * DAY_MS + hours.to };
}

/** Whether all of a time, in walls of the zone of the hours, is within the work of one day. */
export function isInWork(hours: WorkingHours, start: number, end: number): boolean {
  const work = workOf(hours, dayOfWall(start));
  return work !== undefined && start >= work.from && end <= work.to;
}
