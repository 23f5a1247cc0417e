import { type PluginDatabase, z } from 'estafette/plugin';
import type { Person } from '../store';
import type { Counts } from './bring-in';
import type { FaultyLine } from './fault';
import type { Gathered, Group } from './gather';

const IMPORTS = 'calendar_imports';
const PIECES = 'calendar_import_pieces';
/** Of a piece: so many events, and so many characters. */
const PIECE_GROUPS = 50;
const PIECE_CHARS = 500_000;
/** How long a process may be silent before another takes its work over. */
const HELD_MS = 60_000;
const KEPT_DAYS = 7;
const ZONES = -1;

/** A file that is brought in, or was. */
export interface Import extends Counts {
  readonly id: string;
  readonly person: Person;
  readonly calendar: string;
  readonly name: string;
  readonly state: 'running' | 'done' | 'ended';
  readonly objects: number;
  readonly looked: number;
  readonly faults: readonly FaultyLine[];
  readonly isCut: boolean;
}

const rowShape = z.object({
  id: z.string(),
  site: z.string(),
  user_id: z.number(),
  mail: z.string(),
  calendar: z.string(),
  name: z.string(),
  state: z.enum(['running', 'done', 'ended']),
  objects: z.number(),
  looked: z.number(),
  added: z.number(),
  updated: z.number(),
  same: z.number(),
  refused: z.number(),
  faults: z.string(),
  is_cut: z.union([z.boolean(), z.number()]),
});
const COLUMNS = Object.keys(rowShape.shape);

const ownedBy = ({ site, user }: Person) => ({ site, user_id: user });
const iso = (now: number): string => new Date(now).toISOString();

function importOf(row: unknown): Import {
  const { site, user_id: user, mail, is_cut, faults, ...rest } = rowShape.parse(row);
  return {
    ...rest,
    person: { site: site as Person['site'], user, mail },
    isCut: Boolean(is_cut),
    faults: JSON.parse(faults) as readonly FaultyLine[],
  };
}

/**
 * Keeps what a file has until it is brought in; `there`: the same was sent twice; `busy`: another is
 * under way, and nothing is kept.
 */
export const addImport = (
  db: PluginDatabase,
  person: Person,
  file: {
    readonly id: string;
    readonly calendar: string;
    readonly name: string;
    readonly gathered: Gathered;
    readonly faults: readonly FaultyLine[];
    readonly refused: number;
    readonly now: number;
  },
): Promise<'added' | 'there' | 'busy'> =>
  db.transaction(async (table) => {
    const { id, gathered } = file;
    if (await table(IMPORTS).where({ id }).first('id')) return 'there';
    const other = { ...ownedBy(person), state: 'running' };
    if (await table(IMPORTS).where(other).first('id')) return 'busy';
    const zones = JSON.stringify([...gathered.zones]);
    await table(PIECES).insert({ import_id: id, at: ZONES, text: zones });
    for (const { at, groups } of piecesIn(gathered.groups))
      await table(PIECES).insert({ import_id: id, at, text: JSON.stringify(groups) });
    await table(IMPORTS).insert({
      id,
      ...ownedBy(person),
      mail: person.mail,
      calendar: file.calendar,
      name: file.name.slice(0, 255),
      state: 'running',
      objects: gathered.groups.length,
      refused: file.refused,
      faults: JSON.stringify(file.faults),
      is_cut: gathered.isCut,
      made_at: iso(file.now),
      held_until: iso(file.now),
    });
    return 'added';
  });

function* piecesIn(
  groups: readonly Group[],
): Generator<{ readonly at: number; readonly groups: readonly Group[] }> {
  let some: Group[] = [];
  let chars = 0;
  for (const [index, group] of groups.entries()) {
    some.push(group);
    chars += group.parts.reduce((sum, part) => sum + part.length, 0);
    const isLast = index === groups.length - 1;
    if (some.length < PIECE_GROUPS && chars < PIECE_CHARS && !isLast) continue;
    yield { at: index + 1 - some.length, groups: some };
    [some, chars] = [[], 0];
  }
}

/** Whether somebody has one under way. */
export async function isBusy(db: PluginDatabase, person: Person): Promise<boolean> {
  const running = { ...ownedBy(person), state: 'running' };
  return (await db.table(IMPORTS).where(running).first('id')) !== undefined;
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

/** What somebody brought in lately, the last first. */
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

/** Definitions of zones that a file has. */
export async function zonesKept(
  db: PluginDatabase,
  id: string,
): Promise<ReadonlyMap<string, string>> {
  const row: { text: string } | undefined = await db
    .table(PIECES)
    .where({ import_id: id, at: ZONES })
    .first('text');
  return new Map(z.array(z.tuple([z.string(), z.string()])).parse(JSON.parse(row?.text ?? '[]')));
}

/** What is left of a file, one piece in memory at a time. */
export async function* piecesFrom(
  db: PluginDatabase,
  { id, looked }: Pick<Import, 'id' | 'looked'>,
): AsyncGenerator<readonly Group[]> {
  for (let at = looked; ; ) {
    const row: { text: string } | undefined = await db
      .table(PIECES)
      .where({ import_id: id, at })
      .first('text');
    if (!row) return;
    const groups = JSON.parse(row.text) as readonly Group[];
    yield groups;
    at += groups.length;
  }
}

/** Takes an import for a while; `undefined` when somebody has it, or when nothing is left to do. */
export async function holdImport(
  db: PluginDatabase,
  id: string,
  now: number,
): Promise<Import | undefined> {
  const held = await db
    .table(IMPORTS)
    .where({ id, state: 'running' })
    .where('held_until', '<=', iso(now))
    .update({ held_until: iso(now + HELD_MS) });
  return held === 1 ? importOf(await db.table(IMPORTS).where({ id }).first(COLUMNS)) : undefined;
}

/** Writes how far it is, and holds it further; false when it was ended meanwhile. */
export async function keepProgress(
  db: PluginDatabase,
  { id, looked, added, updated, same, refused, faults }: Import,
  now: number,
): Promise<boolean> {
  const values = { looked, added, updated, same, refused, faults: JSON.stringify(faults) };
  const kept = await db
    .table(IMPORTS)
    .where({ id, state: 'running' })
    .update({ ...values, held_until: iso(now + HELD_MS) });
  return kept === 1;
}

/** Nothing is left to do, or nothing more is wanted: the file is forgotten, what became of it is not. */
export async function closeImport(
  db: PluginDatabase,
  id: string,
  state: 'done' | 'ended',
): Promise<void> {
  await db.table(IMPORTS).where({ id, state: 'running' }).update({ state });
  await db.table(PIECES).where({ import_id: id }).delete();
}

/** Imports of a site that nobody is at. */
export const leftAlone = (
  db: PluginDatabase,
  site: string,
  now: number,
): Promise<readonly string[]> =>
  Promise.resolve(
    db
      .table(IMPORTS)
      .where({ site, state: 'running' })
      .where('held_until', '<=', iso(now))
      .orderBy('made_at')
      .limit(20)
      .pluck('id'),
  );

type Tables = PluginDatabase['table'];

async function forget(table: Tables, ids: readonly string[]): Promise<void> {
  for (const id of ids) {
    await table(PIECES).where({ import_id: id }).delete();
    await table(IMPORTS).where({ id }).delete();
  }
}

/** Forgets imports of more than a week. */
export async function forgetImports(db: PluginDatabase, site: string, now: number): Promise<void> {
  const before = iso(now - KEPT_DAYS * 86_400_000);
  const old = db.table(IMPORTS).where({ site }).where('made_at', '<', before);
  await forget((name) => db.table(name), await old.pluck('id'));
}

/** Everything of somebody who is gone. */
export async function eraseImports(table: Tables, user: number): Promise<void> {
  await forget(table, await table(IMPORTS).where({ user_id: user }).pluck('id'));
}
