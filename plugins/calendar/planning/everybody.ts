import { wallText } from '../free-busy/carried';
import { type Desk, hrefOf, isWritable } from '../pages/common';
import { type Attendee, PEOPLE_MAX } from '../people/attendees';
import { personOf } from '../people/typed';
import type { Tables } from '../store/tables';
import { type Span, timesTaken } from './cells';
import { type Group, groupsOf, type Member } from './groups';

/** The people of a planning without a group: those who share a calendar. */
const SHARED = 'shared';

/** The group of the planning that an address came from; `''` where it had none. */
export const groupIn = ({ planning = '' }: Readonly<Record<string, string>>): string =>
  planning === SHARED ? '' : planning;

/** Those who share a calendar with somebody are who they work with. */
export function sharersOf({ person, calendars }: Desk): readonly Member[] {
  const mails = calendars.flatMap(({ isOwn, owner }) => (isOwn ? [] : [owner.toLowerCase()]));
  return [...new Set(mails)]
    .filter((mail) => mail !== '' && mail !== person.mail.toLowerCase())
    .map((mail) => ({ mail, name: '' }));
}

/** Whom a page of the planning leads on with: `planning` in the address of a form names its people. */
export async function planningPeople(desk: Desk, id: string): Promise<readonly Attendee[]> {
  const { context, person } = desk;
  const mine = person.mail.toLowerCase();
  const table: Tables = (name) => context.db.table(name);
  const people =
    id === SHARED
      ? sharersOf(desk)
      : (await groupsOf(table, person)).find((one) => one.id === id)?.people;
  return (people ?? [])
    .filter(({ mail }) => mail !== mine)
    .slice(0, PEOPLE_MAX)
    .map(({ mail, name }) => personOf(mail, name));
}

/** The address of a form, or of common times, for the people that are looked at. */
export const withEverybody = (
  { context }: Pick<Desk, 'context'>,
  path: string,
  group: Group | undefined,
  more: Readonly<Record<string, string>>,
): string => hrefOf(context, path, { planning: group?.id ?? SHARED, ...more });

/** When all whose times are known are free: the last row of a planning, whose boxes invite them. */
export function everybodyRow(
  desk: Desk,
  group: Group | undefined,
  known: readonly (readonly Span[])[],
  times: readonly { readonly from: number; readonly to: number }[],
) {
  const { t, words, now, calendars } = desk;
  if (known.length < 2) return undefined;
  const mayWrite = calendars.some(isWritable);
  const busy = timesTaken(known, times);
  return times.map(({ from, to }, index) => {
    const count = busy[index] ?? 0;
    const isFree = count === 0;
    return {
      isFree,
      label: isFree ? t('calendar:planning.allFree') : t('calendar:planning.taken', { count }),
      when: words.when({ isAllDay: false, start: from, end: to }),
      href:
        isFree && mayWrite && to > now
          ? withEverybody(desk, 'edit', group, { start: wallText(Math.max(from, soon(now))) })
          : '',
    };
  });
}

const HALF_HOUR_MS = 1_800_000;
/** The next half hour: nobody is invited to what has begun. */
const soon = (now: number): number => Math.ceil(now / HALF_HOUR_MS) * HALF_HOUR_MS;
