import type { Site } from '../sites/site';
import type { StoredSession } from './store';
import type { SessionState } from './types';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const CHALLENGE_MS = 10 * MINUTE_MS; // time to find one's telephone; a half session is no place to stay
/** Last-seen times are written this often: a write per request halves list throughput. */
export const TOUCH_EVERY_MS = MINUTE_MS;

/** When a session in `state` ends, by inactivity and at the latest; ISO times. */
export function expiries(site: Site, state: SessionState, createdMs: number, nowMs: number) {
  const isHalf = state === 'awaiting-challenge';
  const idleMs = isHalf ? CHALLENGE_MS : site.session.idleMinutes * MINUTE_MS;
  const absoluteMs = isHalf ? CHALLENGE_MS : site.session.absoluteHours * HOUR_MS;
  return {
    idleExpiresAt: new Date(nowMs + idleMs).toISOString(),
    expiresAt: new Date(createdMs + absoluteMs).toISOString(),
  };
}

/**
 * Whether a session's time is over: by its row, which holds what was promised then, and by the
 * site's limits of today, so that a stricter configuration applies to open sessions at once.
 */
export function isExpired(session: StoredSession, site: Site, nowMs: number): boolean {
  const { createdAt, seenAt, idleExpiresAt, expiresAt, state } = session;
  const today = expiries(site, state, Date.parse(createdAt), Date.parse(seenAt));
  const ends = [idleExpiresAt, expiresAt, today.idleExpiresAt, today.expiresAt].map(Date.parse);
  return nowMs >= Math.min(...ends);
}
