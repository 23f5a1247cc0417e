import { type EventFields, SHOW_AS, VISIBILITIES } from '../ics';
import type { Preferences } from '../settings/values';
import { DAY_MS, dayOfWall, weekdayOf } from '../time/days';
import { ianaZone, isOnClocks } from '../time/zone';
import { oneOf } from './common';
import { clockOf, isoOf, parseClock, parseDay } from './dates';
import { webOf } from './meeting';
import { ENDS, ONCE, REPEATS, type Repeats, type RulePlace, repeatsOf, ruleOf } from './repeat';

/** What a field may hold; an event of somebody else's program may hold more, which stays. */
export const LIMITS = {
  summary: 300,
  location: 500,
  url: 2_000,
  categories: 500,
  description: 20_000,
  every: 99,
  count: 999,
} as const;
const ALARMS_MAX = 20;
/** Minutes that the form offers for a reminder. */
export const ALARMS = [0, 5, 10, 15, 30, 60, 120, 1_440, 2_880, 10_080] as const;

/** A form as it was typed. */
export interface EventTyped {
  readonly summary: string;
  readonly location: string;
  readonly url: string;
  readonly description: string;
  readonly categories: string;
  readonly isAllDay: boolean;
  readonly startDate: string;
  readonly startTime: string;
  readonly endDate: string;
  readonly endTime: string;
  readonly repeat: string;
  readonly every: string;
  readonly weekdays: readonly number[];
  readonly ends: string;
  readonly until: string;
  readonly count: string;
  readonly showAs: string;
  readonly visibility: string;
  readonly alarms: readonly string[];
}

const placeOf = (fields: Pick<EventFields, 'start' | 'isAllDay' | 'zone'>): RulePlace => ({
  start: fields.start,
  isAllDay: fields.isAllDay,
  zone: fields.isAllDay || fields.zone === '' ? undefined : ianaZone(fields.zone),
});

/** A form from an event. */
export function typedOf(fields: EventFields): EventTyped {
  const { start, isAllDay } = fields;
  const end = isAllDay ? Math.max(fields.end - DAY_MS, start) : fields.end;
  const repeats = repeatsOf(fields.rule, placeOf(fields));
  return {
    summary: fields.summary,
    location: fields.location,
    url: fields.url,
    description: fields.description,
    categories: fields.categories.join(', '),
    isAllDay,
    startDate: isoOf(dayOfWall(start)),
    startTime: isAllDay ? '09:00' : clockOf(start),
    endDate: isoOf(dayOfWall(end)),
    endTime: isAllDay ? '10:00' : clockOf(end),
    repeat: repeats.repeat,
    every: String(repeats.every),
    weekdays: repeats.weekdays,
    ends: repeats.ends,
    until: repeats.until === undefined ? '' : isoOf(repeats.until),
    count: String(repeats.count),
    showAs: fields.showAs,
    visibility: fields.visibility,
    alarms: fields.alarms.map(String),
  };
}

/** A form from what a browser sent. */
export function sentForm(lists: Readonly<Record<string, readonly string[]>>): EventTyped {
  const one = (name: string): string => lists[name]?.[0] ?? '';
  return {
    summary: one('summary'),
    location: one('location'),
    url: one('url'),
    description: one('description').replace(/\r\n?/g, '\n'),
    categories: one('categories'),
    isAllDay: one('allDay') === 'yes',
    startDate: one('startDate'),
    startTime: one('startTime'),
    endDate: one('endDate'),
    endTime: one('endTime'),
    repeat: one('repeat'),
    every: one('every') || '1',
    weekdays: (lists['weekday'] ?? []).map(Number).filter((day) => day >= 0 && day <= 6),
    ends: one('ends'),
    until: one('until'),
    count: one('count'),
    showAs: one('showAs'),
    visibility: one('visibility'),
    alarms: (lists['alarm'] ?? []).slice(0, ALARMS_MAX),
  };
}

export interface FormError {
  /** Id of the field. */
  readonly field: string;
  /** Key of a text. */
  readonly key: string;
  readonly max?: number;
}

/** An event that is changed, or what a new one is made of. */
export interface Basis {
  readonly fields: EventFields;
  /** A change of one occurrence is not one of the rule. */
  readonly isOne: boolean;
}

type Read =
  | { readonly kind: 'fields'; readonly fields: EventFields }
  | { readonly kind: 'errors'; readonly errors: readonly FormError[] };

/** The event that a form makes of another one; or what is wrong with the form, and nothing is cut. */
export function readForm(form: EventTyped, { fields: before, isOne }: Basis): Read {
  const errors: FormError[] = [];
  const long = (field: 'summary' | 'location' | 'url' | 'categories' | 'description'): void => {
    const max = Math.max(LIMITS[field], typedOf(before)[field].length);
    if (form[field].length > max) errors.push({ field, key: 'calendar:error.long', max });
  };
  for (const field of ['summary', 'location', 'url', 'categories', 'description'] as const)
    long(field);
  const url = form.url.trim();
  if (url !== '' && url !== before.url && !webOf(url))
    errors.push({ field: 'url', key: 'calendar:error.url' });
  const zone = form.isAllDay ? '' : before.zone;
  const times = timesOf(form, zone, errors);
  if (form.summary.trim() === '' && before.summary !== '')
    errors.push({ field: 'summary', key: 'calendar:error.summary' });
  else if (form.summary.trim() === '')
    errors.push({ field: 'summary', key: 'calendar:error.summary' });
  const place = times && placeOf({ start: times.start, isAllDay: form.isAllDay, zone });
  const repeats = isOne ? ONCE : readRepeats(form, times?.start, errors);
  if (!times || !place || errors.length > 0) return { kind: 'errors', errors };
  return {
    kind: 'fields',
    fields: {
      ...before,
      summary: form.summary.trim(),
      location: form.location.trim(),
      description:
        form.description.trim() === before.description.trim()
          ? before.description
          : form.description.trim(),
      url,
      isAllDay: form.isAllDay,
      ...times,
      zone,
      rule: isOne ? before.rule : ruleOf(repeats, place, before.rule),
      showAs: oneOf(SHOW_AS, form.showAs) ?? before.showAs,
      visibility: oneOf(VISIBILITIES, form.visibility) ?? before.visibility,
      categories: categoriesOf(form.categories, before.categories),
      alarms: alarmsOf(form.alarms),
    },
  };
}

/** Wall times; `undefined` and a word in `errors` for what is none. */
function timesOf(
  form: EventTyped,
  zoneName: string,
  errors: FormError[],
): { readonly start: number; readonly end: number } | undefined {
  const startDay = parseDay(form.startDate);
  const endDay = parseDay(form.endDate === '' ? form.startDate : form.endDate);
  if (startDay === undefined) errors.push({ field: 'startDate', key: 'calendar:error.day' });
  if (endDay === undefined) errors.push({ field: 'endDate', key: 'calendar:error.day' });
  if (startDay === undefined || endDay === undefined) return undefined;
  if (form.isAllDay) {
    if (endDay < startDay) errors.push({ field: 'endDate', key: 'calendar:error.end' });
    return { start: startDay * DAY_MS, end: (endDay + 1) * DAY_MS };
  }
  const from = parseClock(form.startTime);
  const to = parseClock(form.endTime);
  if (from === undefined) errors.push({ field: 'startTime', key: 'calendar:error.time' });
  if (to === undefined) errors.push({ field: 'endTime', key: 'calendar:error.time' });
  if (from === undefined || to === undefined) return undefined;
  const [start, end] = [startDay * DAY_MS + from, endDay * DAY_MS + to];
  const zone = ianaZone(zoneName);
  for (const [field, wall] of [
    ['startTime', start],
    ['endTime', end],
  ] as const)
    if (zone && !isOnClocks(zone, wall)) errors.push({ field, key: 'calendar:error.skipped' });
  if (end < start) errors.push({ field: 'endDate', key: 'calendar:error.end' });
  return { start, end };
}

function readRepeats(form: EventTyped, start: number | undefined, errors: FormError[]): Repeats {
  const repeat = form.repeat === 'other' ? 'other' : (oneOf(REPEATS, form.repeat) ?? 'never');
  if (repeat === 'never' || repeat === 'other') return { ...ONCE, repeat };
  const every = wholeOf(form.every, LIMITS.every);
  const ends = oneOf(ENDS, form.ends) ?? 'never';
  const until = parseDay(form.until);
  const count = wholeOf(form.count, LIMITS.count);
  const weekday = start === undefined ? undefined : weekdayOf(dayOfWall(start));
  const isOff = (days: readonly number[]): boolean =>
    weekday !== undefined && days.length > 0 && !days.includes(weekday);
  if (every === undefined)
    errors.push({ field: 'every', key: 'calendar:error.every', max: LIMITS.every });
  if (repeat === 'weekly' && isOff(form.weekdays))
    errors.push({ field: 'weekday', key: 'calendar:error.weekday' });
  if (repeat === 'weekdays' && isOff([0, 1, 2, 3, 4]))
    errors.push({ field: 'repeat', key: 'calendar:error.weekdays' });
  if (ends === 'until' && until === undefined)
    errors.push({ field: 'until', key: 'calendar:error.day' });
  else if (
    ends === 'until' &&
    start !== undefined &&
    until !== undefined &&
    until < dayOfWall(start)
  )
    errors.push({ field: 'until', key: 'calendar:error.until' });
  if (ends === 'count' && count === undefined)
    errors.push({ field: 'count', key: 'calendar:error.count', max: LIMITS.count });
  return {
    repeat,
    every: every ?? 1,
    weekdays: repeat === 'weekly' ? form.weekdays : [],
    ends,
    until,
    count: count ?? ONCE.count,
  };
}

function wholeOf(text: string, max: number): number | undefined {
  const value = /^\d{1,6}$/.test(text.trim()) ? Number(text) : 0;
  return value >= 1 && value <= max ? value : undefined;
}

const alarmsOf = (typed: readonly string[]): readonly number[] =>
  [...new Set(typed.filter((one) => /^\d{1,6}$/.test(one)).map(Number))].sort((a, b) => a - b);

/** Words between commas; one that the event has with a comma in it is one. */
function categoriesOf(text: string, before: readonly string[]): readonly string[] {
  if (text === before.join(', ')) return before;
  const words = text.split(',').map((word) => word.trim());
  return [...new Set(words.filter((word) => word !== ''))];
}

/** What two versions of an event say otherwise: a label and both texts. */
export function differencesOf(
  mine: EventFields,
  theirs: EventFields,
  texts: (fields: EventFields) => Readonly<Record<string, string>>,
): readonly { readonly label: string; readonly mine: string; readonly theirs: string }[] {
  const [a, b] = [texts(mine), texts(theirs)];
  return Object.keys(a)
    .filter((label) => a[label] !== b[label])
    .map((label) => ({ label, mine: a[label] ?? '', theirs: b[label] ?? '' }));
}

/** What a new event is before anything was typed. */
export const newFields = (
  { start, isAllDay = false }: { readonly start: number; readonly isAllDay?: boolean },
  { zone, lengthMs, reminder }: Pick<Preferences, 'zone' | 'lengthMs' | 'reminder'>,
): EventFields => ({
  summary: '',
  location: '',
  description: '',
  url: '',
  isAllDay,
  start,
  end: start + (isAllDay ? DAY_MS : lengthMs),
  zone: isAllDay ? '' : zone.id,
  rule: '',
  showAs: 'busy',
  visibility: 'public',
  categories: [],
  alarms: reminder === undefined ? [] : [reminder],
});
