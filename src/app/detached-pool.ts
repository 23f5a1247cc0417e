import type { ImapPool } from '../imap';
import { runDetached } from '../kernel/isolate';

/** Connections outlive the plugin call in which one may be opened: their errors are not the plugin's. */
export function detachedPool(pool: ImapPool): ImapPool {
  return {
    ...pool,
    withMailbox: (access, mailbox, use, fn) =>
      runDetached(() => pool.withMailbox(access, mailbox, use, fn)),
    withConnection: (access, use, fn) => runDetached(() => pool.withConnection(access, use, fn)),
    watch: (access, mailbox, listener) => runDetached(() => pool.watch(access, mailbox, listener)),
  };
}
