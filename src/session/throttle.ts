import { isIPv6 } from 'node:net';
import { ipv6Groups, plainAddress } from '../base/addresses';
import { type Clock, isoNow } from '../base/clock';
import { AppError } from '../base/errors';
import { sha256 } from '../base/ids';
import type { SiteId } from '../base/types';
import type { Database } from '../kernel/db-types';
import { canonicalLogin } from './login-input';
import {
  deleteThrottles,
  purgeThrottles,
  readThrottles,
  refundRows,
  refundThrottles,
  type ThrottleRow,
  writeThrottles,
} from './throttle-store';

/** After `free` failures each further one doubles the wait, from `firstS` to `longestS`. */
export interface ThrottlePolicy {
  readonly free: number;
  readonly firstS: number;
  readonly longestS: number;
  /** Failures are forgotten this long after the last one. */
  readonly windowS: number;
}
export interface ThrottlePolicies {
  /** One account from one address: the ordinary guesser. */
  readonly pair: ThrottlePolicy;
  /** One account from anywhere: wide enough that nobody locks a colleague out with five tries. */
  readonly account: ThrottlePolicy;
  /** One address, whatever the accounts: a ministry's thousands of agents share one (NAT). */
  readonly address: ThrottlePolicy;
}

export const THROTTLE_POLICIES: ThrottlePolicies = {
  pair: { free: 5, firstS: 15, longestS: 900, windowS: 3_600 },
  account: { free: 20, firstS: 15, longestS: 300, windowS: 3_600 },
  address: { free: 100, firstS: 5, longestS: 60, windowS: 900 },
};

const LOCK_WINDOW_MS = 3_600_000; // failures that lock are forgotten an hour after the last one

export interface SignInAttempt {
  readonly site: SiteId;
  /** As typed; the counter does not tell whether the account exists, nor what else it is called. */
  readonly login: string;
  /** The name that the lock counts by, the same for every name of an account; `login` unless told. */
  readonly account?: string;
  /**
   * What is guessed at, beside the password of people: counted apart, so that telephones that go on
   * asking with an old password make nobody wait at the sign-in page. `challenge`: sign-ins whose
   * password was right and that wait for a second factor.
   */
  readonly realm?: 'app-password' | 'challenge';
  /** Client address, from trusted proxies only. */
  readonly remote: string;
  /** When the account is locked; never unless told. */
  readonly lock?: LockPolicy;
  /**
   * Name of a browser that the person has used before: what others guess elsewhere shuts it out
   * neither by the account's lock nor by its waits, nor what they guess behind the same address (NAT).
   * It has a counter of its own for the account.
   */
  readonly device?: string | undefined;
}

/** After `after` failures from anywhere the account stands still for `minutes`; 0: never. */
export interface LockPolicy {
  readonly after: number;
  readonly minutes: number;
}

/** An attempt that was let through: counted as a failure until it is told otherwise. */
export interface CountedAttempt {
  /** If it fails, further ones of this account have to wait. */
  readonly isAtLimit: boolean;
  /** Whatever the password, the answer is that of a wrong one; no directory is to be asked. */
  readonly isLocked: boolean;
  /** If it fails, the account is locked from now on. */
  readonly isLocking: boolean;
  /** The password was right: the account's counters start again, the address's takes this one back. */
  succeeded(): Promise<void>;
  /** The directory did not answer: as if the attempt had not been made. */
  refund(): Promise<void>;
}

export interface Throttle {
  /** Counts an attempt, or throws `session/throttled` with `retryAfterS`. */
  begin(attempt: SignInAttempt): Promise<CountedAttempt>;
  /** What an earlier attempt counted turned out right: as its own `succeeded`. */
  settle(attempt: SignInAttempt): Promise<void>;
  /** Ends the lock and the waits of an account; false when there was nothing to end. */
  unlock(site: SiteId, login: string): Promise<boolean>;
  purge(): Promise<number>;
}

interface Counter {
  readonly key: string;
  readonly policy: ThrottlePolicy;
}

/**
 * Limits of sign-in attempts, in the database so that all processes agree. An attempt is counted
 * before it is made: a thousand at once get no more through than one after the other.
 */
export function createThrottle(deps: {
  readonly db: Database;
  readonly clock: Clock;
  readonly policies?: ThrottlePolicies;
}): Throttle {
  const { db, clock, policies = THROTTLE_POLICIES } = deps;

  async function begin(attempt: SignInAttempt): Promise<CountedAttempt> {
    const counters = countersFor(attempt, policies);
    const { lock } = keysOf(attempt);
    const hasLock = attempt.device === undefined && (attempt.lock?.after ?? 0) > 0;
    const keys = counters.map(({ key }) => key);
    const counts = await db.transaction(async (trx) => {
      const rows = await readThrottles(trx, hasLock ? [...keys, lock] : keys, isoNow(clock));
      const blockedMs = Math.max(...counters.map(({ key }) => blockedFor(rows.get(key), clock)), 0);
      const isLocked = hasLock && blockedFor(rows.get(lock), clock) > 0;
      const next = counters.map(counted(rows, clock));
      // What is tried against a locked account prolongs nothing: else hammering would hold it for ever.
      const locking =
        hasLock && !isLocked ? lockRow(rows.get(lock), lock, attempt.lock, clock) : undefined;
      // A refused attempt is not counted: otherwise hammering would hold the block for ever.
      const written = locking ? [...next, locking] : next;
      if (blockedMs === 0) await writeThrottles(trx, written);
      return {
        written,
        blockedMs,
        isLocked,
        isLocking: (locking?.blocked_until ?? null) !== null,
        isAtLimit: next.some(({ blocked_until }) => blocked_until !== null),
      };
    });
    if (counts.blockedMs > 0) throw throttled(Math.ceil(counts.blockedMs / 1_000));
    const { isAtLimit, isLocked, isLocking, written } = counts;
    return {
      isAtLimit,
      isLocked,
      isLocking,
      succeeded: () => settle(attempt),
      refund: () => db.transaction((trx) => refundRows(trx, written)),
    };
  }

  const settle: Throttle['settle'] = (attempt) => {
    const { lock, account, own, address } = keysOf(attempt);
    return db.transaction(async (trx) => {
      // From a browser of the person's own, what others guess elsewhere goes on counting.
      if (attempt.device !== undefined) return deleteThrottles(trx, [own]);
      await deleteThrottles(trx, [own, account, lock]);
      await refundThrottles(trx, [address]);
    });
  };

  return {
    begin,
    settle,
    async unlock(site, login) {
      const { lock, account } = keysOf({ site, login, remote: '' });
      const half = keysOf({ site, login, remote: '', realm: 'challenge' });
      const keys = [lock, account, half.account];
      const rows = await readThrottles(db.knex, keys, isoNow(clock));
      await deleteThrottles(db.knex, keys);
      return [...rows.values()].some((row) => blockedFor(row, clock) > 0);
    },
    purge: () => purgeThrottles(db.knex, isoNow(clock)),
  };
}

/** Names of what is counted; JSON, so that no two different lists give the same text. */
function keysOf({ site, realm, login, account = login, remote, device }: SignInAttempt) {
  const name = canonicalLogin(login);
  const network = networkOf(remote);
  const apart = realm === undefined ? [] : [realm];
  const key = (...parts: string[]) => sha256(JSON.stringify([site, ...apart, ...parts]));
  return {
    own: device === undefined ? key('pair', name, network) : key('device', name, device),
    account: key('account', name),
    address: key('address', network),
    lock: key('lock', canonicalLogin(account)),
  };
}

function countersFor(attempt: SignInAttempt, policies: ThrottlePolicies): readonly Counter[] {
  const { own, account, address } = keysOf(attempt);
  const pair = { key: own, policy: policies.pair };
  // Counted from a known browser too they would let that one be shut out by strangers.
  if (attempt.device !== undefined) return [pair];
  return [
    pair,
    { key: account, policy: policies.account },
    { key: address, policy: policies.address },
  ];
}

/** The lock's counter after one more failure; a lock that is over begins anew. */
function lockRow(
  row: ThrottleRow | undefined,
  key: string,
  { after, minutes }: LockPolicy = { after: 0, minutes: 0 },
  clock: Clock,
): ThrottleRow {
  const failures = row === undefined || row.blocked_until !== null ? 1 : row.failures + 1;
  const lockMs = minutes * 60_000;
  const now = clock.now();
  return {
    key,
    failures,
    blocked_until: failures < after ? null : new Date(now + lockMs).toISOString(),
    expires_at: new Date(now + lockMs + LOCK_WINDOW_MS).toISOString(),
  };
}

const blockedFor = (row: ThrottleRow | undefined, clock: Clock): number =>
  row?.blocked_until == null ? 0 : Math.max(Date.parse(row.blocked_until) - clock.now(), 0);

const counted =
  (rows: ReadonlyMap<string, ThrottleRow>, clock: Clock) =>
  ({ key, policy }: Counter): ThrottleRow => {
    const failures = (rows.get(key)?.failures ?? 0) + 1;
    const waitS =
      failures < policy.free
        ? 0
        : Math.min(policy.firstS * 2 ** Math.min(failures - policy.free, 30), policy.longestS);
    const now = clock.now();
    return {
      key,
      failures,
      blocked_until: waitS === 0 ? null : new Date(now + waitS * 1_000).toISOString(),
      expires_at: new Date(now + (waitS + policy.windowS) * 1_000).toISOString(),
    };
  };

/** An IPv6 client owns its /64 and changes address at will within it; IPv4-mapped is IPv4. */
export function networkOf(remote: string): string {
  const address = plainAddress(remote);
  if (!isIPv6(address)) return address;
  const groups = ipv6Groups(address).slice(0, 4);
  return `${groups.map((group) => group.toString(16)).join(':')}::/64`;
}

const throttled = (retryAfterS: number) =>
  new AppError('session/throttled', { retryAfterS, textValues: { seconds: retryAfterS } });
