import { ownersOf } from '../planning/known';
import { type Place, placeOfRow } from './places';
import { canRead, RIGHTS } from './rights';
import { CALENDARS, type CalendarTableRow, SEEN, SHARES, type Tables } from './tables';
import { COLOURS, type Person, type Rights } from './types';

interface ShareRow {
  readonly calendar_key: number;
  readonly rights: string;
  readonly sees_private: number;
}

interface SeenRow {
  readonly calendar_key: number;
  readonly colour: string | null;
  readonly is_shown: number | null;
  readonly is_left: number;
}

/** The share of a person, and those of their groups: an address counts until whoever has it came. */
const sharesFor = (table: Tables, { site, user, mail, groups = [] }: Person) =>
  table(SHARES)
    .where({ site })
    .where((theirs) => {
      void theirs
        .where({ user_id: user })
        .orWhere((coming) => {
          void coming
            .whereNull('user_id')
            .where({ kind: 'agent', name: mail.trim().toLowerCase() });
        })
        .orWhere((ours) => {
          void ours.where({ kind: 'group' }).whereIn('name', [...groups]);
        });
    });

/** Calendars of others that somebody reaches, each with the widest of what they were given. */
export async function sharedWith(table: Tables, person: Person): Promise<readonly Place[]> {
  const { site, user } = person;
  const shares: ShareRow[] = await sharesFor(table, person).select(
    'calendar_key',
    'rights',
    'sees_private',
  );
  if (shares.length === 0) return [];
  const keys = [...new Set(shares.map(({ calendar_key }) => calendar_key))];
  const rows: CalendarTableRow[] = await table(CALENDARS)
    .where({ site })
    .whereNot({ user_id: user })
    .whereIn('key', keys)
    .orderBy('key');
  const seen: SeenRow[] = await table(SEEN)
    .where({ site, user_id: user })
    .whereIn('calendar_key', keys);
  const owners = await ownersOf(
    table,
    site,
    rows.map((row) => row.user_id),
  );
  return rows.flatMap((row) => {
    const mine = seen.find((one) => one.calendar_key === row.key);
    if (mine?.is_left) return [];
    const given = shares.filter((one) => one.calendar_key === row.key);
    const level = Math.max(...given.map(({ rights }) => RIGHTS.indexOf(rights as Rights)));
    const most = RIGHTS[level];
    if (most === undefined) return [];
    const own = placeOfRow(row);
    // A copy of what another server has is changed there alone.
    const rights: Rights = own.rights === 'read' && most !== 'free' ? 'read' : most;
    return [
      {
        ...own,
        id: `s-${own.life}`,
        rights,
        seesPrivate: canRead({ rights }) && given.some((one) => Boolean(one.sees_private)),
        isOwn: false,
        owner: owners.get(row.user_id) ?? '',
        colour: COLOURS.find((one) => one === mine?.colour) ?? own.colour,
        isShown: mine?.is_shown === null || mine === undefined ? true : Boolean(mine.is_shown),
      },
    ];
  });
}

/** Shares of an address are those of who has come with it. */
export async function claimShares(table: Tables, { site, user, mail }: Person): Promise<void> {
  const name = mail.trim().toLowerCase();
  const waiting = { site, kind: 'agent', name };
  const there: unknown = await table(SHARES).where(waiting).whereNull('user_id').first('id');
  if (there !== undefined)
    await table(SHARES).where(waiting).whereNull('user_id').update({ user_id: user });
}

/** How a person sees a calendar of somebody else's. */
export async function keepSeen(
  table: Tables,
  { site, user }: Person,
  key: number,
  values: {
    readonly colour?: string | undefined;
    readonly is_shown?: boolean | undefined;
    readonly is_left?: boolean | undefined;
  },
): Promise<void> {
  await table(SEEN)
    .insert({ site, user_id: user, calendar_key: key, ...values })
    .onConflict(['site', 'user_id', 'calendar_key'])
    .merge(Object.keys(values));
}
