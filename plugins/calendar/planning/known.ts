import { chunksOf, type Tables } from '../store/tables';
import type { Person } from '../store/types';

/** People of a site who have opened their calendars, by address: nobody else has any here. */
const KNOWN = 'calendar_known';

/** Remembers who is there; one read when nothing is new. */
export async function know(table: Tables, { site, user, mail }: Person): Promise<void> {
  const address = mail.trim().toLowerCase();
  if (address === '') return;
  const row: { user_id: number } | undefined = await table(KNOWN)
    .where({ site, mail: address })
    .first('user_id');
  if (row?.user_id === user) return;
  // An address that changed hands is its present holder's.
  await table(KNOWN)
    .insert({ site, mail: address, user_id: user })
    .onConflict(['site', 'mail'])
    .merge();
}

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
    .where({ site })
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
    .where({ site, user_id: user })
    .first('mail');
  return row?.mail;
}

export const eraseKnown = async (table: Tables, user: { readonly id: number }): Promise<void> => {
  await table(KNOWN).where({ user_id: user.id }).delete();
};
