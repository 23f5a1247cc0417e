import { isHoliday, type Region } from '../holidays/days';
import { DAY_MS, dayOfWall, HOUR_MS, MINUTE_MS, weekdayOf } from '../time/days';
import { isOnClocks, toUtc, toWall, type Zone } from '../time/zone';
import type { Said } from './types';

/** A time that is taken (moments). */
export interface Busy {
  readonly start: number;
  readonly end: number;
}

export interface SlotQuestion {
  readonly said: Said;
  /** Whose public holidays count. */
  readonly region?: Region | undefined;
  /** On whose clock the hours are: the agent's. */
  readonly zone: Zone;
  /** Moments. */
  readonly now: number;
  readonly from: number;
  readonly to: number;
  readonly busy: readonly Busy[];
  /** Starts of what is booked on the page, for the count of a day. */
  readonly booked: readonly number[];
  readonly max: number;
}

/** Between which moments a page can be booked at all. */
export const spanOf = ({ noticeHours, horizonDays }: Said, now: number) => ({
  from: now + noticeHours * HOUR_MS,
  to: now + horizonDays * DAY_MS,
});

const isFree = (busy: readonly Busy[], start: number, end: number): boolean =>
  !busy.some((one) => one.start < end && one.end > start);

/** The moments at which an appointment can begin, in order. */
export function slotsOf(question: SlotQuestion): readonly number[] {
  const { said, zone, busy, booked, max } = question;
  const span = spanOf(said, question.now);
  const from = Math.max(question.from, span.from);
  const to = Math.min(question.to, span.to);
  const length = said.lengthMinutes * MINUTE_MS;
  const pause = said.pauseMinutes * MINUTE_MS;
  const slots: number[] = [];
  for (let day = dayOfWall(toWall(zone, from)); day <= dayOfWall(toWall(zone, to)); day += 1) {
    if (!said.onHolidays && isHoliday(day, question.region)) continue;
    const onDay = (moment: number): boolean => dayOfWall(toWall(zone, moment)) === day;
    if (said.perDay > 0 && booked.filter(onDay).length >= said.perDay) continue;
    // A day has 25 hours at most, and pauses reach over its ends.
    const midnight = toUtc(zone, day * DAY_MS);
    const today = busy.filter(
      (one) => one.end > midnight - pause && one.start < midnight + DAY_MS + HOUR_MS + pause,
    );
    for (const range of said.hours[weekdayOf(day)] ?? []) {
      for (let wall = range.from; wall + length <= range.to; wall += length + pause) {
        if (!isOnClocks(zone, day * DAY_MS + wall)) continue;
        const start = toUtc(zone, day * DAY_MS + wall);
        if (start < from || start >= to) continue;
        if (!isFree(today, start - pause, start + length + pause)) continue;
        slots.push(start);
        if (slots.length >= max) return slots;
      }
    }
  }
  return slots;
}
