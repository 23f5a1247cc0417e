/** Calendar and clock of a moment in a time zone. */
export interface ZonedParts {
  /** `2026-11-24`. */
  readonly day: string;
  /** `08:05`. */
  readonly time: string;
  /** 1 (Monday) to 7. */
  readonly weekday: number;
}

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

const made = new Map<string, Intl.DateTimeFormat>();

/** What the calendar and the clock of a zone (IANA name) show at a moment, in milliseconds since 1970. */
export function partsIn(ms: number, timeZone: string): ZonedParts {
  const format =
    made.get(timeZone) ??
    new Intl.DateTimeFormat('en-CA', {
      timeZone,
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
    });
  made.set(timeZone, format);
  const parts = new Map(format.formatToParts(ms).map(({ type, value }) => [type, value]));
  const part = (type: Intl.DateTimeFormatPartTypes): string => parts.get(type) ?? '';
  const day = `${part('year')}-${part('month')}-${part('day')}`;
  const weekday = new Date(`${day}T00:00:00Z`).getUTCDay();
  return { day, time: `${part('hour')}:${part('minute')}`, weekday: weekday === 0 ? 7 : weekday };
}

/** The day `count` days after one: `2026-11-24`. */
export const dayAfter = (day: string, count: number): string =>
  new Date(Date.parse(`${day}T00:00:00Z`) + count * DAY_MS).toISOString().slice(0, 10);

/**
 * When a zone's clock shows `time` (`08:00`) on `day` (`2026-11-24`), in milliseconds since 1970. A
 * time that the clocks skip is as many minutes after the change as it is after the skipped hour's
 * start; of one that they show twice, the first.
 */
export function momentOf(day: string, time: string, timeZone: string): number | undefined {
  const wall = Date.parse(`${day}T${time}:00Z`);
  if (!Number.isFinite(wall)) return undefined;
  const offsets = [wall - DAY_MS, wall + DAY_MS].map((ms) => offsetAt(ms, timeZone));
  const candidates = offsets.map((offset) => wall - offset);
  const shown = candidates.filter((ms) => ms + offsetAt(ms, timeZone) === wall);
  return shown.length > 0 ? Math.min(...shown) : Math.max(...candidates);
}

/** Milliseconds by which a zone's clock is ahead of UTC. */
function offsetAt(ms: number, timeZone: string): number {
  const { day, time } = partsIn(ms, timeZone);
  return Date.parse(`${day}T${time}:00Z`) - Math.floor(ms / MINUTE_MS) * MINUTE_MS;
}
