import { clockOf, isoOf, parseClock, parseDay } from '../pages/dates';
import type { EventTyped } from '../pages/form';
import { DAY_MS, dayOfWall } from '../time/days';

/** What pages beside the form are told, and the form is not. */
const COMMANDS = new Set([
  '_csrf',
  'save',
  'addPeople',
  'without',
  'findTime',
  'findRoom',
  'pick',
  'room',
  'day',
  'noOptional',
  'asked',
  'building',
  'seats',
  'feature',
]);
const FIELDS_MAX = 1_500;

/** Fields of a form that another page brings back as they are. */
export const carriedIn = (
  lists: Readonly<Record<string, readonly string[]>>,
): readonly { readonly name: string; readonly value: string }[] =>
  Object.entries(lists)
    .filter(([name]) => !COMMANDS.has(name))
    .flatMap(([name, values]) => values.map((value) => ({ name, value })))
    .slice(0, FIELDS_MAX);

/** The times of a form; an hour of the first working hour where it has none that can be read. */
export function timesIn(
  form: Pick<EventTyped, 'startDate' | 'startTime' | 'endDate' | 'endTime' | 'isAllDay'>,
  today: number,
): { readonly start: number; readonly end: number } {
  const day = parseDay(form.startDate) ?? today;
  const from = form.isAllDay ? 0 : (parseClock(form.startTime) ?? 9 * 3_600_000);
  const lastDay = parseDay(form.endDate) ?? day;
  const to = form.isAllDay ? DAY_MS : (parseClock(form.endTime) ?? from + 3_600_000);
  const start = day * DAY_MS + from;
  const end = lastDay * DAY_MS + to;
  return { start, end: end > start ? end : start + 3_600_000 };
}

/** `2026-11-23T09:00` of a wall time. */
export const wallText = (wall: number): string => `${isoOf(dayOfWall(wall))}T${clockOf(wall)}`;

/** A form at the time that was chosen; as it was where none was. */
export function picked(form: EventTyped, pick: string): EventTyped {
  const [from = '', to = ''] = pick.split('/');
  const [start, end] = [from, to].map((text) => {
    const day = parseDay(text.slice(0, 10));
    const clock = text[10] === 'T' ? parseClock(text.slice(11)) : undefined;
    return day === undefined || clock === undefined ? undefined : day * DAY_MS + clock;
  });
  if (start === undefined || end === undefined || end < start) return form;
  return {
    ...form,
    isAllDay: false,
    startDate: isoOf(dayOfWall(start)),
    startTime: clockOf(start),
    endDate: isoOf(dayOfWall(end)),
    endTime: clockOf(end),
  };
}
