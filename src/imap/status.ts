import type { ImapFlow } from 'imapflow';
import type { Uid, UidValidity } from '../base/types';
import { noAnswer } from './errors';
import type { OpenMailbox } from './types';

/** A mailbox's state now. */
export interface MailboxState {
  readonly uidValidity: UidValidity;
  readonly uidNext: number;
  readonly total: number;
  readonly unseen: number;
  /** Undefined without CONDSTORE (RFC 7162). */
  readonly modseq: bigint | undefined;
}

/** One STATUS: unlike what SELECT told, it is fresh and counts the unseen. */
export async function readState(client: ImapFlow, path: string): Promise<MailboxState> {
  const status = await client.status(path, {
    messages: true,
    unseen: true,
    uidNext: true,
    uidValidity: true,
    highestModseq: true,
  });
  if (!status || status.messages === undefined || status.uidNext === undefined) {
    throw noAnswer('STATUS');
  }
  if (status.uidValidity === undefined) throw noAnswer('STATUS');
  return {
    uidValidity: Number(status.uidValidity) as UidValidity,
    uidNext: status.uidNext,
    total: status.messages,
    unseen: status.unseen ?? 0,
    modseq: status.highestModseq,
  };
}

/**
 * Brings the session's view up to date when STATUS knows of more than it does: a server need not
 * announce new messages before the client asks (RFC 9051 5.2).
 */
export async function catchUp(box: OpenMailbox, state: MailboxState): Promise<void> {
  if (box.told.uidNext < state.uidNext || box.exists !== state.total) await box.client.noop();
  box.told.uidNext = Math.max(box.told.uidNext, state.uidNext);
}

/**
 * Before a command on `uids` that another connection listed: what a session has not been told of
 * does not exist for it, and a STORE or MOVE of it succeeds without doing anything (RFC 9051 6.4.9).
 */
export async function knowUids({ client, told }: OpenMailbox, uids: Iterable<Uid>): Promise<void> {
  let highest = 0;
  for (const uid of uids) highest = Math.max(highest, uid);
  if (highest < told.uidNext) return;
  await client.noop();
  told.uidNext = highest + 1;
}

/** A text that changes whenever the mailbox does: arrivals, removals, and flags with CONDSTORE. */
export async function stateText(client: ImapFlow, path: string): Promise<string> {
  const { uidValidity, uidNext, total, unseen, modseq } = await readState(client, path);
  return [uidValidity, uidNext, total, unseen, modseq].join(' ');
}
