import { DAY_MS } from '../time/days';

/** Where public holidays differ (code du travail, L3133-1, L3134-13 and L3422-2). */
export const REGIONS = [
  'metropole',
  'alsace-moselle',
  'guadeloupe',
  'martinique',
  'guyane',
  'reunion',
  'mayotte',
] as const;
export type Region = (typeof REGIONS)[number];

/** Month and day of what has the same date each year. */
const FIXED = ['1-1', '5-1', '5-8', '7-14', '8-15', '11-1', '11-11', '12-25'];
/** Days after Easter: its Monday, Ascension, Whit Monday. */
const MOVING = [1, 39, 50];
/** The abolition of slavery has a date of its own in each, and Alsace-Moselle has its local law. */
const OWN: Readonly<Record<Region, { readonly fixed?: string; readonly moving?: number }>> = {
  metropole: {},
  'alsace-moselle': { fixed: '12-26', moving: -2 },
  guadeloupe: { fixed: '5-27' },
  martinique: { fixed: '5-22' },
  guyane: { fixed: '6-10' },
  reunion: { fixed: '12-20' },
  mayotte: { fixed: '4-27' },
};

/** Easter Sunday as a day since 1970, by the anonymous Gregorian computus. */
export function easterOf(year: number): number {
  const a = year % 19;
  const b = Math.floor(year / 100);
  const c = year % 100;
  const f = Math.floor((b + 8) / 25);
  const g = Math.floor((b - f + 1) / 3);
  const h = (19 * a + b - Math.floor(b / 4) - g + 15) % 30;
  const l = (32 + 2 * (b % 4) + 2 * Math.floor(c / 4) - h - (c % 4)) % 7;
  const m = Math.floor((a + 11 * h + 22 * l) / 451);
  const n = h + l - 7 * m + 114;
  return Date.UTC(year, Math.floor(n / 31) - 1, (n % 31) + 1) / DAY_MS;
}

/** What they are called, by month and day, and by days after Easter. */
const NAMES: Readonly<Record<string, HolidayName>> = {
  '1-1': 'newYear',
  '5-1': 'labour',
  '5-8': 'victory',
  '7-14': 'national',
  '8-15': 'assumption',
  '11-1': 'allSaints',
  '11-11': 'armistice',
  '12-25': 'christmas',
  '12-26': 'stephen',
};
const MOVING_NAMES: Readonly<Record<number, HolidayName>> = {
  [-2]: 'goodFriday',
  1: 'easterMonday',
  39: 'ascension',
  50: 'whitMonday',
};
export type HolidayName =
  | 'newYear'
  | 'labour'
  | 'victory'
  | 'national'
  | 'assumption'
  | 'allSaints'
  | 'armistice'
  | 'christmas'
  | 'stephen'
  | 'goodFriday'
  | 'easterMonday'
  | 'ascension'
  | 'whitMonday'
  | 'abolition';

/** The public holidays of a year, in order. */
export function holidaysOf(
  year: number,
  region: Region,
): readonly { readonly day: number; readonly name: HolidayName }[] {
  const own = OWN[region];
  const fixed = [...FIXED, ...(own.fixed === undefined ? [] : [own.fixed])].map((date) => {
    const [month = 1, day = 1] = date.split('-').map(Number);
    return { day: Date.UTC(year, month - 1, day) / DAY_MS, name: NAMES[date] ?? 'abolition' };
  });
  const moving = [...MOVING, ...(own.moving === undefined ? [] : [own.moving])].map((after) => ({
    day: easterOf(year) + after,
    name: MOVING_NAMES[after] ?? 'easterMonday',
  }));
  return [...fixed, ...moving].sort((a, b) => a.day - b.day);
}

/** Whether a day (since 1970) is a public holiday of a region. */
export function isHoliday(day: number, region: Region = 'metropole'): boolean {
  const date = new Date(day * DAY_MS);
  const fixed = `${date.getUTCMonth() + 1}-${date.getUTCDate()}`;
  const own = OWN[region];
  if (FIXED.includes(fixed) || fixed === own.fixed) return true;
  const after = day - easterOf(date.getUTCFullYear());
  return MOVING.includes(after) || after === own.moving;
}
