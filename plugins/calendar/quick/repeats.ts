import type { Cursor } from './cursor';
import { NUMBER, numberIn, WEEKDAY, weekdaysIn } from './lexicon';

/** How often something is; `weekdays` are those that it names. */
export interface Rhythm {
  /** RRULE without its end. */
  readonly rule: string;
  readonly weekdays: readonly number[];
  /** `2` of « deuxième mardi du mois », `-1` of the last one. */
  readonly nth?: number;
}

const CODES = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU'] as const;
const WORK = [0, 1, 2, 3, 4] as const;
const EACH = '(?:tous les|toutes les|chaque|every|each)';
const LIST = `${WEEKDAY}(?:(?:, ?| et (?:les? )?| and |, et | & )(?:les )?${WEEKDAY})*`;

const byDay = (weekdays: readonly number[]): string =>
  weekdays.map((weekday) => CODES[weekday]).join(',');

const weekly = (weekdays: readonly number[], every = 1): Rhythm => ({
  rule: `FREQ=WEEKLY${every > 1 ? `;INTERVAL=${every}` : ''}${weekdays.length > 0 ? `;BYDAY=${byDay(weekdays)}` : ''}`,
  weekdays,
});

const FREQUENCIES: Readonly<Record<string, string>> = {
  jour: 'DAILY',
  day: 'DAILY',
  semaine: 'WEEKLY',
  week: 'WEEKLY',
  mois: 'MONTHLY',
  month: 'MONTHLY',
  an: 'YEARLY',
  annee: 'YEARLY',
  year: 'YEARLY',
};

const RANKS: Readonly<Record<string, number>> = {
  premier: 1,
  '1er': 1,
  '1ers': 1,
  first: 1,
  deuxieme: 2,
  second: 2,
  '2e': 2,
  troisieme: 3,
  third: 3,
  '3e': 3,
  quatrieme: 4,
  fourth: 4,
  '4e': 4,
  dernier: -1,
  last: -1,
};

/** How often a sentence says that something is, cut out of it. */
export function takeRhythm(cursor: Cursor): Rhythm | undefined {
  const nth = cursor.take(
    new RegExp(
      `\\b(?:(?:${EACH}|le|the|on the) )?(${Object.keys(RANKS).join('|')})s? (${WEEKDAY}) (?:du|de chaque|of (?:the|each|every)) (?:mois|month)\\b`,
    ),
  );
  if (nth) {
    const rank = RANKS[nth.group(1)] ?? 1;
    const weekdays = weekdaysIn(nth.group(2));
    return { rule: `FREQ=MONTHLY;BYDAY=${rank}${byDay(weekdays)}`, weekdays, nth: rank };
  }
  if (
    cursor.take(
      new RegExp(
        `\\b(?:(?:${EACH} jours (?:ouvres|ouvrables|de (?:la )?semaine))|every (?:weekday|working day)|(?:${EACH} )?(?:du )?lundi au vendredi|chaque jour ouvre)\\b`,
      ),
    )
  )
    return weekly(WORK);
  const alternate = cursor.take(
    new RegExp(`\\b(?:un |une |every other )(${WEEKDAY})(?: sur deux)?\\b`),
  );
  if (alternate && /sur deux|every other/.test(alternate.typed.toLowerCase()))
    return weekly(weekdaysIn(alternate.group(1)), 2);
  if (cursor.take(/\bune semaine sur deux\b/)) return weekly([], 2);
  if (cursor.take(/\bun jour sur deux\b/)) return { rule: 'FREQ=DAILY;INTERVAL=2', weekdays: [] };
  const days = cursor.take(new RegExp(`\\b${EACH} (${LIST})(?![a-z])`));
  if (days) return weekly(weekdaysIn(days.group(1)));
  const every = cursor.take(
    new RegExp(
      `\\b${EACH} (?:(${NUMBER}) )?(jour|day|semaine|week|mois|month|an|annee|year)s?(?: (?:le|on) (${LIST}))?(?![a-z])`,
    ),
  );
  if (every) {
    const count = every.group(1) === '' ? 1 : numberIn(every.group(1));
    const frequency = FREQUENCIES[every.group(2)] ?? 'WEEKLY';
    const weekdays = weekdaysIn(every.group(3));
    if (frequency === 'WEEKLY') return weekly(weekdays, count);
    return { rule: `FREQ=${frequency}${count > 1 ? `;INTERVAL=${count}` : ''}`, weekdays };
  }
  // These say it and are words of the title: « point hebdo ».
  for (const [pattern, frequency] of [
    [/\b(?:quotidien(?:ne)?|daily)\b/, 'DAILY'],
    [/\b(?:hebdo(?:madaire)?|weekly)\b/, 'WEEKLY'],
    [/\b(?:mensuel(?:le)?|monthly)\b/, 'MONTHLY'],
    [/\b(?:annuel(?:le)?ment|yearly|tous les ans)\b/, 'YEARLY'],
  ] as const)
    if (cursor.find(pattern)) return { rule: `FREQ=${frequency}`, weekdays: [] };
  return undefined;
}

/** « 5 fois », « pendant 6 semaines »: how many times, by the rhythm. */
export function takeCount(cursor: Cursor): number | undefined {
  const times = cursor.take(/\b(\d{1,3}) (?:fois|times|occurrences)\b/);
  if (times) return Number(times.group(1));
  const weeks = cursor.take(
    new RegExp(
      `\\b(?:pendant|durant|for) (${NUMBER}) (?:semaines|weeks|mois|months|jours|days)\\b`,
    ),
  );
  return weeks && numberIn(weeks.group(1));
}
