import { partsIn } from '../base/zoned';
import type { CoreSettings } from '../settings';

type Choices = CoreSettings['notices'];

const isWeekend = (weekday: number): boolean => weekday >= 6;

/**
 * Whether an agent wants no notice at a moment (milliseconds since 1970), by the clock of the site's
 * zone.
 */
export function isQuiet(
  { quietFrom, quietTo, weekend }: Choices,
  at: number,
  timeZone: string,
): boolean {
  const { weekday, time } = partsIn(at, timeZone);
  if (weekend === 'quiet' && isWeekend(weekday)) return true;
  if (quietFrom === 'none') return false;
  return time >= hour(quietFrom) || time < hour(quietTo);
}

const hour = (text: string): string => `${text.padStart(2, '0')}:00`;
