import type { Context, Db, Owner } from './owner';
import { isoAt, rowOf } from './owner';

const TABLE = 'twofactor_people';

/** Who has been asked for a second factor, or has one: for administrators, who know a name. */
export interface Person {
  readonly user: number;
  readonly login: string;
  readonly mail: string;
  readonly name: string;
  readonly requiredSince: string | undefined;
}

interface Row {
  readonly user_id: number;
  readonly login: string;
  readonly mail: string;
  readonly name: string;
  readonly required_since: string | null;
}

const personOf = (row: Row): Person => ({
  user: row.user_id,
  login: row.login,
  mail: row.mail,
  name: row.name,
  requiredSince: row.required_since ?? undefined,
});

export async function findPerson(db: Db, owner: Owner): Promise<Person | undefined> {
  const row: Row | undefined = await db.table(TABLE).where(rowOf(owner)).first();
  return row && personOf(row);
}

/** By login or address, as written by an administrator. */
export async function searchPerson(
  db: Db,
  site: Owner['site'],
  name: string,
): Promise<Person | undefined> {
  const wanted = name.trim().toLowerCase();
  const row: Row | undefined = await db
    .table(TABLE)
    .where({ site })
    .where((query) => {
      void query.where({ login: wanted }).orWhere({ mail: wanted }); // builds on, and runs nothing
    })
    .first();
  return row && personOf(row);
}

/**
 * Notes somebody who signs in, and since when a factor is required of them; writes only what changed.
 * The first day stays: who leaves a group and comes back has no new days of grace.
 */
export async function notePerson(
  { db, clock }: Context,
  owner: Owner,
  says: { readonly login: string; readonly mail: string; readonly name: string },
  isRequired: boolean,
): Promise<Person> {
  const known = await findPerson(db, owner);
  const { login, name } = says;
  const mail = says.mail.toLowerCase();
  const now = isoAt(clock.now());
  const requiredSince = known?.requiredSince ?? (isRequired ? now : undefined);
  const isSame =
    known !== undefined &&
    known.login === login &&
    known.mail === mail &&
    known.name === name &&
    known.requiredSince === requiredSince;
  if (!isSame) {
    const row = { ...rowOf(owner), login, mail, name, required_since: requiredSince ?? null };
    await db.table(TABLE).insert(row).onConflict(['site', 'user_id']).merge();
  }
  return { user: owner.user, login, mail, name, requiredSince };
}
