import type { Tables } from '../store/tables';

/** What somebody chose on a page, rather than in the settings: a few words by name. */
const CHOICES = 'calendar_choices';

interface Whose {
  readonly site: string;
  readonly user: number;
}

/** What was chosen under a name; `undefined` where nothing was. */
export async function choiceOf(
  table: Tables,
  { site, user }: Whose,
  name: string,
): Promise<string | undefined> {
  const row: { value: string } | undefined = await table(CHOICES)
    .where({ site, user_id: user, name })
    .first('value');
  return row?.value;
}

/** Keeps a choice; who calls bounds it. */
export async function choose(
  table: Tables,
  { site, user }: Whose,
  { name, value }: { readonly name: string; readonly value: string },
): Promise<void> {
  await table(CHOICES)
    .insert({ site, user_id: user, name, value })
    .onConflict(['site', 'user_id', 'name'])
    .merge();
}

/** Nothing of somebody who is erased is left. */
export const eraseChoices = async (table: Tables, user: { readonly id: number }): Promise<void> => {
  await table(CHOICES).where({ user_id: user.id }).delete();
};

/** All of them, for the right of access. */
export const choicesOf = async (
  table: Tables,
  { site, user }: Whose,
): Promise<readonly { readonly name: string; readonly value: string }[]> =>
  table(CHOICES).where({ site, user_id: user }).orderBy('name').select('name', 'value');
