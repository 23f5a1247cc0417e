import type { Translate } from '../kernel/i18n-types';

const DAY_MS = 86_400_000;

/** Where a list by date is broken: today, yesterday, this week and the last, this month, each month. */
export interface DayGroups {
  /** Title of the part in which a date falls; dates to come are today's. */
  titleOf(date: string): string;
}

/** Days since 1970 of a date in a time zone. */
function dayIn(zone: Intl.DateTimeFormat, date: Date): number {
  const parts = new Map(zone.formatToParts(date).map(({ type, value }) => [type, Number(value)]));
  const [year = 1970, month = 1, day = 1] = ['year', 'month', 'day'].map((one) =>
    parts.get(one as Intl.DateTimeFormatPartTypes),
  );
  return Date.UTC(year, month - 1, day) / DAY_MS;
}

// Made once for each zone and language: they cost as much as a hundred rows.
const formats = new Map<string, Intl.DateTimeFormat>();
function format(key: string, make: () => Intl.DateTimeFormat): Intl.DateTimeFormat {
  const known = formats.get(key) ?? make();
  formats.set(key, known);
  return known;
}

/** Parts of a list as they are at `now`, for somebody in `timeZone`. Weeks begin on Monday. */
export function dayGroups({
  now,
  timeZone,
  locale,
  t,
}: {
  readonly now: number;
  readonly timeZone: string;
  readonly locale: 'fr' | 'en';
  readonly t: Translate;
}): DayGroups {
  const language = locale === 'fr' ? 'fr-FR' : 'en-GB';
  const zone = format(`day ${timeZone}`, () => {
    return new Intl.DateTimeFormat('en-US', {
      timeZone,
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
    });
  });
  const months = format(`month ${timeZone} ${language}`, () => {
    return new Intl.DateTimeFormat(language, { timeZone, month: 'long', year: 'numeric' });
  });
  const today = dayIn(zone, new Date(now));
  const monday = today - ((today + 3) % 7); // 1970 began on a Thursday
  const thisMonth = months.format(new Date(now));
  return {
    titleOf(date) {
      const at = new Date(date);
      const day = dayIn(zone, at);
      if (day >= today) return t('mail.group.today');
      if (day === today - 1) return t('mail.group.yesterday');
      if (day >= monday) return t('mail.group.week');
      if (day >= monday - 7) return t('mail.group.lastWeek');
      const month = months.format(at);
      if (month === thisMonth) return t('mail.group.month');
      return month.slice(0, 1).toLocaleUpperCase(language) + month.slice(1);
    },
  };
}
