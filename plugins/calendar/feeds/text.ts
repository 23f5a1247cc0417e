import { type HolidayName, holidaysOf, type Region } from '../holidays/days';
import { created } from '../ics';
import { DAY_MS, dateOf, HOUR_MS } from '../time/days';

/** Between two readings, unless the calendar says otherwise; and the bounds of what it may say. */
const USUAL_MS = 6 * HOUR_MS;
const LEAST_MS = HOUR_MS;
const MOST_MS = 7 * DAY_MS;
/** What one duration may say (RFC 5545 3.3.6), for a refresh. */
const DURATION = /^P(?:(\d{1,4})W)?(?:(\d{1,4})D)?(?:T(?:(\d{1,5})H)?(?:(\d{1,6})M)?(?:\d+S)?)?$/i;

/**
 * How long a calendar wants to be left alone (REFRESH-INTERVAL, RFC 7986 5.7; X-PUBLISHED-TTL of
 * Microsoft), within an hour and a week; six hours where it does not say.
 */
export function intervalOf(text: string): number {
  const head = text.slice(0, 20_000);
  const [, said = ''] =
    /^(?:REFRESH-INTERVAL(?:;[^:\r\n]*)?|X-PUBLISHED-TTL):([^\r\n]+)/im.exec(head) ?? [];
  const [whole, weeks, days, hours, minutes] = DURATION.exec(said.trim()) ?? [];
  if (whole === undefined) return USUAL_MS;
  const ms =
    Number(weeks ?? 0) * 7 * DAY_MS +
    Number(days ?? 0) * DAY_MS +
    Number(hours ?? 0) * HOUR_MS +
    Number(minutes ?? 0) * 60_000;
  return Math.min(Math.max(ms, LEAST_MS), MOST_MS);
}

/** Whether something is a calendar at all: a page that asks to sign in is none. */
export const isCalendar = (text: string): boolean => /^\uFEFF?\s*BEGIN:VCALENDAR\b/i.test(text);

/**
 * What a subscription is made of: nothing rings, and nobody is busy by what they only follow. Lines as
 * they stand, so that folded ones stay whole.
 */
export const quiet = (text: string): string =>
  text
    .replace(/^BEGIN:VALARM[ \t]*\r?\n[\s\S]*?^END:VALARM[ \t]*(?:\r?\n|$)/gim, '')
    .replace(/^(?:TRANSP|X-MICROSOFT-CDO-[A-Z]*STATUS)[;:][^\n]*(?:\n[ \t][^\n]*)*\n?/gim, '')
    .replace(/^BEGIN:VEVENT[ \t]*\r?\n/gim, 'BEGIN:VEVENT\r\nTRANSP:TRANSPARENT\r\n');

/** Years before and after the present one. */
const BEFORE = 1;
const AFTER = 3;

/** Public holidays as objects: of each day one, which stays the same one. */
export function holidayObjects(
  region: Region,
  now: number,
  nameOf: (name: HolidayName) => string,
): readonly { readonly uid: string; readonly text: string }[] {
  const { year } = dateOf(Math.floor(now / DAY_MS));
  const years = Array.from({ length: BEFORE + 1 + AFTER }, (_, index) => year - BEFORE + index);
  return years.flatMap((one) =>
    holidaysOf(one, region).map(({ day, name }) => {
      const uid = `holiday-${region}-${name}-${one}`;
      const text = created(
        {
          summary: nameOf(name),
          location: '',
          description: '',
          url: '',
          isAllDay: true,
          start: day * DAY_MS,
          end: (day + 1) * DAY_MS,
          zone: '',
          rule: '',
          showAs: 'free',
          visibility: 'public',
          categories: [],
          alarms: [],
        },
        // Made again, it is the same text.
        { uid, now: 0 },
      );
      return { uid, text };
    }),
  );
}
