import type { Uid } from '../base/types';
import type { Copied } from '../imap';
import { boxKey } from './box-key';
import { accountKey, type MailContext } from './context';

type Owner = Parameters<typeof accountKey>[0];

/**
 * Remembers which messages of a mailbox the agent moved or copied there (COPYUID, RFC 4315 3): they
 * are new to the server and no news to the agent. Known to this process only.
 */
export function rememberPlaced(
  { caches }: MailContext,
  actor: Owner,
  mailbox: string,
  results: readonly Copied[],
): void {
  for (const { uidValidity, uids } of results) {
    if (uidValidity === undefined) continue;
    const prefix = boxKey(accountKey(actor), mailbox, uidValidity);
    for (const uid of uids) caches.placed.set(`${prefix}${uid}`, true);
  }
}

/** Those of `uids` that the agent put into the mailbox. */
export function placedAmong(
  { caches }: MailContext,
  actor: Owner,
  box: { readonly mailbox: string; readonly uidValidity: number },
  uids: readonly Uid[],
): Uid[] {
  const prefix = boxKey(accountKey(actor), box.mailbox, box.uidValidity);
  return uids.filter((uid) => caches.placed.get(`${prefix}${uid}`) === true);
}
