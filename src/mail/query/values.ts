import { plainWord } from './words';

/** A day, a month or a year: its first day, and the first one after it. */
export interface Period {
  readonly from: string;
  readonly until: string;
}

const DAY_MS = 86_400_000;
/** Servers write years with four digits (RFC 9051 9, `date-year`). */
const MIN_YEAR = 1000;
const MAX_YEAR = 9998;

const iso = (at: number): string => new Date(at).toISOString().slice(0, 10);

/** The period that begins on a day, when there is such a day. */
function period(
  year: number,
  month: number,
  day: number,
  length: 'day' | 'month' | 'year',
): Period | undefined {
  if (year < MIN_YEAR || year > MAX_YEAR) return undefined;
  const start = Date.UTC(year, month - 1, day);
  const made = new Date(start);
  // 31 February is 3 March to a computer, and a mistake to who typed it.
  if (made.getUTCMonth() !== month - 1 || made.getUTCDate() !== day) return undefined;
  const until =
    length === 'day'
      ? start + DAY_MS
      : length === 'month'
        ? Date.UTC(year, month, 1)
        : Date.UTC(year + 1, 0, 1);
  return { from: iso(start), until: iso(until) };
}

const dayOf = (at: number): Period => ({ from: iso(at), until: iso(at + DAY_MS) });

const BACK: Readonly<Record<string, number>> = {
  today: 0,
  aujourdhui: 0,
  yesterday: 1,
  hier: 1,
  'avant-hier': 2,
};
/** `7d`, `7j`, `2w`, `2s`: so many days or weeks ago; months and years by the calendar. */
const AGO = /^(\d{1,3})(d|j|w|s|m|y|a)$/;

function ago(count: number, unit: string, now: number): Period | undefined {
  if (unit === 'd' || unit === 'j') return dayOf(now - count * DAY_MS);
  if (unit === 'w' || unit === 's') return dayOf(now - count * 7 * DAY_MS);
  const { year, month, day } = parts(now);
  const months = unit === 'm' ? count : count * 12;
  const first = new Date(Date.UTC(year, month - 1 - months, 1));
  if (first.getUTCFullYear() < MIN_YEAR) return undefined;
  const last = new Date(Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + 1, 0)).getUTCDate();
  return period(first.getUTCFullYear(), first.getUTCMonth() + 1, Math.min(day, last), 'day');
}

const parts = (at: number) => {
  const date = new Date(at);
  return { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() };
};

const FORMS: readonly [RegExp, (...numbers: number[]) => Period | undefined][] = [
  [/^(\d{4})$/, (year = 0) => period(year, 1, 1, 'year')],
  [/^(\d{4})[-/](\d{1,2})$/, (year = 0, month = 0) => period(year, month, 1, 'month')],
  [
    /^(\d{4})[-/](\d{1,2})[-/](\d{1,2})$/,
    (year = 0, month = 0, day = 0) => period(year, month, day, 'day'),
  ],
  [/^(\d{1,2})[-/.](\d{4})$/, (month = 0, year = 0) => period(year, month, 1, 'month')],
  [
    /^(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})$/,
    (day = 0, month = 0, year = 0) => period(year, month, day, 'day'),
  ],
];

/** A date as people type it, seen from the day `today` (`YYYY-MM-DD`); French order where it is read both ways. */
export function parsePeriod(text: string, today: string): Period | undefined {
  const word = plainWord(text).replace(/['’\u02bc]/g, '');
  const now = Date.parse(today);
  if (Object.hasOwn(BACK, word)) return dayOf(now - (BACK[word] ?? 0) * DAY_MS);
  const back = AGO.exec(word);
  if (back) return ago(Number(back[1]), back[2] ?? '', now);
  for (const [form, read] of FORMS) {
    const match = form.exec(word);
    if (match) return read(...match.slice(1).map(Number));
  }
  return undefined;
}

const UNITS: Readonly<Record<string, number>> = {
  '': 1,
  o: 1,
  b: 1,
  k: 1024,
  ko: 1024,
  kb: 1024,
  m: 1024 ** 2,
  mo: 1024 ** 2,
  mb: 1024 ** 2,
  g: 1024 ** 3,
  go: 1024 ** 3,
  gb: 1024 ** 3,
};
/** `number` of RFC 9051 9: 32 bits. */
const MAX_BYTES = 4_294_967_295;

/** Bytes of `5M`, `1,5Mo`, `300k`; nothing when it is no size. */
export function parseSize(text: string): number | undefined {
  const match = /^(\d{1,10}(?:[.,]\d{1,3})?)([a-z]{0,2})$/.exec(plainWord(text));
  const unit = UNITS[match?.[2] ?? ''];
  if (!match?.[1] || unit === undefined) return undefined;
  const bytes = Math.round(Number(match[1].replace(',', '.')) * unit);
  return bytes <= MAX_BYTES ? bytes : undefined;
}

/** The shortest way to write a size that is read back as the same bytes. */
export function formatSize(bytes: number): string {
  for (const [unit, factor] of [
    ['G', 1024 ** 3],
    ['M', 1024 ** 2],
    ['k', 1024],
  ] as const) {
    if (bytes >= factor && bytes % factor === 0) return `${bytes / factor}${unit}`;
  }
  return String(bytes);
}
