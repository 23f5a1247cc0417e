import { type Clock, isoNow } from '../base/clock';
import { sha256 } from '../base/ids';
import type { SiteId } from '../base/types';
import type { Database } from '../kernel/db-types';
import { networkOf } from './throttle';
import { readThrottles, writeThrottles } from './throttle-store';

const DAY_S = 86_400;

/** How often forms that anybody may send are taken, beside whoever sends them. */
export interface FormLimits {
  /** From one network. */
  readonly address: { readonly most: number; readonly windowS: number };
  /** About one account, from anywhere. */
  readonly login: { readonly most: number; readonly windowS: number };
}

export const FORM_LIMITS: FormLimits = {
  address: { most: 10, windowS: 3_600 }, // an office behind one address, on a bad day
  login: { most: 3, windowS: DAY_S },
};

export interface FormThrottle {
  /** Counts one sending; `address` false: no more from there now, `login` false: enough about it. */
  take(sent: {
    readonly site: SiteId;
    readonly form: string;
    readonly login: string;
    readonly remote: string;
  }): Promise<{ readonly address: boolean; readonly login: boolean }>;
}

/** Counters of public forms, beside those of sign-in and in no way told from them. */
export function createFormThrottle(deps: {
  readonly db: Database;
  readonly clock: Clock;
  readonly limits?: FormLimits;
}): FormThrottle {
  const { db, clock, limits = FORM_LIMITS } = deps;
  return {
    take({ site, form, login, remote }) {
      const key = (...parts: string[]) => sha256(JSON.stringify([site, 'form', form, ...parts]));
      const keys = {
        address: key('address', networkOf(remote)),
        login: key('login', login.trim().toLowerCase()),
      };
      return db.transaction(async (trx) => {
        const rows = await readThrottles(trx, Object.values(keys), isoNow(clock));
        const isFree = (name: keyof FormLimits): boolean =>
          (rows.get(keys[name])?.failures ?? 0) < limits[name].most;
        const free = { address: isFree('address'), login: isFree('login') };
        // What is refused prolongs nothing.
        const counted = (['address', 'login'] as const).filter(
          (name) => free.address && free[name],
        );
        await Promise.all(
          counted.map((name) => {
            const row = rows.get(keys[name]);
            const ends = new Date(clock.now() + limits[name].windowS * 1_000).toISOString();
            return writeThrottles(trx, [
              {
                key: keys[name],
                failures: (row?.failures ?? 0) + 1,
                blocked_until: null,
                expires_at: row?.expires_at ?? ends,
              },
            ]);
          }),
        );
        return free;
      });
    },
  };
}
