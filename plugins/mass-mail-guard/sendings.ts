import type { PluginDatabase, SiteId } from 'estafette/plugin';
import type { MassConfig } from './config';
import { type Counted, type Exceeded, exceeded, LONGEST_MS } from './windows';

const TABLE = 'mass_mail_guard_sendings';
/** A sending that was let go and never left (another guard asked, the server refused) counts no longer. */
const PENDING_MS = 10 * 60_000;

/** Whose draft: a site and a person are part of every query. */
export interface Sending {
  readonly site: SiteId;
  readonly user: number;
  readonly draft: string;
}

interface Row {
  readonly draft: string;
  readonly recipients: number;
  readonly at: number | string;
  readonly is_sent: boolean | number;
}

/**
 * Reserves a sending when it fits: counting and writing are one transaction, so that two processes
 * cannot both take the last place. A draft that is tried again takes its own place again.
 */
export async function reserve(
  db: PluginDatabase,
  { site, user, draft }: Sending,
  { config, count, now }: { config: Readonly<MassConfig>; count: number; now: number },
): Promise<Exceeded | undefined> {
  return db.transaction(async (table) => {
    const rows: Row[] = await table(TABLE)
      .where({ site, user_id: user })
      .where('at', '>', now - LONGEST_MS)
      .whereNot({ draft })
      .select('draft', 'recipients', 'at', 'is_sent');
    const before: readonly Counted[] = rows
      .map((row) => ({ ...row, at: Number(row.at) }))
      .filter((row) => Boolean(row.is_sent) || row.at > now - PENDING_MS);
    const over = exceeded(config, before, count, now);
    if (over) return over;
    await table(TABLE)
      .insert({ site, user_id: user, draft, recipients: count, at: now, is_sent: false })
      .onConflict(['site', 'user_id', 'draft'])
      .merge(['recipients', 'at', 'is_sent']);
    return undefined;
  });
}

/** Counts what has left, from the moment it did. */
export async function countSent(
  db: PluginDatabase,
  { site, user, draft }: Sending,
  { count, now }: { count: number; now: number },
): Promise<void> {
  await db
    .table(TABLE)
    .insert({ site, user_id: user, draft, recipients: count, at: now, is_sent: true })
    .onConflict(['site', 'user_id', 'draft'])
    .merge(['recipients', 'at', 'is_sent']);
}

/** Removes what counts no longer; how many. */
export async function removeOld(db: PluginDatabase, site: SiteId, now: number): Promise<number> {
  const removed: number = await db
    .table(TABLE)
    .where({ site })
    .where('at', '<=', now - LONGEST_MS)
    .delete();
  return removed;
}

/** Removes what is known of somebody who is erased; nothing the second time. */
export async function eraseSendings(
  db: Pick<PluginDatabase, 'table'>,
  user: number,
): Promise<void> {
  await db.table(TABLE).where({ user_id: user }).delete();
}
