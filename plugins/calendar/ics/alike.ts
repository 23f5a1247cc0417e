import { HOUR_MS } from '../time/days';
import { ianaZone, type Zone } from '../time/zone';

/** Zones that people have, the likeliest first. */
const CANDIDATES = [
  'Europe/Paris',
  'Europe/London',
  'Europe/Athens',
  'Europe/Istanbul',
  'Europe/Moscow',
  'America/New_York',
  'America/Chicago',
  'America/Denver',
  'America/Los_Angeles',
  'America/Halifax',
  'America/Miquelon',
  'America/Sao_Paulo',
  'Asia/Dubai',
  'Asia/Kolkata',
  'Asia/Shanghai',
  'Asia/Tokyo',
  'Australia/Sydney',
  'Pacific/Auckland',
] as const;

const at = (year: number, month: number, day = 1): number => Date.UTC(year, month, day);
/** Winter and summer, which tell most of them apart without the rest of their years. */
const FIRST_LOOK = [at(2026, 0), at(2026, 6)];
/** Each half month of the years that calendars are about. */
const YEARS = Array.from({ length: 12 }, (_, index) => 2020 + index);
const CLOSE_LOOK = YEARS.flatMap((year) =>
  Array.from({ length: 24 }, (_, index) =>
    at(year, Math.floor(index / 2), index % 2 === 0 ? 1 : 16),
  ),
);

/**
 * The IANA name of a zone that a file defines under a name of its own (« Customized Time Zone » of
 * Outlook): one whose clocks show the same, else that of its distance from UTC where it never changes.
 */
export function nameAlike(zone: Zone): string | undefined {
  const agrees = (other: Zone, moments: readonly number[]): boolean =>
    moments.every((moment) => zone.offsetAt(moment) === other.offsetAt(moment));
  for (const name of CANDIDATES) {
    const other = ianaZone(name);
    if (other && agrees(other, FIRST_LOOK) && agrees(other, CLOSE_LOOK)) return name;
  }
  const offset = zone.offsetAt(FIRST_LOOK[0] ?? 0);
  const hours = offset / HOUR_MS;
  const isFixed = CLOSE_LOOK.every((moment) => zone.offsetAt(moment) === offset);
  if (!isFixed || !Number.isInteger(hours) || Math.abs(hours) > 12) return undefined;
  // POSIX counts the other way round.
  return hours === 0 ? 'UTC' : `Etc/GMT${hours > 0 ? '-' : '+'}${Math.abs(hours)}`;
}
