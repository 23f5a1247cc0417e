import { isIPv6 } from 'node:net';
import { type Clock, isoNow } from '../base/clock';
import { AppError } from '../base/errors';
import { sha256 } from '../base/ids';
import type { SiteId } from '../base/types';
import type { Database } from '../kernel/db-types';
import {
  deleteThrottles,
  purgeThrottles,
  readThrottles,
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

export interface SignInAttempt {
  readonly site: SiteId;
  /** As typed; the counter does not tell whether the account exists. */
  readonly login: string;
  /** Client address, from trusted proxies only. */
  readonly remote: string;
}

/** An attempt that was let through: counted as a failure until it is told otherwise. */
export interface CountedAttempt {
  /** If it fails, further ones of this account have to wait. */
  readonly isAtLimit: boolean;
  /** The password was right: the account's counters start again, the address's takes this one back. */
  succeeded(): Promise<void>;
  /** The directory did not answer: as if the attempt had not been made. */
  refund(): Promise<void>;
}

export interface Throttle {
  /** Counts an attempt, or throws `session/throttled` with `retryAfterS`. */
  begin(attempt: SignInAttempt): Promise<CountedAttempt>;
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
    const keys = counters.map(({ key }) => key);
    const { blockedMs, isAtLimit } = await db.transaction(async (trx) => {
      const rows = await readThrottles(trx, keys, isoNow(clock));
      const longestMs = Math.max(...[...rows.values()].map((row) => blockedFor(row, clock)), 0);
      const next = counters.map(counted(rows, clock));
      // A refused attempt is not counted: otherwise hammering would hold the block for ever.
      if (longestMs === 0) await writeThrottles(trx, next);
      return {
        blockedMs: longestMs,
        isAtLimit: next.some(({ blocked_until }) => blocked_until !== null),
      };
    });
    if (blockedMs > 0) throw throttled(Math.ceil(blockedMs / 1_000));
    const [pair, account, address] = keys as [string, string, string]; // three counters, three keys
    return {
      isAtLimit,
      async succeeded() {
        await db.transaction(async (trx) => {
          await deleteThrottles(trx, [pair, account]);
          await refundThrottles(trx, [address]);
        });
      },
      refund: () => refundThrottles(db.knex, keys),
    };
  }

  return { begin, purge: () => purgeThrottles(db.knex, isoNow(clock)) };
}

function countersFor(attempt: SignInAttempt, policies: ThrottlePolicies): readonly Counter[] {
  const { site } = attempt;
  const login = attempt.login.trim().toLowerCase();
  const remote = networkOf(attempt.remote);
  // JSON, so that no two different triples give the same text.
  const key = (...parts: string[]) => sha256(JSON.stringify([site, ...parts]));
  return [
    { key: key('pair', login, remote), policy: policies.pair },
    { key: key('account', login), policy: policies.account },
    { key: key('address', remote), policy: policies.address },
  ];
}

const blockedFor = ({ blocked_until }: ThrottleRow, clock: Clock): number =>
  blocked_until === null ? 0 : Math.max(Date.parse(blocked_until) - clock.now(), 0);

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
export function networkOf(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address);
  if (mapped?.[1]) return mapped[1];
  if (!isIPv6(address)) return address;
  const [head = '', tail] = (address.split('%')[0] ?? '').toLowerCase().split('::');
  const before = head === '' ? [] : head.split(':');
  const after = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = Array.from({ length: Math.max(8 - before.length - after.length, 0) }, () => '0');
  const groups = [...before, ...(tail === undefined ? [] : zeros), ...after];
  return `${groups
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, ''))
    .join(':')}::/64`;
}

const throttled = (retryAfterS: number) =>
  new AppError('session/throttled', { retryAfterS, textValues: { seconds: retryAfterS } });
