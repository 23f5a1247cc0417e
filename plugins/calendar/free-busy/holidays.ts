import { dayOf } from '../time/days';

/** Easter Sunday of a year, by the Gregorian computus of Meeus. */
export function easterOf(year: number): number {
  const [a, b, c] = [year % 19, Math.floor(year / 100), year % 100];
  const f = Math.floor((b + 8) / 25);
  const g = Math.floor((b - f + 1) / 3);
  const h = (19 * a + b - Math.floor(b / 4) - g + 15) % 30;
  const l = (32 + 2 * (b % 4) + 2 * Math.floor(c / 4) - h - (c % 4)) % 7;
  const m = Math.floor((a + 11 * h + 22 * l) / 451);
  const sum = h + l - 7 * m + 114;
  return dayOf(year, Math.floor(sum / 31), (sum % 31) + 1);
}

/** Whether nobody works in France: the eleven days of the Code du travail (L3133-1). */
export function isHoliday(day: number): boolean {
  const date = new Date(day * 86_400_000);
  const [year, month, of] = [date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate()];
  const fixed = ['1-1', '5-1', '5-8', '7-14', '8-15', '11-1', '11-11', '12-25'];
  if (fixed.includes(`${month}-${of}`)) return true;
  // Easter Monday, Ascension and Whit Monday.
  return [1, 39, 50].includes(day - easterOf(year));
}
