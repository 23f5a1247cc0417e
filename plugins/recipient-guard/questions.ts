import { createHash, randomBytes } from 'node:crypto';
import { type PluginDatabase, type SiteId, z } from 'estafette/plugin';
import type { Look } from './look';

const TABLE = 'recipient_guard_questions';

/** How many there were, and what was done about it. */
const counts = z.record(z.string(), z.union([z.number(), z.boolean()]));
export type Counts = z.infer<typeof counts>;

/** Whose draft: a site and a person are part of every query. */
export interface Asked {
  readonly site: SiteId;
  readonly user: number;
  readonly draft: string;
}

const whose = ({ site, user, draft }: Asked) => ({ site, user_id: user, draft });

/** Figures for the audit log: of whom, never who. */
const countsOf = ({ groups, alike, added, visible, attachments }: Look): Counts => ({
  service: groups.service.length,
  ministry: groups.ministry.length,
  administrations: groups.administrations.length,
  outside: groups.outside.length,
  alike: alike.size,
  added: added.length,
  visible,
  attachments: attachments.length,
});

const readCounts = (text: string): Counts => counts.parse(JSON.parse(text));

/** Hash of what is shown; made for the person, so that two tables cannot be compared. */
const printOf = (asked: Asked, { groups, alike, visible, attachments }: Look): string =>
  createHash('sha256')
    .update(JSON.stringify([asked, groups, [...alike.keys()], visible, attachments]))
    .digest('hex');

/**
 * The word that confirms a message as it is now. It cannot be guessed, and belongs to these
 * recipients and files: when one changes, or `delayMs` has not passed, there is another one.
 */
export async function ask(
  db: PluginDatabase,
  asked: Asked,
  look: Look,
  { now, delayMs }: { readonly now: number; readonly delayMs: number },
): Promise<{ readonly token: string; readonly isTooSoon: boolean }> {
  const print = printOf(asked, look);
  const fresh = randomBytes(12).toString('hex');
  return db.transaction(async (table) => {
    const before:
      | { print: string; token: string; asked_at: number | string; counts: string }
      | undefined = await table(TABLE)
      .where(whose(asked))
      .first('print', 'token', 'asked_at', 'counts');
    if (before?.print === print) {
      if (now - Number(before.asked_at) >= delayMs)
        return { token: before.token, isTooSoon: false };
      await table(TABLE).where(whose(asked)).update({ token: fresh });
      return { token: fresh, isTooSoon: true };
    }
    const was = before && readCounts(before.counts);
    const isHidden =
      was?.['isHidden'] === true || (was !== undefined && Number(was['visible']) > look.visible);
    await table(TABLE)
      .insert({
        ...whose(asked),
        print,
        token: fresh,
        asked_at: now,
        counts: JSON.stringify({ ...countsOf(look), isHidden }),
      })
      .onConflict(['site', 'user_id', 'draft'])
      .merge(['print', 'token', 'asked_at', 'counts']);
    return { token: fresh, isTooSoon: false };
  });
}

/** Ends a question; what it counted, or `undefined` where nothing was asked. */
export async function settle(db: PluginDatabase, asked: Asked): Promise<Counts | undefined> {
  return db.transaction(async (table) => {
    const row: { counts: string } | undefined = await table(TABLE)
      .where(whose(asked))
      .first('counts');
    if (!row) return undefined;
    await table(TABLE).where(whose(asked)).delete();
    return readCounts(row.counts);
  });
}

/** Ends questions that nobody answered since `before`; what they counted. */
export async function settleOld(
  db: PluginDatabase,
  site: SiteId,
  before: number,
): Promise<readonly Counts[]> {
  return db.transaction(async (table) => {
    const rows: { counts: string; draft: string; user_id: number }[] = await table(TABLE)
      .where({ site })
      .where('asked_at', '<', before)
      .limit(1_000)
      .select('counts', 'draft', 'user_id');
    for (const row of rows) {
      await table(TABLE)
        .where(whose({ site, user: row.user_id, draft: row.draft }))
        .delete();
    }
    return rows.map((row) => readCounts(row.counts));
  });
}

/** Removes what somebody who is erased was asked; nothing the second time. */
export async function eraseQuestions(
  db: Pick<PluginDatabase, 'table'>,
  user: number,
): Promise<void> {
  await db.table(TABLE).where({ user_id: user }).delete();
}
