import type { ShowAs } from '../ics';
import { DAY_MS, dayOfWall, HOUR_MS, weekdayOf } from '../time/days';
import { type Cursor, cursorOf } from './cursor';
import { coming, type Days, hasMonthLeft, takeDays } from './dates';
import { type Rhythm, takeCount, takeRhythm } from './repeats';
import { type Times, takeFromNow, takeLength, takeTimes } from './times';

/** What a sentence says, in wall times of who wrote it. */
export interface Understood {
  readonly summary: string;
  readonly location: string;
  /** An address of the web that stands in it. */
  readonly url: string;
  readonly isAllDay: boolean;
  readonly start: number;
  /** The end is outside. */
  readonly end: number;
  /** RRULE, `''` for what is once. */
  readonly rule: string;
  readonly showAs: ShowAs;
  /** Nothing was guessed: it may be made without asking. */
  readonly isSure: boolean;
  /** Whether a day or an hour was named at all. */
  readonly isDated: boolean;
  /** An hour was named. */
  readonly isTimed: boolean;
}

export interface Where {
  /** What the clock of who writes shows. */
  readonly now: number;
  /** Of an event whose end is not named (ms). */
  readonly lengthMs: number;
}

/** Longer than any line that somebody types into one field. */
export const SENTENCE_CHARS = 300;

const STATUSES: readonly (readonly [RegExp, ShowAs])[] = [
  [/\b(?:conges?|vacances|rtt|annual leave|on leave|vacation|holidays?)\b/, 'leave'],
  [
    /\b(?:teletravail|tele-travail|telework(?:ing)?|remote work|work(?:ing)? from home|wfh)\b/,
    'telework',
  ],
  [/\b(?:absent|absente|absence|out of office|ooo|away)\b/, 'absent'],
  [/\b(?:provisoire|a confirmer|tentative|tbc|to be confirmed)\b/, 'tentative'],
];

/** What a line for one event says, French or English; undefined for an empty one. */
export function understand(sentence: string, where: Where): Understood | undefined {
  const cursor = cursorOf(sentence.slice(0, SENTENCE_CHARS));
  if (cursor.rest() === '') return undefined;
  const today = dayOfWall(where.now);
  // First: an address holds what looks like hours and dates.
  const url = cursor.take(/\bhttps?:\/\/[^\s\uE000<>"]+/)?.typed ?? '';
  const showAs = STATUSES.find(([pattern]) => cursor.find(pattern))?.[1] ?? 'busy';
  const isWhole = cursor.take(/\b(?:toute la journee|journee entiere|all[- ]day)\b/) !== undefined;
  const rhythm = takeRhythm(cursor);
  const until = rhythm && takeUntil(cursor, today);
  const count = rhythm && until === undefined ? takeCount(cursor) : undefined;
  const soon = soonAt(takeFromNow(cursor), where.now);
  const length = takeLength(cursor);
  const days = soon?.days ?? takeDays(cursor, { today });
  const times = soon?.times ?? takeTimes(cursor);
  // « le 30 février »: the day was taken alone, for there is no such date.
  const isOdd = hasMonthLeft(cursor);
  const place = takePlace(cursor);
  const title = titleOf(cursor);
  // « visio 15h »: a place that is all that was said is what it is about.
  const [summary, location] = title === '' ? [place, ''] : [title, place];
  const isAllDay =
    isWhole ||
    (times === undefined &&
      (isSeveral(days) || showAs === 'leave' || showAs === 'telework' || showAs === 'absent'));
  const day = dayFor({ days, rhythm, times, now: where.now });
  const { start, end } = spanFor({ day, days, times, length, isAllDay, where });
  const isDated = days !== undefined || times !== undefined || rhythm !== undefined;
  return {
    summary: summary === '' ? '' : summary.slice(0, 1).toUpperCase() + summary.slice(1),
    location,
    url,
    isAllDay,
    start,
    end,
    rule: rhythm ? ruleFor(rhythm, { until, count }) : '',
    showAs,
    isDated,
    isTimed: times !== undefined,
    isSure:
      summary !== '' &&
      isDated &&
      !isOdd &&
      !(days?.isVague ?? false) &&
      !(times?.isVague ?? false) &&
      (isAllDay || times !== undefined) &&
      !(rhythm && isSeveral(days)),
  };
}

const FIVE_MINUTES = 300_000;

/** The moment that is so far away, on the next five minutes; its day and hour. */
function soonAt(
  ms: number | undefined,
  now: number,
): { readonly days: Days; readonly times: Times } | undefined {
  if (ms === undefined) return undefined;
  const at = Math.ceil((now + ms) / FIVE_MINUTES) * FIVE_MINUTES;
  const day = dayOfWall(at);
  return {
    days: { first: day, last: day, isVague: false },
    times: { from: at - day * DAY_MS, isVague: false },
  };
}

const isSeveral = (days: Days | undefined): boolean => days !== undefined && days.last > days.first;

/** « jusqu'au 20 décembre », « until June 30 ». */
function takeUntil(cursor: Cursor, today: number): number | undefined {
  if (!cursor.find(/\b(?:jusqu'?a?u?|until|till) (?:le |the )?(?=\d|[a-z]+ \d)/)) return undefined;
  const tail = cursor.take(
    /\b(?:jusqu'?a?u?|until|till) ((?:le |the )?(?:\d{1,2}(?:er|st|nd|rd|th)? [a-z]+\.?(?: \d{4})?|[a-z]+\.? \d{1,2}(?:st|nd|rd|th)?(?:,? \d{4})?|\d{1,2}\/\d{1,2}(?:\/\d{2,4})?|\d{4}-\d{2}-\d{2}))(?! ?h\b)/,
  );
  return tail && takeDays(cursorOf(tail.group(1)), { today })?.first;
}

function ruleFor(
  { rule }: Rhythm,
  { until, count }: { readonly until: number | undefined; readonly count: number | undefined },
): string {
  if (until !== undefined) {
    // Whole days and times alike end with the last second of that day.
    const date = new Date(until * DAY_MS).toISOString().slice(0, 10).replaceAll('-', '');
    return `${rule};UNTIL=${date}`;
  }
  return count !== undefined && count > 0 ? `${rule};COUNT=${count}` : rule;
}

/** The first day: the one that is named, else the first that the rhythm or the hour allows. */
function dayFor({
  days,
  rhythm,
  times,
  now,
}: {
  readonly days: Days | undefined;
  readonly rhythm: Rhythm | undefined;
  readonly times: Times | undefined;
  readonly now: number;
}): number {
  const today = dayOfWall(now);
  if (rhythm?.nth !== undefined && rhythm.weekdays[0] !== undefined)
    return nthDay(days?.first ?? today, rhythm.nth, rhythm.weekdays[0]);
  if (rhythm && rhythm.weekdays.length > 0) {
    const from = days?.first ?? today;
    const isLate = times !== undefined && from * DAY_MS + times.from <= now;
    return Math.min(...rhythm.weekdays.map((weekday) => coming(isLate ? from : from - 1, weekday)));
  }
  if (days) return days.first;
  // An hour that has passed is tomorrow's.
  return times && today * DAY_MS + times.from < now ? today + 1 : today;
}

/** The first such day of a month that has not passed. */
function nthDay(from: number, nth: number, weekday: number): number {
  for (let day = from; day < from + 70; day += 1) {
    if (weekdayOf(day) !== weekday) continue;
    const date = new Date(day * DAY_MS).getUTCDate();
    const isLast =
      new Date((day + 7) * DAY_MS).getUTCMonth() !== new Date(day * DAY_MS).getUTCMonth();
    if (nth === -1 ? isLast : Math.ceil(date / 7) === nth) return day;
  }
  return from;
}

function spanFor({
  day,
  days,
  times,
  length,
  isAllDay,
  where,
}: {
  readonly day: number;
  readonly days: Days | undefined;
  readonly times: Times | undefined;
  readonly length: number | undefined;
  readonly isAllDay: boolean;
  readonly where: Where;
}): { readonly start: number; readonly end: number } {
  const last = days && day === days.first ? days.last : day;
  if (isAllDay) return { start: day * DAY_MS, end: (last + 1) * DAY_MS };
  const start = day * DAY_MS + (times?.from ?? 9 * HOUR_MS);
  const to = times?.to === undefined ? undefined : last * DAY_MS + times.to;
  return { start, end: to ?? start + (length ?? where.lengthMs) };
}

const NAMED =
  /(?:^|[ ,;(\uE000-])((?:en )?(?:salle|bureau|batiment|amphi(?:theatre)?|auditorium|room|meeting room|office|building|bat\.?) (?:(?:de |du |des |d'|la |l')?[^\s,;()\uE000]+)(?: (?!avec|with|et|and|pour|for|le|la|a|au|sur|on|from)[^\s,;()\uE000]+){0,3})/;
const ONLINE =
  /\b(?:en |par |in |by |via )?(visio(?:conference)?|webconf(?:erence)?|telephone|video ?(?:call|conference)|phone|en ligne|online)\b/;
/** « à Lyon », « chez Mme Martin », « at the Ministry »: a capital says that it is the name of a place. */
const NAMED_PLACE =
  /(?:^|[\s\uE000])(?:à|au|aux|At|at|in|@) ?((?:(?:la|le|les|l’|l'|the|mairie de|préfecture de|gare de) ?)*\p{Lu}[^\uE000,;]*)(?=\uE000|,|;|$)/u;

/** Where it is, cut out of the sentence. */
function takePlace(cursor: Cursor): string {
  const at = cursor.take(/(?:^|[ \uE000])@ ?([^,;\uE000]+)/);
  if (at) return capitalOf(at.typed.replace(/^[\s\uE000]*@ ?/, '').trim());
  const named = cursor.take(NAMED);
  if (named)
    return capitalOf(
      named.typed
        .replace(/^[\s,;(\uE000-]+/, '')
        .replace(/^en /i, '')
        .trim(),
    );
  const rest = cursor.rest();
  const place = NAMED_PLACE.exec(rest);
  if (place?.[1] !== undefined && place.index > 0) {
    const literal = place[0].trim();
    const taken = cursor.take(
      new RegExp(
        escaped(literal.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase().replace(/’/g, "'")),
      ),
    );
    if (taken) return capitalOf(place[1].trim());
  }
  const online = cursor.take(ONLINE);
  return online
    ? capitalOf(online.typed.replace(/^(?:en|par|in|by|via) (?!ligne)/i, '').trim())
    : '';
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
const capitalOf = (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1);

/** What is left, without the small words that led to what was cut out. */
function titleOf(cursor: Cursor): string {
  let title = cursor.rest();
  for (let before = ''; before !== title; ) {
    before = title;
    title = title
      .replace(/^[\s,;:()\-–—]+|[\s,;:()\-–—]+$/g, '')
      .replace(
        /(?:^|\s)(?:le|la|les|l['’]|à|a|au|du|de|des|en|dès|vers|on|at|from|the|in|for|pour|et|and|à partir|starting)$/i,
        '',
      )
      .replace(/^(?:le|on|at|à|du|from)\s+/i, '')
      .trim();
  }
  return title;
}
