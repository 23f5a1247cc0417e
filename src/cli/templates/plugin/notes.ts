import type { PluginDatabase, SiteId } from 'estafette/plugin';

export const TEXT_MAX = 200;
/** A page shows no more. */
const SHOWN_MAX = 50;
const TABLE = 'sample_plugin_notes';

/** Whose notes: a site and a person are part of every query. */
export interface Owner {
  readonly site: SiteId;
  readonly user: number;
}

export interface Note {
  readonly text: string;
  /** ISO 8601, UTC. */
  readonly at: string;
}

/** Adds a note of somebody. */
export async function addNote(
  db: PluginDatabase,
  { site, user, text, at }: Owner & { readonly text: string; readonly at: Date },
): Promise<void> {
  await db
    .table(TABLE)
    .insert({ site, user_id: user, text: text.slice(0, TEXT_MAX), created_at: at.toISOString() });
}

/** Notes of somebody, latest first. */
export async function listNotes(
  db: PluginDatabase,
  { site, user }: Owner,
): Promise<readonly Note[]> {
  const rows: { text: string; created_at: string }[] = await db
    .table(TABLE)
    .where({ site, user_id: user })
    .orderBy('id', 'desc')
    .limit(SHOWN_MAX)
    .select('text', 'created_at');
  return rows.map(({ text, created_at }) => ({ text, at: created_at }));
}

/** Removes the notes of somebody who is erased; nothing the second time. */
export async function eraseNotes(db: Pick<PluginDatabase, 'table'>, user: number): Promise<void> {
  await db.table(TABLE).where({ user_id: user }).delete();
}

/** Removes the notes of a site that are older than `before`; returns how many there were. */
export async function removeNotes(
  db: PluginDatabase,
  { site, before }: { readonly site: SiteId; readonly before: Date },
): Promise<number> {
  const removed: number = await db
    .table(TABLE)
    .where({ site })
    .where('created_at', '<', before.toISOString())
    .delete();
  return removed;
}
