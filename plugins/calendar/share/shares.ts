import { randomUUID } from 'node:crypto';
import { placeOf } from '../store/places';
import { canRead, RIGHTS } from '../store/rights';
import { SHARES, type Tables } from '../store/tables';
import type { Person, Rights } from '../store/types';

/** Shares of one calendar: a service of hundreds is a group. */
const SHARES_MAX = 200;

/** With whom a calendar is shared. */
export interface Share {
  readonly id: string;
  readonly kind: 'agent' | 'group';
  /** An address, or a group of the site. */
  readonly name: string;
  /** A name to show; an address where there is none. */
  readonly shown: string;
  readonly rights: Rights;
  readonly seesPrivate: boolean;
}

interface ShareRow {
  readonly id: string;
  readonly kind: string;
  readonly name: string;
  readonly shown: string;
  readonly rights: string;
  readonly sees_private: number;
}

/** With whom a person shares one of the calendars that they manage; `undefined` for any other. */
export async function sharesOf(
  table: Tables,
  person: Person,
  calendar: string,
): Promise<readonly Share[] | undefined> {
  const place = await placeOf(table, person, calendar);
  if (place?.rights !== 'manage') return undefined;
  const rows: ShareRow[] = await table(SHARES)
    .where({ calendar_key: place.key })
    .orderBy('kind')
    .orderBy('shown');
  return rows.map((row) => ({
    id: row.id,
    kind: row.kind === 'group' ? 'group' : 'agent',
    name: row.name,
    shown: row.shown,
    rights: RIGHTS.find((one) => one === row.rights) ?? 'free',
    seesPrivate: Boolean(row.sees_private),
  }));
}

export interface Sharing {
  readonly kind: 'agent' | 'group';
  readonly name: string;
  readonly shown: string;
  /** Who it is, where they have been here. */
  readonly user: number | undefined;
  readonly rights: Rights;
  readonly seesPrivate: boolean;
}

/** Shares a calendar, or changes what somebody may do in it. */
export async function share(
  table: Tables,
  person: Person,
  calendar: string,
  { kind, name, shown, user, rights, seesPrivate }: Sharing,
): Promise<'shared' | 'missing' | 'full' | 'own'> {
  const place = await placeOf(table, person, calendar);
  if (place?.rights !== 'manage') return 'missing';
  if (kind === 'agent' && user === place.ownerUser) return 'own';
  // Nobody gives themselves more than they were given.
  if (kind === 'agent' && user === person.user) return 'own';
  const key = { calendar_key: place.key, kind, name: name.slice(0, 320) };
  const there: { sees_private: unknown } | undefined = await table(SHARES)
    .where(key)
    .first('sees_private');
  // What somebody may not see is not theirs to show; what its owner showed stays.
  const shows = place.seesPrivate ? seesPrivate : seesPrivate && Boolean(there?.sees_private);
  const [{ count = 0 } = {}]: { count?: number }[] = await table(SHARES)
    .where({ calendar_key: place.key })
    .count({ count: '*' });
  if (there === undefined && Number(count) >= SHARES_MAX) return 'full';
  await table(SHARES)
    .insert({
      ...key,
      id: randomUUID(),
      site: person.site,
      shown: shown.slice(0, 200),
      user_id: user ?? null,
      rights,
      sees_private: canRead({ rights }) && shows,
    })
    .onConflict(['calendar_key', 'kind', 'name'])
    // An address that changed hands is its present holder's.
    .merge(['rights', 'sees_private', 'shown', 'user_id']);
  return 'shared';
}

/** Takes a share back: what was reached by it is not from then on. */
export async function unshare(
  table: Tables,
  person: Person,
  calendar: string,
  id: string,
): Promise<'unshared' | 'missing'> {
  const place = await placeOf(table, person, calendar);
  if (place?.rights !== 'manage') return 'missing';
  const gone: number = await table(SHARES).where({ id, calendar_key: place.key }).delete();
  return gone > 0 ? 'unshared' : 'missing';
}
