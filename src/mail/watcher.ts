import { OWN_ACCOUNT, type Uid } from '../base/types';
import { type MailboxEvent, readState, searchUids, uidsFrom } from '../imap';
import type { Actor } from '../session/types';
import { checkPath, type MailContext } from './context';
import { treeKey } from './tree';
import type { MailChange } from './types';

// A client that marks a thousand messages makes a thousand events: one change is told.
const GATHER_MS = 150;

/** Tells changes of a mailbox, gathered, until the remover is called. */
export function watchMailbox(
  context: MailContext,
  actor: Actor,
  mailbox: string,
  listener: (change: MailChange) => void,
): () => void {
  const path = checkPath(mailbox);
  const pending = new Set<MailChange['kind']>();
  let cancel: (() => void) | undefined;
  let isStopped = false;
  const news = arrivals(context, actor, path);

  const flush = (): void => {
    cancel = undefined;
    const kinds = [...pending];
    pending.clear();
    context.caches.trees.delete(treeKey(actor));
    if (kinds.includes('arrived')) news();
    for (const kind of kinds) if (!isStopped) listener({ mailbox: path, kind });
  };
  const remove = context.pool.watch(context.access(actor), path, (event) => {
    pending.add(kindOf(event));
    cancel ??= context.clock.after(GATHER_MS, flush);
  });
  return () => {
    isStopped = true;
    cancel?.();
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

const MAX_ANNOUNCED = 200;

/** Emits `mail:arrived` with the uids that came since the last time; the first call only looks. */
function arrivals(context: MailContext, actor: Actor, mailbox: string): () => void {
  let uidNext: number | undefined;
  const access = context.access(actor);
  const look = (): Promise<void> =>
    context.pool.withMailbox(access, mailbox, { kind: 'read' }, async (box) => {
      await box.client.noop();
      const state = await readState(box.client, mailbox);
      const from = uidNext;
      uidNext = state.uidNext;
      if (from === undefined || state.uidNext <= from) return;
      const found = await searchUids(box.client, uidsFrom(from));
      const uids = [...found].filter((uid) => uid >= from).slice(-MAX_ANNOUNCED);
      if (uids.length === 0) return;
      const event = { account: OWN_ACCOUNT, mailbox, uids: uids.map((uid) => uid as Uid) };
      void context.hooks.action(actor.scope, 'mail:arrived', { ...event, unseen: state.unseen });
    });
  const run = (): void => {
    look().catch((error: unknown) => context.log.debug({ err: error }, 'mail/arrival-unknown'));
  };
  run();
  return run;
}
