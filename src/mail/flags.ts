import type { Uid } from '../base/types';
import { fetchMessages, formatSet, type MailboxState, type OpenMailbox } from '../imap';
import type { CachedRow } from './caches';

/**
 * Brings the flags of known rows up to date. With CONDSTORE (RFC 7162) nothing is asked when the
 * mailbox has not changed, and only what changed is answered when it has; otherwise the flags of
 * the page are read again.
 */
export async function refreshFlags(
  box: OpenMailbox,
  state: MailboxState,
  rows: ReadonlyMap<Uid, CachedRow>,
): Promise<void> {
  const { modseq } = state;
  const stale = [...rows].filter(([, row]) => modseq === undefined || row.flags.modseq !== modseq);
  if (stale.length === 0) return;
  const since = modseq === undefined ? undefined : oldest(stale.map(([, row]) => row));
  const set = formatSet(stale.map(([uid]) => uid));
  const answers = await fetchMessages(box.client, set, { uid: true, flags: true }, since);
  for (const { uid, flags } of answers) {
    const row = rows.get(uid as Uid);
    if (row && flags) row.flags = { flags: [...flags], modseq };
  }
  for (const [, row] of stale) row.flags = { ...row.flags, modseq };
}

/** The oldest state among rows: what changed since then covers them all. */
function oldest(rows: readonly CachedRow[]): bigint | undefined {
  let found: bigint | undefined;
  for (const { flags } of rows) {
    if (flags.modseq === undefined) return undefined;
    if (found === undefined || flags.modseq < found) found = flags.modseq;
  }
  return found;
}
