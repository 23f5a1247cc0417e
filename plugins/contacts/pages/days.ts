import type { PluginRequest } from 'estafette/plugin';
import { fold } from '../store';

type Locale = PluginRequest['locale'];

const KEPT = /^(?:(\d{4})|-)-(\d{2})-(\d{2})$/;
const NUMBERS = /^(\d{1,2})[/.-](\d{1,2})(?:[/.-](\d{4}))?$/;
const ISO = /^(\d{4})-(\d{2})-(\d{2})$/;
/** `31 décembre 1980`, `1er mai`, `3rd of May`; then `December 31, 1980`. */
const DAY_FIRST = /^(\d{1,2})(?:er|st|nd|rd|th)? (?:of )?([^\s\d.,]{3,10})[.,]?(?: (\d{4}))?$/;
const MONTH_FIRST = /^([^\s\d.,]{3,10})\.? (\d{1,2})(?:st|nd|rd|th)?(?:,? (\d{4}))?$/;
/** No day is longer. */
const CHARS = 40;

const monthsOf = (locale: Locale): readonly string[] => {
  const format = new Intl.DateTimeFormat(locale, { month: 'long', timeZone: 'UTC' });
  return Array.from({ length: 12 }, (_, at) => format.format(Date.UTC(2000, at)));
};
const MONTHS: Readonly<Record<Locale, readonly string[]>> = {
  fr: monthsOf('fr'),
  en: monthsOf('en'),
};

/** A month by its name in either language, or the beginning of one alone. */
function monthOf(word: string): string {
  const begins = (name: string): boolean => fold(name).startsWith(fold(word));
  const found = new Set(
    [MONTHS.fr, MONTHS.en].flatMap((names) =>
      names.flatMap((name, at) => (begins(name) ? [at + 1] : [])),
    ),
  );
  return found.size === 1 ? String([...found][0]) : '';
}

/** Day, month, year as they are written; no month where nothing is meant. */
function partsOf(text: string): readonly (string | undefined)[] {
  const [, isoYear, isoMonth, isoDate] = ISO.exec(text) ?? [];
  if (isoYear !== undefined) return [isoDate, isoMonth, isoYear];
  const numbers = NUMBERS.exec(text);
  if (numbers) return numbers.slice(1);
  const [, date, month = '', year] = DAY_FIRST.exec(text) ?? [];
  if (date !== undefined) return [date, monthOf(month), year];
  const [, name = '', day, itsYear] = MONTH_FIRST.exec(text) ?? [];
  return [day, monthOf(name), itsYear];
}

/** `31/12/1980`, `31/12`, `1980-12-31`, `31 décembre 1980` as a card has it; `undefined` for no day. */
export function dayOf(typed: string): string | undefined {
  const text = typed.trim().replace(/\s+/g, ' ').toLowerCase();
  if (text === '') return '';
  if (text.length > CHARS) return undefined;
  const [date = '', month = '', year] = partsOf(text);
  // 2000 is a leap year: 29/02 is a day where no year is told.
  const at = new Date(Date.UTC(Number(year ?? 2000), Number(month) - 1, Number(date)));
  if (month === '' || at.getUTCMonth() !== Number(month) - 1 || at.getUTCDate() !== Number(date))
    return undefined;
  const rest = `${month.padStart(2, '0')}-${date.padStart(2, '0')}`;
  return year === undefined ? `--${rest}` : `${year}-${rest}`;
}

/**
 * A day as it is read and typed: 31/12/1980, or 31/12 where the year is not told; in English in
 * words, where figures would be read the other way round on one side of an ocean.
 */
export function dayText(day: string, locale: Locale): string {
  const [, year, month, date] = KEPT.exec(day) ?? [];
  if (month === undefined || date === undefined) return day;
  const name = MONTHS[locale][Number(month) - 1];
  const isInWords = locale === 'en' && name !== undefined;
  const parts = isInWords ? [String(Number(date)), name, year] : [date, month, year];
  return parts.filter((part) => part !== undefined).join(isInWords ? ' ' : '/');
}
