import type { Translate } from '../../kernel/i18n-types';

const MINUTE_S = 60;
const HOUR_S = 3_600;
const DAY_S = 86_400;

/** A length of time in the one unit that says enough: "12 secondes", "3 heures". */
export function durationWords(ms: number, t: Translate): string {
  const seconds = Math.max(0, Math.round(ms / 1_000));
  if (seconds < 2 * MINUTE_S) return t('transit.seconds', { count: seconds });
  if (seconds < 2 * HOUR_S) return t('transit.minutes', { count: Math.round(seconds / MINUTE_S) });
  if (seconds < 2 * DAY_S) return t('transit.hours', { count: Math.round(seconds / HOUR_S) });
  return t('transit.days', { count: Math.round(seconds / DAY_S) });
}
