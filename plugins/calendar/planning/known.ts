import { chunksOf, type Tables } from '../store/tables';
import type { Person } from '../store/types';

/** People of a site who have opened their calendars, by address: nobody else has any here. */
const KNOWN = 'calendar_known';

/** Remembers who is there; one read when nothing is new. */
export async function know(
  table: Tables,
  { site, user, mail }: Person,
  aliases: readonly string[] = [],
): Promise<void> {
  const address = mail.trim().toLowerCase();
  if (address === '') return;
  const rows: { mail: string; user_id: number; is_alias: unknown }[] = await table(KNOWN)
    .where({ site })
    .whereIn('mail', [address, ...aliases])
    .select('mail', 'user_id', 'is_alias');
  const known = new Map(rows.map((row) => [row.mail, row]));
  const main = known.get(address);
  // An address that changed hands is its present holder's.
  if (main?.user_id !== user || main.is_alias) await keep(table, { site, user, address });
  for (const alias of aliases) {
    const row = known.get(alias);
    // The main address of somebody is nobody's alias.
    if (row?.user_id === user || (row && !row.is_alias)) continue;
    await keep(table, { site, user, address: alias, isAlias: true });
  }
}

const keep = async (
  table: Tables,
  {
    site,
    user,
    address,
    isAlias = false,
  }: {
    readonly site: string;
    readonly user: number;
    readonly address: string;
    readonly isAlias?: boolean;
  },
): Promise<void> => {
  await table(KNOWN)
    .insert({ site, mail: address, user_id: user, is_alias: isAlias })
    .onConflict(['site', 'mail'])
    .merge();
};

/** Whose addresses these are; those of nobody known are absent. */
export async function usersOf(
  table: Tables,
  site: string,
  mails: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const users = new Map<string, number>();
  for (const some of chunksOf([...new Set(mails.map((mail) => mail.toLowerCase()))])) {
    const rows: { mail: string; user_id: number }[] = await table(KNOWN)
      .where({ site })
      .whereIn('mail', some)
      .select('mail', 'user_id');
    for (const { mail, user_id: user } of rows) users.set(mail, user);
  }
  return users;
}

/** The addresses of people by their ids; who has not been here is absent. */
export async function ownersOf(
  table: Tables,
  site: string,
  users: readonly number[],
): Promise<ReadonlyMap<number, string>> {
  const rows: { mail: string; user_id: number }[] = await table(KNOWN)
    .where({ site, is_alias: false })
    .whereIn('user_id', [...new Set(users)])
    .select('mail', 'user_id');
  return new Map(rows.map(({ mail, user_id: user }) => [user, mail]));
}

/** The address of somebody, where they have been here. */
export async function mailOf(
  table: Tables,
  site: string,
  user: number,
): Promise<string | undefined> {
  const row: { mail: string } | undefined = await table(KNOWN)
    .where({ site, user_id: user, is_alias: false })
    .first('mail');
  return row?.mail;
}

export const eraseKnown = async (table: Tables, user: { readonly id: number }): Promise<void> => {
  await table(KNOWN).where({ user_id: user.id }).delete();
};
