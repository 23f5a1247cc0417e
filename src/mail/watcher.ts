import type { MailboxEvent } from '../imap';
import type { Actor } from '../session';
import type { Arrivals } from './arrivals';
import { checkPath, type MailContext } from './context';
import { treeKey } from './tree';
import type { MailChange } from './types';

// A client that marks a thousand messages makes a thousand events: one change is told.
const GATHER_MS = 150;

/** Tells changes of a mailbox, gathered, until the remover is called. */
export function watchMailbox(
  context: MailContext,
  arrivals: Arrivals,
  actor: Actor,
  mailbox: string,
  listener: (change: MailChange) => void,
): () => void {
  const path = checkPath(mailbox);
  const pending = new Set<MailChange['kind']>();
  let cancel: (() => void) | undefined;
  let isStopped = false;
  const news = arrivals.join(actor, path);

  const flush = (): void => {
    cancel = undefined;
    const kinds = [...pending];
    pending.clear();
    context.caches.trees.delete(treeKey(actor));
    if (kinds.includes('arrived')) news.look();
    for (const kind of kinds) if (!isStopped) listener({ mailbox: path, kind });
  };
  const remove = context.pool.watch(context.access(actor), path, (event) => {
    pending.add(kindOf(event));
    cancel ??= context.clock.after(GATHER_MS, flush);
  });
  return () => {
    isStopped = true;
    cancel?.();
    news.leave();
    remove();
  };
}

function kindOf({ kind, count, prevCount }: MailboxEvent): MailChange['kind'] {
  switch (kind) {
    case 'exists':
      // A STATUS seen from afar tells a change without numbers: let the list look.
      return count === undefined || count > (prevCount ?? 0) ? 'arrived' : 'removed';
    case 'expunge':
      return 'removed';
    case 'flags':
      return 'changed';
    case 'down':
    case 'reconnected':
      return kind;
  }
}
