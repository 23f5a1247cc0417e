import { isAppError } from '../base/errors';
import type { Uid, UidValidity } from '../base/types';
import { type MailboxState, readState, searchUids, uidsFrom } from '../imap';
import type { Actor } from '../session';
import { accountKey, checkPath, type MailContext } from './context';
import { readRows } from './fetch-rows';
import { placedAmong } from './placed';
import type { Row } from './types';

/** Messages of one mailbox that are looked at: a mailbox filled by a migration is no news. */
const MAX_READ = 20;

/** Up to where a mailbox is known: what a device remembers of it. */
export interface NewsPlace {
  readonly mailbox: string;
  readonly uidValidity: UidValidity;
  /** The next uid that the server gives (UIDNEXT, RFC 9051 2.3.1.1). */
  readonly uidNext: number;
}

export interface NewsRow {
  readonly mailbox: string;
  readonly row: Row;
}

export interface News {
  /** Where the mailboxes stand now; those that are gone are left out. */
  readonly places: readonly NewsPlace[];
  /** Unread messages that came since, oldest first, at most 20 a mailbox. */
  readonly rows: readonly NewsRow[];
}

/**
 * What came into mailboxes since a device asked last. One STATUS a mailbox, and nothing more where
 * nothing came; a mailbox that the device does not know, or that was made anew, starts from now.
 */
export async function readNews(
  context: MailContext,
  actor: Actor,
  mailboxes: readonly string[],
  known: readonly NewsPlace[],
): Promise<News> {
  const states = await readStates(context, actor, mailboxes);
  const rows: NewsRow[] = [];
  for (const [mailbox, { uidValidity, uidNext }] of states) {
    const before = known.find((one) => one.mailbox === mailbox);
    if (before?.uidValidity !== uidValidity || before.uidNext >= uidNext) continue;
    rows.push(...(await arrivedSince(context, actor, before)));
  }
  return {
    places: [...states].map(([mailbox, { uidValidity, uidNext }]) => ({
      mailbox,
      uidValidity,
      uidNext,
    })),
    rows,
  };
}

/** Fresh states of those that are there. */
async function readStates(
  context: MailContext,
  actor: Actor,
  mailboxes: readonly string[],
): Promise<ReadonlyMap<string, MailboxState>> {
  const paths = mailboxes.map((path) => checkPath(path));
  return context.pool.withConnection(context.access(actor), { kind: 'read' }, async (client) => {
    const states = new Map<string, MailboxState>();
    // A server need not look at the mailbox that is selected for a STATUS (RFC 9051 6.3.11).
    await client.noop();
    for (const path of paths) {
      try {
        states.set(path, await readState(client, path));
      } catch (error) {
        if (!client.usable || isAppError(error, 'imap/timeout')) throw error;
        context.log.debug({ err: error }, 'mail/news-unknown');
      }
    }
    return states;
  });
}

async function arrivedSince(
  context: MailContext,
  actor: Actor,
  { mailbox, uidValidity, uidNext }: NewsPlace,
): Promise<readonly NewsRow[]> {
  const access = context.access(actor);
  return context.pool.withMailbox(access, mailbox, { kind: 'read' }, async (box) => {
    await box.client.noop();
    const state = await readState(box.client, mailbox);
    if (box.uidValidity !== uidValidity) return [];
    // `n:*` names the last message whatever its uid (RFC 9051 9, seq-range).
    const found = [...(await searchUids(box.client, uidsFrom(uidNext)))]
      .filter((uid) => uid >= uidNext)
      .map((uid) => uid as Uid);
    const own = new Set(placedAmong(context, actor, { mailbox, uidValidity }, found));
    const uids = found.filter((uid) => !own.has(uid)).slice(-MAX_READ);
    const rows = await readRows(context, { account: accountKey(actor), box, state }, uids);
    return rows
      .filter(({ isSeen, isDraft }) => !isSeen && !isDraft)
      .map((row) => ({ mailbox, row }));
  });
}
