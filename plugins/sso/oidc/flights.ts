import type { SiteId } from 'estafette/plugin';
import type { Sso } from '../types';
import type { KeyUse } from './keys';

/** A provider that did not answer is left alone this long by what strangers may post. */
const FAILED_S = 10;
/** Longer than any question lasts. */
const FLIGHT_S = 30;
const MAX_FLIGHTS = 400;

export interface Asked {
  readonly site: SiteId;
  /** What is asked, of whom. */
  readonly key: string;
  readonly use: KeyUse;
}

/**
 * Asks once for all who ask at that moment. After a failure a notice fails as it did, without asking:
 * strangers would have us call a provider that is down as often as they like. Sign-ins ask anew.
 */
export async function shared<T>(
  context: Sso,
  { site, key, use }: Asked,
  load: () => Promise<T>,
): Promise<T> {
  const flights = context.cache<Promise<T> | undefined>('flights', {
    max: MAX_FLIGHTS,
    ttlS: FLIGHT_S,
  });
  const failures = context.cache<{ readonly error: unknown }>('failures', {
    max: MAX_FLIGHTS,
    ttlS: FAILED_S,
  });
  const underway = flights.get(site, undefined, key);
  if (underway) return underway;
  const failed = use === 'notice' ? failures.get(site, undefined, key) : undefined;
  if (failed) throw failed.error;
  const flight = load();
  flights.set(site, undefined, key, flight);
  try {
    return await flight;
  } catch (error) {
    failures.set(site, undefined, key, { error });
    throw error;
  } finally {
    flights.set(site, undefined, key, undefined);
  }
}
