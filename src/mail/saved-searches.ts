import { z } from 'zod';
import { AppError } from '../base/errors';
import { newToken } from '../base/ids';
import type { UserId } from '../base/types';
import type { Settings } from '../settings';
import { QUERY_MAX_CHARS } from './query';

export const SEARCH_NAME_MAX = 60;
/** More is no pane any more. */
export const SEARCHES_MAX = 40;

/** A search that somebody keeps: a mailbox that holds what it finds. */
export interface SavedSearch {
  readonly id: string;
  readonly name: string;
  /** In the language of searches. */
  readonly text: string;
  /** The pane shows how many unread messages it finds. */
  readonly isCounted: boolean;
}

const SCOPE = 'searches';
const stored = z.object({
  id: z.string().regex(/^[\w-]{1,40}$/),
  name: z.string(),
  text: z.string(),
  isCounted: z.boolean().catch(false),
  /** Its place among the others. */
  rank: z.number(),
});
type Stored = z.infer<typeof stored>;

/** Keys of settings begin with a letter or digit; a token need not. */
const keyOf = (id: string): string => `s${id}`;

async function rowsOf(settings: Settings, user: UserId): Promise<readonly Stored[]> {
  const values = await settings.read(user, SCOPE);
  return Object.values(values)
    .flatMap((value) => {
      const parsed = stored.safeParse(value);
      return parsed.success ? [parsed.data] : [];
    })
    .sort((a, b) => a.rank - b.rank);
}

/** Saved searches of an agent, in their order. */
export async function readSearches(
  settings: Settings,
  user: UserId,
): Promise<readonly SavedSearch[]> {
  const rows = await rowsOf(settings, user);
  return rows.map(({ rank: _rank, ...search }) => search);
}

/** What is wrong with a saved search that somebody typed. */
export type SavedSearchProblem = 'empty' | 'long' | 'twice' | 'many' | 'words';

const wrong = (problem: SavedSearchProblem): AppError =>
  new AppError('search/invalid', { details: { problem } });

const tidy = (name: string): string =>
  name
    .normalize('NFC')
    .replace(/[\s\p{Cc}\p{Cf}]+/gu, ' ')
    .trim();

type Given = Pick<SavedSearch, 'name' | 'text' | 'isCounted'>;

function checked(given: Given, rows: readonly Stored[], id: string): Given {
  const name = tidy(given.name);
  const text = tidy(given.text);
  if (name === '') throw wrong('empty');
  if (name.length > SEARCH_NAME_MAX) throw wrong('long');
  if (text === '' || text.length > QUERY_MAX_CHARS) throw wrong('words');
  const isTaken = rows.some(
    (row) => row.id !== id && row.name.toLowerCase() === name.toLowerCase(),
  );
  if (isTaken) throw wrong('twice');
  return { name, text, isCounted: given.isCounted };
}

/** Keeps a search, after the others. Throws `search/invalid` with `details.problem`. */
export async function addSearch(
  settings: Settings,
  user: UserId,
  given: Given,
): Promise<SavedSearch> {
  const rows = await rowsOf(settings, user);
  const id = newToken(9);
  const search = { id, ...checked(given, rows, id) };
  if (rows.length >= SEARCHES_MAX) throw wrong('many');
  const rank = (rows.at(-1)?.rank ?? 0) + 1;
  await settings.write(user, SCOPE, { [keyOf(id)]: { ...search, rank } });
  return search;
}

const named = (rows: readonly Stored[], id: string): Stored => {
  const row = rows.find((one) => one.id === id);
  if (!row) throw new AppError('request/not-found');
  return row;
};

/** Another name or other words. Throws `search/invalid`, `request/not-found`. */
export async function changeSearch(
  settings: Settings,
  user: UserId,
  id: string,
  given: Given,
): Promise<void> {
  const rows = await rowsOf(settings, user);
  const row = named(rows, id);
  await settings.write(user, SCOPE, { [keyOf(id)]: { ...row, ...checked(given, rows, id) } });
}

/** Drops a saved search; the messages that it finds stay where they are. Throws `request/not-found`. */
export async function removeSearch(settings: Settings, user: UserId, id: string): Promise<string> {
  const { name } = named(await rowsOf(settings, user), id);
  await settings.write(user, SCOPE, { [keyOf(id)]: undefined });
  return name;
}

/** One place up or down; at an end nothing changes. Throws `request/not-found`. */
export async function moveSearch(
  settings: Settings,
  user: UserId,
  id: string,
  step: -1 | 1,
): Promise<void> {
  const rows = await rowsOf(settings, user);
  const row = named(rows, id);
  const other = rows[rows.indexOf(row) + step];
  if (!other) return;
  await settings.write(user, SCOPE, {
    [keyOf(row.id)]: { ...row, rank: other.rank },
    [keyOf(other.id)]: { ...other, rank: row.rank },
  });
}
