import type { EventFields } from '../ics';
import type { Desk } from '../pages/common';
import type { Opened } from '../pages/opened';
import { ianaZone, toUtc, toWall } from '../time/zone';

/** What a form begins with: whoever sees a time in UTC did not mean another country. */
export function shownFields(
  desk: Pick<Desk, 'zone'>,
  { fields, isSeries }: Pick<Opened, 'fields' | 'isSeries'>,
): EventFields {
  if (fields.isAllDay) return { ...fields, zone: desk.zone.id };
  const zone = ianaZone(fields.zone);
  if (fields.zone !== 'UTC' || isSeries || !zone) return fields;
  const moved = (wall: number): number => toWall(desk.zone, toUtc(zone, wall));
  return { ...fields, start: moved(fields.start), end: moved(fields.end), zone: desk.zone.id };
}
