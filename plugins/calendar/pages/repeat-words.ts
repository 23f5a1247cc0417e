import { dateOf, dayOfWall, weekdayOf } from '../time/days';
import type { Desk } from './common';
import { nthOf, type Repeats, type RulePlace, repeatsOf } from './repeat';
import { aWeekday } from './words';

const NTH_TEXTS = [
  'calendar:repeats.first',
  'calendar:repeats.second',
  'calendar:repeats.third',
  'calendar:repeats.fourth',
  'calendar:repeats.fifth',
] as const;

/** How an event repeats, in words; `''` for what takes place once. */
export function repeatWords(
  { t, words }: Pick<Desk, 't' | 'words'>,
  rule: string,
  place: RulePlace,
): string {
  const repeats = repeatsOf(rule, place);
  if (repeats.repeat === 'never') return '';
  if (repeats.repeat === 'other') return t('calendar:repeats.other');
  const basis = basisOf({ t, words }, repeats, dayOfWall(place.start));
  if (repeats.ends === 'until' && repeats.until !== undefined)
    return t('calendar:repeats.until', { basis, date: words.day(repeats.until, 'date') });
  if (repeats.ends === 'count') return t('calendar:repeats.times', { basis, count: repeats.count });
  return basis;
}

function basisOf(
  { t, words }: Pick<Desk, 't' | 'words'>,
  { repeat, every: count, weekdays }: Repeats,
  start: number,
): string {
  const weekday = words.day(aWeekday(weekdayOf(start)), 'weekday');
  switch (repeat) {
    case 'weekdays':
      return t('calendar:repeats.weekdays');
    case 'weekly': {
      const days = weekdays.length > 0 ? [...weekdays].sort((a, b) => a - b) : [weekdayOf(start)];
      const names = days.map((day) => words.day(aWeekday(day), 'weekday'));
      return t('calendar:repeats.weekly', { count, days: words.list(names) });
    }
    case 'monthday':
      return t('calendar:repeats.monthday', { count, day: dateOf(start).day });
    case 'monthnth': {
      const nth = t(NTH_TEXTS[nthOf(start) - 1] ?? NTH_TEXTS[0]);
      return t('calendar:repeats.monthnth', { count, nth, weekday });
    }
    case 'monthlast':
      return t('calendar:repeats.monthlast', { count, weekday });
    case 'yearly':
      return t('calendar:repeats.yearly', { count, date: words.day(start, 'dayMonth') });
    default:
      return t('calendar:repeats.daily', { count });
  }
}
