const DAY_MS = 86_400_000;

/** Dear to make, and asked at every event; no more of them than the configuration names zones. */
const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone);
  if (known) return known;
  const made = new Intl.DateTimeFormat('en', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  });
  formats.set(timeZone, made);
  return made;
}

/** The day of an instant where the clock shows `timeZone`: `2026-01-15`. */
export function dayAt(ms: number, timeZone: string): string {
  const parts = formatOf(timeZone).formatToParts(ms);
  const of = (type: string): string => parts.find((part) => part.type === type)?.value ?? '';
  return `${of('year')}-${of('month')}-${of('day')}`;
}

/** The day that is `days` later, or earlier. */
export const addDaysTo = (day: string, days: number): string =>
  new Date(Date.parse(`${day}T12:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);

/** Days in a row, the last one being `until`. */
export const lastDays = (until: string, count: number): readonly string[] =>
  Array.from({ length: count }, (_, index) => addDaysTo(until, index - count + 1));
