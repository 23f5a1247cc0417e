import type { Clock } from '../base/clock';
import { AccountPool } from './account-pool';
import { Connection } from './connection';
import type { PoolLimits } from './pool-limits';
import type { ImapAccess, ImapPool } from './types';

const DEFAULT_LIMITS: PoolLimits = {
  connections: 3,
  waiting: 60,
  connectMs: 8_000,
  commandMs: 9_500, // a page answers within ten seconds (threats F2)
  idleCloseMs: 5 * 60_000,
  burstCloseMs: 45_000,
  sameMailboxMs: 300,
  quietMs: 3_000, // new mail shows within a few seconds, or with the next click
  firstQuietMs: 400,
  pollMs: 50_000, // below the minute in which new mail must show (threats F5)
};
const LOGOUT_MS = 1_000; // a courtesy: what does not answer is cut

export interface ImapPoolDeps {
  readonly clock: Clock;
  readonly limits?: Partial<PoolLimits>;
  /** After each sign-in; `ms` from the first packet to the first usable command. */
  readonly onConnected?: (info: {
    key: string;
    capabilities: readonly string[];
    ms: number;
  }) => void;
}

/** The one door to IMAP connections, for every account of this process. */
export function createImapPool(deps: ImapPoolDeps): ImapPool {
  const accounts = new Map<string, AccountPool>();
  const limits = { ...DEFAULT_LIMITS, ...deps.limits };
  const accountDeps = { clock: deps.clock, limits, onConnected: deps.onConnected ?? (() => {}) };
  let isClosed = false;

  function accountOf(access: ImapAccess): AccountPool {
    const known = accounts.get(access.key);
    if (known) {
      // The newest caller's credential is the one most likely to be current.
      known.access = access;
      return known;
    }
    dropUnused();
    const made = new AccountPool(access, accountDeps);
    accounts.set(access.key, made);
    if (isClosed) made.close();
    return made;
  }

  function dropUnused(): void {
    for (const [key, account] of accounts) {
      if (!account.isUnused) continue;
      account.close();
      accounts.delete(key);
    }
  }

  return {
    withMailbox: (access, path, options, fn) => accountOf(access).mailbox(path, options, fn),
    withConnection: (access, options, fn) => accountOf(access).connection(options, fn),
    async verify(access, timeoutMs = limits.connectMs) {
      const server = (await access.serverNow?.()) ?? access.server;
      const connection = new Connection(
        { server, credential: await access.credential(server) },
        { onEvent: () => {}, onClose: () => {} },
      );
      await connection.open(Math.min(timeoutMs, limits.connectMs));
      await connection.logout(LOGOUT_MS);
    },
    watch: (access, path, listener) => accountOf(access).watch(path, listener),
    close(keyPrefix) {
      for (const [key, account] of accounts) {
        if (!key.startsWith(keyPrefix)) continue;
        account.close();
        accounts.delete(key);
      }
    },
    async closeAll() {
      isClosed = true;
      const all = [...accounts.values()];
      accounts.clear();
      await Promise.all(all.map((account) => account.logout(LOGOUT_MS)));
    },
    stats() {
      const all = [...accounts.values()];
      return {
        accounts: all.length,
        connections: all.reduce((sum, account) => sum + account.connections, 0),
        waiting: all.reduce((sum, account) => sum + account.waiting, 0),
      };
    },
  };
}
