import { ownMails } from '../people/own';
import { OBJECTS, type Tables } from '../store/tables';
import type { Person } from '../store/types';
import type { Limits } from '../store/write';
import { removeTold } from './write';

/** Of one calendar; who has more of them has another calendar. */
const MEETINGS_MAX = 500;

/**
 * Takes the meetings that are to come out of a calendar that goes: their rooms are free, and those who
 * are asked are told, as if each was deleted.
 */
export async function removeMeetings(
  table: Tables,
  person: Person,
  {
    key,
    calendar,
    ...told
  }: Limits &
    Omit<Parameters<typeof removeTold>[2], 'uri' | 'when'> & {
      readonly key: number;
    },
): Promise<void> {
  const uris: string[] = await table(OBJECTS)
    .where({ calendar_key: key, component: 'VEVENT' })
    .where('last_ms', '>', told.now)
    .where('text', 'like', '%ATTENDEE%')
    .limit(MEETINGS_MAX)
    .pluck('uri');
  const telling = { organisers: ownMails(person) };
  for (const uri of uris)
    await removeTold(table, person, { ...told, calendar, uri, when: { telling } });
}
