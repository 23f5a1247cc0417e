import { addMonths } from '../pages/dates';
import { dateOf, dayOf, monthLength, weekdayOf } from '../time/days';
import type { Cursor } from './cursor';
import { MONTH, monthIn, NUMBER, numberIn, WEEKDAY, weekdayIn } from './lexicon';

/** Days that a sentence names. */
export interface Days {
  readonly first: number;
  /** The last one, in it. */
  readonly last: number;
  /** Somebody may have meant another one. */
  readonly isVague: boolean;
}

/** `3`, `3rd`, `1er`, and what may stand before it. */
const DATE = '(\\d{1,2})(?:er|st|nd|rd|th|e)?';
const YEAR = '(?: ?(?:,|de|of)? ?((?:19|20|21)\\d{2}))?';
const LE = "(?:(?:le|la|les|l'|du|au|on|the|ce|cette|this|des?) ?)?";

interface Today {
  readonly today: number;
}

/** A date of this year or, once it has passed, of the next one; undefined for what is none. */
function dateIn(
  { today }: Today,
  { date, month, year }: { date: number; month: number; year?: number | undefined },
): number | undefined {
  if (month < 1 || month > 12 || date < 1) return undefined;
  if (year !== undefined)
    return date <= monthLength(year, month) ? dayOf(year, month, date) : undefined;
  const now = dateOf(today).year;
  // The 29th of February waits for its year.
  for (let next = now; next < now + 9; next += 1) {
    if (date > monthLength(next, month)) continue;
    const day = dayOf(next, month, date);
    if (day >= today) return day;
  }
  return undefined;
}

const yearIn = (text: string): number | undefined => {
  if (text === '') return undefined;
  return text.length === 2 ? 2000 + Number(text) : Number(text);
};

/** The coming day of that name; today is not meant by its own name. */
export const coming = (today: number, weekday: number): number =>
  today + ((weekday - weekdayOf(today) + 6) % 7) + 1;

const one = (first: number | undefined, isVague = false): Days | undefined =>
  first === undefined ? undefined : { first, last: first, isVague };

type Reader = (cursor: Cursor, at: Today) => Days | undefined;

/** « du 3 au 7 août », « du 30 juillet au 2 août », « 3-7 August », « August 3 to 7 ». */
const range: Reader = (cursor, at) => {
  const plain = cursor.take(
    new RegExp(
      `\\b(?:(?:du|de|from|entre le) )?(?:the )?${DATE}(?: (${MONTH}))?${YEAR} ?(?:-|au|jusqu'au|to|until|et le) ?(?:the )?${DATE} (?:of )?(${MONTH})(?![a-z])${YEAR}`,
    ),
  );
  if (plain) {
    const year = yearIn(plain.group(6)) ?? yearIn(plain.group(3));
    const month = monthIn(plain.group(5)) ?? 0;
    const from = plain.group(2) === '' ? month : (monthIn(plain.group(2)) ?? 0);
    return spanOf(at, [Number(plain.group(1)), from], [Number(plain.group(4)), month], year);
  }
  const named = cursor.take(
    new RegExp(
      `\\b(?:from )?(${MONTH}) ${DATE} ?(?:-|to|until) ?(?:(${MONTH}) )?${DATE}(?!\\d|h|:)${YEAR}`,
    ),
  );
  if (named) {
    const month = monthIn(named.group(1)) ?? 0;
    const to = named.group(3) === '' ? month : (monthIn(named.group(3)) ?? 0);
    return spanOf(
      at,
      [Number(named.group(2)), month],
      [Number(named.group(4)), to],
      yearIn(named.group(5)),
    );
  }
  const figures = cursor.take(
    /\b(?:(?:du|de|from) )?(\d{1,2})\/(\d{1,2})(?:\/(\d{4}|\d{2}))? ?(?:-|au|to|until) ?(\d{1,2})\/(\d{1,2})(?:\/(\d{4}|\d{2}))?(?![\d/])/,
  );
  if (figures) {
    const part = (index: number): number => Number(figures.group(index));
    return spanOf(
      at,
      [part(1), part(2)],
      [part(4), part(5)],
      yearIn(figures.group(6)) ?? yearIn(figures.group(3)),
    );
  }
  const weekdays = cursor.take(
    new RegExp(`\\b(?:du|de|from) (${WEEKDAY}) (?:au|a|to|until) (${WEEKDAY})\\b`),
  );
  if (!weekdays) return undefined;
  const [from, to] = [weekdayIn(weekdays.group(1)), weekdayIn(weekdays.group(2))];
  if (from === undefined || to === undefined) return undefined;
  const first = coming(at.today, from);
  return { first, last: first + ((to - from + 7) % 7), isVague: false };
};

function spanOf(
  at: Today,
  [date, month]: readonly [number, number],
  [toDate, toMonth]: readonly [number, number],
  year: number | undefined,
): Days | undefined {
  const last = dateIn(at, { date: toDate, month: toMonth, year });
  if (last === undefined) return undefined;
  const { year: of } = dateOf(last);
  const first = dateIn(at, { date, month, year: month > toMonth ? of - 1 : of });
  return first === undefined || first > last ? undefined : { first, last, isVague: false };
}

/** « demain », « après-demain », « today ». */
const near: Reader = (cursor, { today }) => {
  if (cursor.take(/\b(?:apres[- ]demain|(?:the )?day after tomorrow)\b/)) return one(today + 2);
  if (cursor.take(/\b(?:demain|tomorrow)\b/)) return one(today + 1);
  if (cursor.take(/\b(?:aujourd'?hui|today|ce jour)\b/)) return one(today);
  if (
    cursor.find(
      /\b(?:ce soir|ce matin|cet apres[- ]midi|tonight|this (?:morning|afternoon|evening))\b/,
    )
  )
    return one(today);
  const after = cursor.take(
    new RegExp(`\\b(?:dans|d'ici|in) (${NUMBER}) (jour|day|semaine|week|mois|month|an|year)s?\\b`),
  );
  if (!after) return undefined;
  const count = numberIn(after.group(1));
  const unit = after.group(2);
  if (unit === 'jour' || unit === 'day') return one(today + count);
  if (unit === 'semaine' || unit === 'week') return one(today + 7 * count);
  return one(addMonths(today, unit === 'mois' || unit === 'month' ? count : 12 * count));
};

/** « lundi 24 novembre », « le 24 novembre 2027 », « November 24th », « 24/11 », `2026-11-24`. */
const dated: Reader = (cursor, at) => {
  const iso = cursor.take(new RegExp(`\\b${LE}((?:19|20|21)\\d{2})-(\\d{2})-(\\d{2})\\b`));
  if (iso)
    return one(
      dateIn(at, {
        year: Number(iso.group(1)),
        month: Number(iso.group(2)),
        date: Number(iso.group(3)),
      }),
    );
  const month = cursor.take(
    new RegExp(`\\b${LE}(?:(${WEEKDAY}),? )?${LE}${DATE} (?:of )?(${MONTH})(?![a-z])${YEAR}`),
  );
  if (month) return named(at, month.group(1), month.group(2), month.group(3), month.group(4));
  const english = cursor.take(
    new RegExp(`\\b${LE}(?:(${WEEKDAY}),? )?(${MONTH}) ${DATE}(?!\\d|h|:| ?[ap]m)${YEAR}`),
  );
  if (english)
    return named(at, english.group(1), english.group(3), english.group(2), english.group(4));
  const figures = cursor.take(
    new RegExp(
      `\\b${LE}(?:(${WEEKDAY}),? )?${LE}(\\d{1,2})[/.](\\d{1,2})(?:[/.](\\d{4}|\\d{2}))?(?![\\d/])`,
    ),
  );
  if (figures) {
    const day = dateIn(at, {
      date: Number(figures.group(2)),
      month: Number(figures.group(3)),
      year: yearIn(figures.group(4)),
    });
    return agreed(day, figures.group(1));
  }
  return undefined;
};

function named(at: Today, weekday: string, date: string, month: string, year: string) {
  return agreed(
    dateIn(at, { date: Number(date), month: monthIn(month) ?? 0, year: yearIn(year) }),
    weekday,
  );
}

/** A weekday that is not that of the date: one of both was a mistake. */
const agreed = (day: number | undefined, weekday: string): Days | undefined => {
  const meant = weekday === '' ? undefined : weekdayIn(weekday);
  return one(day, day !== undefined && meant !== undefined && weekdayOf(day) !== meant);
};

/** « lundi », « mardi prochain », « jeudi en huit », « mardi 24 », « le 24 ». */
const weekday: Reader = (cursor, at) => {
  const found = cursor.take(
    new RegExp(
      `\\b${LE}(next )?(${WEEKDAY})(?: (prochain|qui vient|en huit|en quinze|in a week|\\d{1,2}(?!\\d|[h:/-]| ?(?:h|heures?|[ap]m|min)\\b)))?(?![a-z])`,
    ),
  );
  if (found) {
    const day = weekdayIn(found.group(2));
    if (day === undefined) return undefined;
    const more = found.group(3);
    if (/^\d/.test(more)) return agreed(ofMonth(at, Number(more)), found.group(2));
    const next = coming(at.today, day);
    if (more === 'en huit' || more === 'in a week') return one(next + 7);
    if (more === 'en quinze') return one(next + 14);
    // Said on that very day, it may be today.
    return one(next, more === '' && found.group(1) === '' && weekdayOf(at.today) === day);
  }
  if (cursor.take(/\b(?:la )?(?:semaine prochaine|next week)\b/))
    return one(coming(at.today, 0), true);
  if (cursor.take(/\b(?:ce |this )?week-?end\b/)) {
    const first = coming(at.today, 5);
    return { first, last: first + 1, isVague: false };
  }
  if (cursor.take(/\b(?:le )?mois prochain|next month\b/)) return one(addMonths(at.today, 1), true);
  const alone = cursor.take(/\b(?:le|the|on the) (\d{1,2})(?:er|st|nd|rd|th)?(?![\d:/h]| ?h)\b/);
  return alone && one(ofMonth(at, Number(alone.group(1))));
};

/** The coming day of that number. */
function ofMonth({ today }: Today, date: number): number | undefined {
  const { year, month } = dateOf(today);
  for (let after = 0; after < 3; after += 1) {
    const first = dateOf(dayOf(year, month + after, 1));
    if (date < 1 || date > monthLength(first.year, first.month)) continue;
    const day = dayOf(first.year, first.month, date);
    if (day >= today) return day;
  }
  return undefined;
}

/** A month stands right after a day that was cut out without it: a date that no calendar has. */
export const hasMonthLeft = (cursor: Cursor): boolean =>
  cursor.find(new RegExp(`\uE000 ?(?:${MONTH})(?![a-z])`)) !== undefined;

const READERS: readonly Reader[] = [range, near, dated, weekday];

/** The days that a sentence names, cut out of it. */
export function takeDays(cursor: Cursor, at: Today): Days | undefined {
  for (const read of READERS) {
    const days = cursor.attempt(() => read(cursor, at));
    if (days) return days;
  }
  return undefined;
}
