import type { Calendar } from '../store';
import { rangesIn, rangesText } from './hours';
import { saidSchema } from './pages';
import { AUDIENCES, type Audience, type Said, WHERES } from './types';

/** Lengths that a page may have (minutes). */
export const LENGTHS = [10, 15, 20, 30, 45, 60, 90, 120] as const;
export const PAUSES = [0, 5, 10, 15, 30] as const;

/** The form of a page as it was typed. */
export interface Typed {
  readonly title: string;
  readonly description: string;
  readonly length: string;
  readonly pause: string;
  readonly notice: string;
  readonly horizon: string;
  /** Seven. */
  readonly hours: readonly string[];
  readonly onHolidays: boolean;
  readonly reasons: string;
  readonly where: string;
  readonly place: string;
  readonly asksPhone: boolean;
  readonly perDay: string;
  readonly audience: string;
  readonly calendar: string;
  readonly calendars: readonly string[];
  readonly isActive: boolean;
}

export const typedOf = (said: Said): Typed => ({
  title: said.title,
  description: said.description,
  length: String(said.lengthMinutes),
  pause: String(said.pauseMinutes),
  notice: String(said.noticeHours),
  horizon: String(said.horizonDays),
  hours: said.hours.map(rangesText),
  onHolidays: said.onHolidays,
  reasons: said.reasons.join('\n'),
  where: said.where,
  place: said.place,
  asksPhone: said.asksPhone,
  perDay: said.perDay === 0 ? '' : String(said.perDay),
  audience: said.audience,
  calendar: said.calendar,
  calendars: said.calendars,
  isActive: said.isActive,
});

export function sentForm(lists: Readonly<Record<string, readonly string[]>>): Typed {
  const one = (name: string): string => (lists[name]?.[0] ?? '').trim();
  return {
    title: one('title').replace(/[\s\p{Cc}]+/gu, ' '),
    description: one('description').replace(/\r\n?/g, '\n'),
    length: one('length'),
    pause: one('pause'),
    notice: one('notice'),
    horizon: one('horizon'),
    hours: [0, 1, 2, 3, 4, 5, 6].map((day) => one(`hours${day}`).slice(0, 200)),
    onHolidays: one('onHolidays') === 'yes',
    reasons: one('reasons').replace(/\r\n?/g, '\n'),
    where: one('where'),
    place: one('place'),
    asksPhone: one('asksPhone') === 'yes',
    perDay: one('perDay'),
    audience: one('audience'),
    calendar: one('calendar'),
    calendars: lists['counted'] ?? [],
    isActive: one('isActive') === 'yes',
  };
}

/** Fields with what is wrong with each: keys of texts. */
export type Errors = Readonly<Record<string, string>>;

const FAULTS: Readonly<Record<string, string>> = {
  title: 'calendar:booking.fault.title',
  description: 'calendar:booking.fault.description',
  lengthMinutes: 'calendar:booking.fault.length',
  pauseMinutes: 'calendar:booking.fault.pause',
  noticeHours: 'calendar:booking.fault.notice',
  horizonDays: 'calendar:booking.fault.horizon',
  hours: 'calendar:booking.fault.hours',
  reasons: 'calendar:booking.fault.reasons',
  place: 'calendar:booking.fault.place',
  perDay: 'calendar:booking.fault.perDay',
};
/** Names of the form's fields, by those of what they say. */
const FIELDS: Readonly<Record<string, string>> = {
  lengthMinutes: 'length',
  pauseMinutes: 'pause',
  noticeHours: 'notice',
  horizonDays: 'horizon',
  hours: 'hours0',
};

const whole = (text: string): number => (/^\d{1,5}$/.test(text) ? Number(text) : Number.NaN);

/** What a form says; or what is wrong with it. */
export function readForm(
  typed: Typed,
  {
    own,
    audiences,
  }: { readonly own: readonly Calendar[]; readonly audiences: readonly Audience[] },
): { readonly said: Said } | { readonly errors: Errors } {
  const errors: Record<string, string> = {};
  const hours = typed.hours.map((text, day) => {
    const ranges = rangesIn(text);
    if (!ranges) errors[`hours${day}`] = 'calendar:booking.fault.hours';
    return ranges ?? [];
  });
  if (Object.keys(errors).length === 0 && hours.every((ranges) => ranges.length === 0))
    errors['hours0'] = 'calendar:booking.fault.noHours';
  const where = WHERES.find((one) => one === typed.where) ?? 'place';
  if (where === 'video' && !/^https:\/\/\S+$/.test(typed.place))
    errors['place'] = 'calendar:booking.fault.link';
  const ids = own.map(({ id }) => id);
  const counted = typed.calendars.filter((id) => ids.includes(id));
  const read = saidSchema.safeParse({
    title: typed.title,
    description: typed.description,
    lengthMinutes: whole(typed.length),
    pauseMinutes: whole(typed.pause),
    noticeHours: whole(typed.notice),
    horizonDays: whole(typed.horizon),
    hours,
    onHolidays: typed.onHolidays,
    reasons: [
      ...new Set(
        typed.reasons
          .split('\n')
          .map((text) => text.replace(/[\s\p{Cc}]+/gu, ' ').trim())
          .filter((text) => text !== ''),
      ),
    ],
    where,
    place: typed.place,
    asksPhone: typed.asksPhone,
    perDay: typed.perDay === '' ? 0 : whole(typed.perDay),
    audience: audiences.find((one) => one === typed.audience) ?? AUDIENCES[0],
    calendar: ids.includes(typed.calendar) ? typed.calendar : '',
    // All of them: those that are made later count as well.
    calendars: counted.length === ids.length ? [] : counted,
    isActive: typed.isActive,
  });
  for (const issue of read.error?.issues ?? []) {
    const name = String(issue.path[0] ?? '');
    const field = FIELDS[name] ?? name;
    errors[field] ??= FAULTS[name] ?? 'calendar:booking.fault.title';
  }
  return read.success && Object.keys(errors).length === 0 ? { said: read.data } : { errors };
}
