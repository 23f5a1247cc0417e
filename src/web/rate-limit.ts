import type { Request } from 'express';
import type { Clock } from '../base/clock';
import { AppError } from '../base/errors';
import { createCache } from '../kernel/cache';
import { networkOf } from '../session';
import { contextOf } from './context';

const WINDOW_MS = 60_000;
const MAX_NETWORKS = 20_000; // the ones seen longest ago are forgotten first

/** Refuses a request beyond `perMinute` of one network; `request/rate` with the time to wait. */
export type RateLimit = (req: Request, what: string, perMinute: number) => void;

/** Counts requests of this process by client network: against floods, not against guesses. */
export function createRateLimit(clock: Clock): RateLimit {
  const counters = createCache<{ count: number; readonly until: number }>({
    clock,
    max: MAX_NETWORKS,
    ttlMs: WINDOW_MS,
  });
  return (req, what, perMinute) => {
    const { site, remote } = contextOf(req);
    const key = `${site.id} ${what} ${networkOf(remote)}`;
    const now = clock.now();
    const known = counters.get(key);
    const counter = known && known.until > now ? known : { count: 0, until: now + WINDOW_MS };
    if (counter !== known) counters.set(key, counter);
    counter.count += 1;
    if (counter.count <= perMinute) return;
    const retryAfterS = Math.ceil((counter.until - now) / 1_000);
    throw new AppError('request/rate', { retryAfterS, textValues: { seconds: retryAfterS } });
  };
}
