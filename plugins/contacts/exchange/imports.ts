import type { PluginDatabase } from 'estafette/plugin';
import { z } from 'estafette/plugin';
import type { Person } from '../store';
import type { FileFormat } from './decode';
import type { FaultyLine } from './fault';
import { isField, type ListShape } from './fields';

export const IMPORTS = 'contacts_imports';
const PIECES = 'contacts_import_pieces';
/** Said one by one; the others are counted. */
export const FAULTS_SHOWN = 200;
/** How long a process may be silent before another takes its work over. */
const HELD_MS = 60_000;
const KEPT_DAYS = 7;

export interface Import extends ListShape {
  readonly id: string;
  readonly person: Person;
  readonly book: string;
  readonly name: string;
  readonly format: FileFormat;
  /** `columns`: waits for what its columns mean. */
  readonly state: 'columns' | 'running' | 'done' | 'ended';
  readonly lines: number;
  readonly line: number;
  readonly added: number;
  readonly updated: number;
  readonly refused: number;
  readonly faults: readonly FaultyLine[];
}

const rowShape = z.object({
  id: z.string(),
  site: z.string(),
  user_id: z.number(),
  mail: z.string(),
  book: z.string(),
  name: z.string(),
  format: z.enum(['vcard', 'csv', 'ldif']),
  columns: z.string(),
  is_headed: z.union([z.boolean(), z.number()]),
  state: z.enum(['columns', 'running', 'done', 'ended']),
  lines: z.number(),
  line: z.number(),
  added: z.number(),
  updated: z.number(),
  refused: z.number(),
  faults: z.string(),
});
const COLUMNS = Object.keys(rowShape.shape);

const ownedBy = ({ site, user }: Person) => ({ site, user_id: user });

function importOf(row: unknown): Import {
  const { site, user_id: user, mail, columns, is_headed, faults, ...rest } = rowShape.parse(row);
  return {
    ...rest,
    person: { site: site as Person['site'], user, mail },
    columns: z
      .array(z.string())
      .parse(JSON.parse(columns))
      .map((word) => (isField(word) ? word : '')),
    isHeaded: Boolean(is_headed),
    faults: JSON.parse(faults) as readonly FaultyLine[],
  };
}

/**
 * Keeps a file that is to be brought in; one of a list waits for what its columns mean. `busy`: one
 * is under way, and nothing is kept.
 */
export async function addImport(
  db: PluginDatabase,
  person: Person,
  file: {
    /** One that is there already is the same file sent twice. */
    readonly id: string;
    readonly book: string;
    readonly name: string;
    readonly format: FileFormat;
    /** Of its text, in order: each is written before the next is asked for. */
    readonly pieces: Iterable<string>;
    /** Of a list, as it is guessed. */
    readonly shape?: ListShape;
    /** Of its lines, before any of them is read. */
    readonly faults?: readonly FaultyLine[];
    readonly now: number;
  },
): Promise<'added' | 'there' | 'busy'> {
  const { id, book, name, format, now } = file;
  const { columns, isHeaded } = file.shape ?? { columns: [], isHeaded: true };
  const at = new Date(now).toISOString();
  return db.transaction(async (table) => {
    if (await table(IMPORTS).where({ id }).first('id')) return 'there';
    if (await isBusy(table, person)) return 'busy';
    const lines = await writePieces(table, id, file.pieces);
    await table(IMPORTS).insert({
      id,
      ...ownedBy(person),
      mail: person.mail,
      book,
      name,
      format,
      content: '',
      columns: JSON.stringify(columns),
      is_headed: isHeaded,
      state: format === 'csv' ? 'columns' : 'running',
      lines,
      faults: JSON.stringify(file.faults ?? []),
      made_at: at,
      held_until: at,
    });
    return 'added';
  });
}

/** Writes the text of a file, and counts its lines. */
async function writePieces(
  table: PluginDatabase['table'],
  id: string,
  pieces: Iterable<string>,
): Promise<number> {
  let lines = 0;
  let at = 0;
  let last = '';
  for (const text of pieces) {
    await table(PIECES).insert({ import_id: id, at, text });
    for (let next = text.indexOf('\n'); next >= 0; next = text.indexOf('\n', next + 1)) lines += 1;
    at += 1;
    last = text;
  }
  return last.endsWith('\n') ? lines : lines + 1;
}

/** One's own import; nobody else's. */
export async function findImport(
  db: PluginDatabase,
  person: Person,
  id: string,
): Promise<Import | undefined> {
  const row: unknown = await db
    .table(IMPORTS)
    .where({ id, ...ownedBy(person) })
    .first(COLUMNS);
  return row === undefined ? undefined : importOf(row);
}

/** What somebody brought in lately, the last first: whoever left its page finds it again. */
export async function listImports(
  db: PluginDatabase,
  person: Person,
  limit: number,
): Promise<readonly Import[]> {
  const rows: unknown[] = await db
    .table(IMPORTS)
    .where(ownedBy(person))
    .orderBy('made_at', 'desc')
    .limit(limit)
    .select(COLUMNS);
  return rows.map(importOf);
}

/** Whether somebody has one under way. */
async function isBusy(table: PluginDatabase['table'], person: Person): Promise<boolean> {
  const row: unknown = await table(IMPORTS)
    .where({ ...ownedBy(person), state: 'running' })
    .first('id');
  return row !== undefined;
}

/** The text of a file that is not done, one piece in memory at a time. */
export async function* piecesOf(db: PluginDatabase, id: string): AsyncGenerator<string> {
  for (let at = 0; ; at += 1) {
    const row: unknown = await db.table(PIECES).where({ import_id: id, at }).first('text');
    if (row === undefined) return;
    yield z.object({ text: z.string() }).parse(row).text;
  }
}

/** The beginning of a file that is not done. */
export async function firstPieceOf(db: PluginDatabase, id: string): Promise<string> {
  for await (const piece of piecesOf(db, id)) return piece;
  return '';
}

async function forgetPieces(
  table: PluginDatabase['table'],
  imports: readonly string[],
): Promise<void> {
  for (const id of imports) await table(PIECES).where({ import_id: id }).delete();
}

async function idsOf(query: PromiseLike<unknown>): Promise<readonly string[]> {
  const rows = z.array(z.object({ id: z.string() })).parse(await query);
  return rows.map(({ id }) => id);
}

/** A list begins with what its columns mean, unless another is under way, or it began or ended. */
export const beginImport = (
  db: PluginDatabase,
  person: Person,
  id: string,
  { columns, isHeaded }: ListShape,
): Promise<'begun' | 'busy' | 'over'> =>
  db.transaction(async (table) => {
    const waiting = () => table(IMPORTS).where({ id, ...ownedBy(person), state: 'columns' });
    if (!(await waiting().first('id'))) return 'over';
    if (await isBusy(table, person)) return 'busy';
    await waiting().update({
      state: 'running',
      columns: JSON.stringify(columns),
      is_headed: isHeaded,
    });
    return 'begun';
  });

/** Ends what has not ended; what was brought in stays. */
export async function endImport(db: PluginDatabase, person: Person, id: string): Promise<boolean> {
  const ended = await db
    .table(IMPORTS)
    .where({ id, ...ownedBy(person) })
    .whereIn('state', ['columns', 'running'])
    .update({ state: 'ended' });
  if (ended === 1) await forgetPieces((name) => db.table(name), [id]);
  return ended === 1;
}

/** Takes an import for a while; `undefined` when somebody has it, or when there is nothing left to do. */
export async function holdImport(
  db: PluginDatabase,
  id: string,
  now: number,
): Promise<Import | undefined> {
  const until = new Date(now + HELD_MS).toISOString();
  const held = await db
    .table(IMPORTS)
    .where({ id, state: 'running' })
    .where('held_until', '<=', new Date(now).toISOString())
    .update({ held_until: until });
  if (held !== 1) return undefined;
  return importOf(await db.table(IMPORTS).where({ id }).first(COLUMNS));
}

/** Writes how far it is, and holds it further; false when it was ended meanwhile. */
export async function keepProgress(
  db: PluginDatabase,
  { id, line, added, updated, refused, faults }: Import,
  now: number,
): Promise<boolean> {
  const kept = await db
    .table(IMPORTS)
    .where({ id, state: 'running' })
    .update({
      line,
      added,
      updated,
      refused,
      faults: JSON.stringify(faults),
      held_until: new Date(now + HELD_MS).toISOString(),
    });
  return kept === 1;
}

/** Nothing is left to do: the file is forgotten, what became of it is not. */
export async function closeImport(db: PluginDatabase, id: string): Promise<void> {
  await db.table(IMPORTS).where({ id, state: 'running' }).update({ state: 'done' });
  await forgetPieces((name) => db.table(name), [id]);
}

/** Imports of a site that nobody is at. */
export async function leftAlone(
  db: PluginDatabase,
  site: string,
  now: number,
): Promise<readonly string[]> {
  return idsOf(
    db
      .table(IMPORTS)
      .where({ site, state: 'running' })
      .where('held_until', '<=', new Date(now).toISOString())
      .orderBy('made_at')
      .limit(20)
      .select('id'),
  );
}

/** Forgets imports of more than a week, files that nobody went on with among them. */
export async function forgetImports(
  db: PluginDatabase,
  site: string,
  now: number,
): Promise<number> {
  const before = new Date(now - KEPT_DAYS * 86_400_000).toISOString();
  const old = () => db.table(IMPORTS).where({ site }).where('made_at', '<', before);
  await forgetPieces((name) => db.table(name), await idsOf(old().select('id')));
  return old().delete();
}

/** Everything of somebody who is gone. */
export const eraseImports = async (
  db: Pick<PluginDatabase, 'table'>,
  user: number,
): Promise<void> => {
  const theirs = () => db.table(IMPORTS).where({ user_id: user });
  await forgetPieces((name) => db.table(name), await idsOf(theirs().select('id')));
  await theirs().delete();
};
