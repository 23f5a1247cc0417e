import { type Clock, isoNow } from '../base/clock';
import { sha256 } from '../base/ids';
import type { SiteId } from '../base/types';
import type { Database } from '../kernel/db-types';
import { canonicalLogin } from './login-input';
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
    /** Of somebody who is signed in the account alone counts: an office must not silence them. */
    readonly remote?: string;
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
        login: key('login', canonicalLogin(login)),
        ...(remote !== undefined && { address: key('address', networkOf(remote)) }),
      };
      return db.transaction(async (trx) => {
        const rows = await readThrottles(trx, Object.values(keys), isoNow(clock));
        const isFree = (name: keyof FormLimits): boolean =>
          (rows.get(keys[name] ?? '')?.failures ?? 0) < limits[name].most;
        const free = { address: isFree('address'), login: isFree('login') };
        for (const name of ['address', 'login'] as const) {
          const own = keys[name];
          // What is refused prolongs nothing.
          if (own === undefined || !free.address || !free[name]) continue;
          const row = rows.get(own);
          const endsMs = clock.now() + limits[name].windowS * 1_000;
          await writeThrottles(trx, [
            {
              key: own,
              failures: (row?.failures ?? 0) + 1,
              blocked_until: null,
              expires_at: row?.expires_at ?? new Date(endsMs).toISOString(),
            },
          ]);
        }
        return free;
      });
    },
  };
}
