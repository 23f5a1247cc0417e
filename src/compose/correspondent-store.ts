import { z } from 'zod';
import type { UserId } from '../base/types';
import type { Address } from '../mail/types';
import type { Executor } from './rows';

// The oldest beyond this are forgotten: nobody writes to more people than this and wants them all.
const MAX_CORRESPONDENTS = 5_000;

// People met in what was read, apart from those written to: they never push those out.
const MAX_MET = 1_000;

export interface Correspondent extends Address {
  readonly uses: number;
  readonly lastUsed: number;
}

/** Without accents and in lower case, so that « helene » finds « Hélène ». */
export const fold = (text: string): string =>
  text
    .normalize('NFD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase();

/** The form that is searched: each word after one space. */
const wordsOf = ({ name, mail }: Address): string =>
  ` ${fold(`${name} ${mail}`)
    .split(/[^\p{L}\p{N}]+/u)
    .filter(Boolean)
    .join(' ')} ${fold(mail)}`;

// `\`, `%` and `_` are what LIKE reads; the escape character is given explicitly below.
const likeText = (text: string): string => text.replace(/[\\%_]/g, '\\$&');

const correspondentRows = z.array(
  z.object({
    name: z.string(),
    mail: z.string(),
    uses: z.number(),
    last_used: z.coerce.number(),
  }),
);

// SQLite takes that many rows in one statement.
const ROWS_AT_ONCE = 200;

/** Counts one use of each address; a new name replaces an empty one or the former. */
export async function learnCorrespondents(
  on: Executor,
  user: UserId,
  people: readonly Address[],
  now: number,
): Promise<void> {
  const rows = rowsOf(user, people, { now, uses: 1 });
  if (rows.length === 0) return;
  const kept = (column: string): unknown =>
    on.raw("case when excluded.name = '' then correspondents.?? else excluded.?? end", [
      column,
      column,
    ]);
  const merged = {
    name: kept('name'),
    words: kept('words'),
    last_used: on.raw('excluded.last_used'),
    uses: on.raw('correspondents.uses + 1'),
  };
  for (let start = 0; start < rows.length; start += ROWS_AT_ONCE) {
    await on('correspondents')
      .insert(rows.slice(start, start + ROWS_AT_ONCE))
      .onConflict(['user_id', 'mail'])
      .merge(merged);
  }
  const all = on('correspondents').where({ user_id: user });
  await forgetBeyond(all, MAX_CORRESPONDENTS);
}

/** Takes note of people whom nobody wrote to yet: of no use until then, below all who were. */
export async function meetPeople(
  on: Executor,
  user: UserId,
  people: readonly Address[],
  { now, isWanted }: { readonly now: number; readonly isWanted: () => Promise<boolean> },
): Promise<void> {
  const rows = rowsOf(user, people, { now, uses: 0 });
  const fresh = rows.filter(await isNews(on, user, rows));
  // Whoever is known costs no second question.
  if (fresh.length === 0 || !(await isWanted())) return;
  await on('correspondents')
    .insert(fresh)
    .onConflict(['user_id', 'mail'])
    .merge(['name', 'words'])
    // Somebody written to by the bare address has a name now; any other name stays.
    .where('correspondents.name', '');
  const met = on('correspondents').where({ user_id: user, uses: 0 });
  await forgetBeyond(met, MAX_MET);
}

type Row = ReturnType<typeof rowsOf>[number];

/** Whether a row would change anything: most people of what is read are known already. */
async function isNews(
  on: Executor,
  user: UserId,
  rows: readonly Row[],
): Promise<(row: Row) => boolean> {
  if (rows.length === 0) return () => false;
  const known = z.array(z.object({ mail: z.string(), name: z.string() })).parse(
    await on('correspondents')
      .where({ user_id: user })
      .whereIn(
        'mail',
        rows.map(({ mail }) => mail),
      )
      .select('mail', 'name'),
  );
  const names = new Map(known.map(({ mail, name }) => [mail, name]));
  return ({ mail, name }) => {
    const before = names.get(mail);
    return before === undefined || (before === '' && name !== '');
  };
}

/** One row per address; of several names the last. */
function rowsOf(
  user: UserId,
  people: readonly Address[],
  { now, uses }: { readonly now: number; readonly uses: number },
) {
  const names = new Map<string, string>();
  for (const person of people) {
    const mail = person.mail.toLowerCase();
    names.set(mail, person.name || (names.get(mail) ?? ''));
  }
  return [...names].map(([mail, name]) => {
    const words = wordsOf({ name, mail });
    return { user_id: user, mail, name, words, last_used: now, uses };
  });
}

async function forgetBeyond(rows: ReturnType<Executor>, count: number): Promise<void> {
  const oldest = rows
    .clone()
    .select('last_used')
    .orderBy('last_used', 'desc')
    .limit(1)
    .offset(count);
  // Without that many there is no oldest, and nothing compares with it.
  await rows.clone().where('last_used', '<=', oldest).delete();
}

/** Correspondents one of whose words begins with each word of the query, most used first. */
export async function searchCorrespondents(
  on: Executor,
  user: UserId,
  query: string,
  limit: number,
): Promise<readonly Correspondent[]> {
  const search = on('correspondents').where({ user_id: user });
  for (const word of fold(query).split(/\s+/).filter(Boolean).slice(0, 8)) {
    search.whereRaw("words like ? escape '\\'", [`% ${likeText(word)}%`]);
  }
  // Of many who match, those written to come first.
  search.orderByRaw('case when uses > 0 then 0 else 1 end');
  const rows = correspondentRows.parse(await search.orderBy('last_used', 'desc').limit(limit));
  return rows.map(({ last_used, ...person }) => ({ ...person, lastUsed: last_used }));
}

export interface CorrespondentPage {
  readonly people: readonly Correspondent[];
  /** Of all pages. */
  readonly total: number;
}

/** A page of everybody who is remembered: those written to most, and last, come first. */
export async function listCorrespondents(
  on: Executor,
  user: UserId,
  { query = '', offset = 0, limit = 50 }: CorrespondentQuestion,
): Promise<CorrespondentPage> {
  const search = on('correspondents').where({ user_id: user });
  for (const word of fold(query).split(/\s+/).filter(Boolean).slice(0, 8)) {
    search.whereRaw("words like ? escape '\\'", [`% ${likeText(word)}%`]);
  }
  const [counted] = z
    .array(z.object({ count: z.coerce.number() }))
    .parse(await search.clone().count({ count: '*' }));
  const rows = correspondentRows.parse(
    await search
      .orderBy([
        { column: 'uses', order: 'desc' },
        { column: 'last_used', order: 'desc' },
        { column: 'mail' },
      ])
      .offset(offset)
      .limit(limit)
      .select('name', 'mail', 'uses', 'last_used'),
  );
  return {
    people: rows.map(({ last_used, ...person }) => ({ ...person, lastUsed: last_used })),
    total: counted?.count ?? 0,
  };
}

export interface CorrespondentQuestion {
  readonly query?: string;
  readonly offset?: number;
  readonly limit?: number;
}

/** Forgets these addresses, or everybody; how many there were. */
export async function forgetCorrespondents(
  on: Executor,
  user: UserId,
  mails?: readonly string[],
): Promise<number> {
  const rows = on('correspondents').where({ user_id: user });
  if (mails === undefined) return rows.delete();
  const wanted = mails.slice(0, ROWS_AT_ONCE).map((mail) => mail.toLowerCase());
  return rows.whereIn('mail', wanted).delete();
}
