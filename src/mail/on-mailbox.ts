import { withDeadline } from '../base/async';
import { AppError } from '../base/errors';
import { type OpenMailbox, readState } from '../imap';
import type { Actor } from '../session';
import { accountKey, type MailContext } from './context';
import { readsBodies } from './criteria';
import type { Place } from './fetch-rows';
import type { ListQuery } from './types';

/** Runs `fn` with the mailbox selected and its state fresh; a search of bodies gets more time. */
export async function onMailbox<T>(
  context: MailContext,
  actor: Actor,
  query: Pick<ListQuery, 'mailbox' | 'criteria'>,
  fn: (place: Place) => Promise<T>,
): Promise<T> {
  const deadline = readsBodies(query.criteria) ? { deadlineMs: context.limits.searchMs } : {};
  const options = { kind: 'read', ...deadline } as const;
  return context.pool.withMailbox(context.access(actor), query.mailbox, options, async (box) => {
    // A server need not notice other sessions' changes for a STATUS of the selected mailbox;
    // Dovecot does at NOOP.
    await proveAlive(box);
    const state = await readState(box.client, box.path);
    checkSelected(box, state.uidValidity);
    return fn({ account: accountKey(actor), box, state });
  });
}

// A search of bodies may take long; a server that says nothing at all is told much sooner.
const ALIVE_MS = 5_000;

async function proveAlive({ client }: OpenMailbox): Promise<void> {
  await withDeadline(client.noop(), ALIVE_MS, () => {
    client.close();
    return new AppError('imap/timeout', { details: { step: 'noop' } });
  });
}

/** The mailbox was made anew while selected: only a new connection sees the new one. */
function checkSelected(box: OpenMailbox, uidValidity: number): void {
  if (box.uidValidity === uidValidity) return;
  box.client.close();
  throw new AppError('imap/unreachable', { details: { dropped: true, mailbox: box.path } });
}
