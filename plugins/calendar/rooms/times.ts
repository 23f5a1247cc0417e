import type { Desk } from '../pages/common';
import type { Span } from '../planning/cells';
import type { Occurrence } from '../store';
import { findOccurrences } from '../store/occurrences';
import type { Tables } from '../store/tables';
import { DAY_MS } from '../time/days';
import { toUtc, toWall } from '../time/zone';
import { roomPerson } from './book';
import type { Room } from './config';

/** What a room is booked for, in walls of who looks: when and by whom. */
export async function bookingsOf(
  { context, person, zone }: Pick<Desk, 'context' | 'person' | 'zone'>,
  room: Room,
  { from, to }: { readonly from: number; readonly to: number },
): Promise<readonly Span[]> {
  const table: Tables = (name) => context.db.table(name);
  const { occurrences } = await findOccurrences(table, roomPerson(person.site, room), {
    from: toUtc(zone, from * DAY_MS),
    to: toUtc(zone, to * DAY_MS),
    zone: zone.id,
    calendars: [room.id],
    limit: 1_000,
  });
  const wall = (one: Occurrence, at: number): number => (one.isAllDay ? at : toWall(zone, at));
  return occurrences
    .filter(({ isCancelled }) => !isCancelled)
    .map((one) => ({
      start: wall(one, one.start),
      end: wall(one, one.end),
      showAs: 'busy' as const,
      title: one.summary,
      href: '',
    }));
}

/** The same of the rooms among some addresses. */
export async function roomTimes(
  desk: Pick<Desk, 'context' | 'person' | 'zone'>,
  mails: readonly string[],
  window: { readonly from: number; readonly to: number },
): Promise<ReadonlyMap<string, readonly Span[]>> {
  const { rooms } = desk.context.config(desk.person.site);
  const found = new Map<string, readonly Span[]>();
  for (const room of rooms)
    if (mails.includes(room.mail)) found.set(room.mail, await bookingsOf(desk, room, window));
  return found;
}
