import type { Locale, Translate } from '../kernel/i18n-types';

export type DateStyle = 'list' | 'long' | 'short' | 'time';

/** Dates, sizes and numbers as a person of this language and time zone writes them. */
export interface Formats {
  date(iso: string, style: DateStyle): string;
  size(bytes: number): string;
  number(value: number): string;
}

type Styles = Readonly<Record<string, Intl.DateTimeFormatOptions>>;
const STYLES = {
  time: { hour: '2-digit', minute: '2-digit' },
  weekday: { weekday: 'short', day: 'numeric' },
  dayMonth: { day: 'numeric', month: 'short' },
  short: { day: 'numeric', month: 'short', year: 'numeric' },
  long: {
    weekday: 'long',
    day: 'numeric',
    month: 'long',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
  },
  key: { year: 'numeric', month: '2-digit', day: '2-digit' },
} satisfies Styles;

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
/** Dates remembered as text: the rows of a hundred lists; Intl takes 5 µs for each otherwise. */
const REMEMBERED_MAX = 5_000;
const ISO_MAX_CHARS = 40;
const SIZE_STEPS = ['byte', 'kilobyte', 'megabyte', 'gigabyte'] as const;

// Calendar days are counted in UTC: in the zone itself, days last 23 or 25 hours twice a year.
const dayOf = (key: string): number => Date.parse(`${key}T00:00:00Z`);

/** Formats bound to a language and a zone; Intl objects are costly, so they are made once. */
export function createFormats(
  locale: Locale,
  timeZone: string,
  t: Translate,
  now: () => number,
): Formats {
  const tag = locale === 'fr' ? 'fr-FR' : 'en-GB';
  const made = new Map<string, Intl.DateTimeFormat>();
  const format = (style: keyof typeof STYLES, at: Date | number): string => {
    const intl =
      made.get(style) ??
      new Intl.DateTimeFormat(style === 'key' ? 'en-CA' : tag, { ...STYLES[style], timeZone });
    made.set(style, intl);
    return intl.format(at);
  };
  const integers = new Intl.NumberFormat(tag);
  const decimals = new Intl.NumberFormat(tag, { maximumFractionDigits: 1 });

  let today = { minute: -1, key: '' };
  // Zones differ from UTC by whole minutes: a day begins with one.
  const todayKey = (): string => {
    const minute = Math.floor(now() / MINUTE_MS);
    if (minute !== today.minute) today = { minute, key: format('key', now()) };
    return today.key;
  };

  const listDate = (at: Date, today: string): string => {
    const key = format('key', at);
    const age = (dayOf(today) - dayOf(key)) / DAY_MS;
    if (age === 0) return format('time', at);
    if (age === 1) return t('date.yesterday');
    if (age > 1 && age <= 6) return format('weekday', at);
    const isThisYear = key.slice(0, 4) === today.slice(0, 4);
    return format(isThisYear ? 'dayMonth' : 'short', at);
  };

  const dateText = (iso: string, style: DateStyle, today: string): string => {
    const at = new Date(iso);
    if (Number.isNaN(at.getTime())) return '';
    return style === 'list' ? listDate(at, today) : format(style, at);
  };

  // What a date is called changes with the day: the memory is emptied at midnight.
  const remembered = new Map<string, string>();
  let rememberedOn = '';

  return {
    date(iso, style) {
      const day = todayKey();
      if (day !== rememberedOn || remembered.size >= REMEMBERED_MAX) remembered.clear();
      rememberedOn = day;
      const id = `${style} ${iso}`;
      const text = remembered.get(id) ?? dateText(iso, style, day);
      if (iso.length <= ISO_MAX_CHARS) remembered.set(id, text);
      return text;
    },
    size(bytes) {
      let value = Math.max(0, bytes);
      let step = 0;
      // Rounded as it will be written: 999,960 bytes are 1 MB, not 1,000 kB.
      while (Math.round(value) >= 1000 && step < SIZE_STEPS.length - 1) {
        value /= 1000;
        step += 1;
      }
      const text =
        value >= 10 || step === 0 ? integers.format(Math.round(value)) : decimals.format(value);
      return t(`size.${SIZE_STEPS[step] ?? 'byte'}`, { value: text });
    },
    number: (value) => integers.format(value),
  };
}
