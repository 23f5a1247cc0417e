import { isHoliday, type Region } from '../holidays/days';
import type { ShowAs } from '../ics';
import { isWorkingDay, type WorkingHours } from '../settings/working-hours';
import { DAY_MS, dayOfWall, MINUTE_MS } from '../time/days';

/** A time of somebody, in walls of who looks. */
export interface Taken {
  readonly start: number;
  readonly end: number;
  readonly showAs: ShowAs;
}

export interface SlotQuestion {
  /** Days, the last outside. */
  readonly from: number;
  readonly to: number;
  readonly lengthMs: number;
  readonly working: WorkingHours;
  /** Whose public holidays count. */
  readonly region?: Region | undefined;
  /** What their clock shows: nothing is proposed before. */
  readonly now: number;
  /** Times of those who must be there. */
  readonly required: readonly (readonly Taken[])[];
  /** Of those who may: times at which more of them are free come first among those of one day. */
  readonly optional: readonly (readonly Taken[])[];
  readonly max: number;
}

export interface Slot {
  readonly start: number;
  readonly end: number;
  /** Of the optional ones, how many are not free. */
  readonly missing: number;
}

const STEP_MS = 30 * MINUTE_MS;
const FREE: ReadonlySet<ShowAs> = new Set(['free', 'telework']);

/** Times of several people joined: sorted, none of them touching another. */
export function joined(
  times: readonly (readonly Taken[])[],
): readonly Pick<Taken, 'start' | 'end'>[] {
  const all = times
    .flat()
    .filter(({ showAs }) => !FREE.has(showAs))
    .sort((a, b) => a.start - b.start);
  const found: { start: number; end: number }[] = [];
  for (const { start, end } of all) {
    const last = found.at(-1);
    if (last && start <= last.end) last.end = Math.max(last.end, end);
    else found.push({ start, end });
  }
  return found;
}

const isFree = (
  taken: readonly Pick<Taken, 'start' | 'end'>[],
  start: number,
  end: number,
): boolean => !taken.some((one) => one.start < end && one.end > start);

/** The first times at which everybody who must be there is free, within the work of a day. */
export function slotsOf(question: SlotQuestion): readonly Slot[] {
  const { from, to, lengthMs, working, now, required, optional, max } = question;
  const busy = joined(required);
  const others = optional.map((one) => joined([one]));
  const slots: Slot[] = [];
  for (let day = from; day < to && slots.length < max; day += 1) {
    if (!isWorkingDay(working, day) || isHoliday(day, question.region)) continue;
    const last = day * DAY_MS + working.to - lengthMs;
    const today = busy.filter((one) => dayOfWall(one.start) <= day && one.end > day * DAY_MS);
    for (let start = day * DAY_MS + working.from; start <= last; start += STEP_MS) {
      const end = start + lengthMs;
      if (slots.length >= max) break;
      if (start < now || !isFree(today, start, end)) continue;
      slots.push({
        start,
        end,
        missing: others.filter((one) => !isFree(one, start, end)).length,
      });
      // The next one begins where this one ends: six that overlap are one proposal.
      start = end - STEP_MS;
    }
  }
  return slots;
}
