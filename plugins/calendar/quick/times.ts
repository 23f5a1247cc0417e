import { HOUR_MS, MINUTE_MS } from '../time/days';
import type { Cursor } from './cursor';
import { NUMBER, numberIn } from './lexicon';

/** Hours that a sentence names, in milliseconds of the day. */
export interface Times {
  readonly from: number;
  /** Absent where only a beginning is named. */
  readonly to?: number;
  /** « matin »: somebody may have meant another hour. */
  readonly isVague: boolean;
}

/** `14h30`, `14 h`, `14:30`, `2pm`, `2:30 pm`, « 14 heures », « midi ». */
const CLOCK =
  '(?:(?:([01]?\\d|2[0-4])(?: ?h(?:eures?)? ?([0-5]\\d)?(?! ?\\d)|:([0-5]\\d)(?: ?([ap])\\.?m\\b\\.?)?| ?([ap])\\.?m\\b\\.?))|(midi|noon|minuit|midnight))';
const GROUPS = 6;
const AT = '(?:(?:a|at|des|vers|from|de|@) ?)?';

function clockAt(group: (index: number) => string, from: number): number | undefined {
  const word = group(from + 5);
  if (word !== '') return word === 'midi' || word === 'noon' ? 12 * HOUR_MS : 0;
  const hour = Number(group(from));
  const minutes = Number(group(from + 1) || group(from + 2) || '0');
  const half = group(from + 3) || group(from + 4);
  if (half !== '' && (hour < 1 || hour > 12)) return undefined;
  const hours = half === '' ? hour : (hour % 12) + (half === 'p' ? 12 : 0);
  return hours > 24 ? undefined : hours * HOUR_MS + minutes * MINUTE_MS;
}

/** « dans 2 heures », « in 45 minutes », « d'ici une demi-heure »: milliseconds from now, cut out. */
export function takeFromNow(cursor: Cursor): number | undefined {
  if (cursor.take(/\b(?:dans|d'ici|in) (?:une )?(?:demi-heure|half an hour)\b/))
    return 30 * MINUTE_MS;
  const found = cursor.take(
    new RegExp(
      `\\b(?:dans|d'ici|in) (?:(${NUMBER})|(une|an?)) ?(h|heures?|hours?|hrs?|min|mn|minutes?|mins)(?: ?([0-5]\\d))?\\b`,
    ),
  );
  if (!found) return undefined;
  const count = found.group(1) === '' ? 1 : numberIn(found.group(1));
  if (!found.group(3).startsWith('h')) return count * MINUTE_MS;
  return count * HOUR_MS + Number(found.group(4) || '0') * MINUTE_MS;
}

/** The hours of a sentence, cut out of it with the part of the day that they are in. */
export function takeTimes(cursor: Cursor): Times | undefined {
  const times = cursor.attempt(() => clocks(cursor));
  if (!times) return partOfDay(cursor);
  // « demain matin 9h »: the word says no more than the hour.
  cursor.take(
    /\b(?:(?:du |le |ce |de l'|cet |l')?(?:matin|apres[- ]midi|soir)|(?:in the|this) (?:morning|afternoon|evening)|tonight)\b/,
  );
  return times;
}

function clocks(cursor: Cursor): Times | undefined {
  // « 9-11h » and « 9 à 11h » say the unit once.
  const short = cursor.take(
    /\b(?:(?:de|from|entre|between) )?([01]?\d|2[0-3]) ?(?:-|a|to|et|and) ?([01]?\d|2[0-4]) ?(?:h(?:eures?)?|([ap])\.?m\.?)(?! ?\d)(?![a-z])/,
  );
  if (short) {
    const shift = short.group(3) === 'p' ? 12 : 0;
    const to = (Number(short.group(2)) % (shift > 0 ? 12 : 25)) + shift;
    const first = Number(short.group(1));
    const from = shift > 0 && first < 12 && first + 12 < to ? first + 12 : first;
    if (from < to) return { from: from * HOUR_MS, to: to * HOUR_MS, isVague: false };
    return { from: from * HOUR_MS, isVague: true };
  }
  const range = cursor.take(
    new RegExp(
      `(?<![\\w/])(?:(?:de|from|entre|between|des) )?${CLOCK} ?(?:-|a|jusqu'a|to|until|till|et|and) ?${CLOCK}`,
    ),
  );
  if (range) {
    const from = clockAt(range.group, 1);
    const to = clockAt(range.group, 1 + GROUPS);
    if (from !== undefined && to !== undefined) {
      if (to > from) return { from, to, isVague: false };
      // Into the night; midnight ends a day.
      return { from, to: to + 24 * HOUR_MS, isVague: to !== 0 };
    }
  }
  const alone = cursor.take(new RegExp(`(?<![\\w/])${AT}${CLOCK}(?![a-z])`));
  if (alone) {
    const from = clockAt(alone.group, 1);
    if (from !== undefined && from < 24 * HOUR_MS) return { from, isVague: false };
  }
  return undefined;
}

const PARTS: readonly (readonly [RegExp, number, number])[] = [
  [/\b(?:(?:le|ce|du|in the|this|au) )?(?:matin|matinee|morning)\b/, 9, 12],
  [/\b(?:(?:de l'|l'|cet |in the |this )?(?:apres[- ]midi|afternoon))\b/, 14, 17],
  [/\b(?:(?:le|ce|du|in the|this) )?(?:soir|soiree|evening|tonight)\b/, 18, 20],
];

function partOfDay(cursor: Cursor): Times | undefined {
  for (const [pattern, from, to] of PARTS)
    if (cursor.take(pattern)) return { from: from * HOUR_MS, to: to * HOUR_MS, isVague: true };
  return undefined;
}

/** « pendant 2 h », « 45 min », « for an hour and a half », « (1h30) », in milliseconds. */
export function takeLength(cursor: Cursor): number | undefined {
  const long = cursor.take(
    /\b(?:pendant|durant|duree(?: de)?|sur|for|pour) (?:(\d{1,2})|(une|an|one|deux|two|trois|three)) ?(?:h\b|heures?\b|hours?\b|hrs?\b)(?: ?(?:et |and )?(?:([0-5]?\d) ?(?:min\w*)?|(demie|a half)))?/,
  );
  if (long) {
    const words: Readonly<Record<string, number>> = { deux: 2, two: 2, trois: 3, three: 3 };
    const hours = long.group(1) === '' ? (words[long.group(2)] ?? 1) : Number(long.group(1));
    const minutes = long.group(4) === '' ? Number(long.group(3) || '0') : 30;
    return hours * HOUR_MS + minutes * MINUTE_MS;
  }
  const joined = cursor.take(/\b(?:pendant|durant|duree(?: de)?|for|pour) (\d{1,2})h([0-5]\d)\b/);
  if (joined) return Number(joined.group(1)) * HOUR_MS + Number(joined.group(2)) * MINUTE_MS;
  if (cursor.take(/\b(?:pendant |durant |for |pour )?(?:une )?(?:demi-heure|half an hour)\b/))
    return 30 * MINUTE_MS;
  const minutes = cursor.take(
    /\b(?:(?:pendant|durant|for|pour|duree(?: de)?) )?(\d{1,3}) ?(?:min|mn|minutes?|mins)\b/,
  );
  return minutes && Math.max(Number(minutes.group(1)), 5) * MINUTE_MS;
}
