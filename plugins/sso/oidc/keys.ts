import type { JSONWebKeySet } from 'jose';
import type { Asked, Outside } from '../outside';
import type { OidcProvider } from '../providers';
import { unavailable } from '../refused';
import type { Step } from '../types';
import { shared } from './flights';

/** A key set is fetched again after this long anyhow: a key that was withdrawn is one no more. */
const KEPT_S = 3_600;
/**
 * Unknown key ids make the set be fetched again, this often in five minutes: rotation is seen at
 * once, and a flood of made-up ids is nothing to the provider.
 */
const FETCHES_MAX = 4;
const FETCHES_WINDOW_S = 300;
/** A set that was asked for this recently is the one of now. */
const FLIGHT_S = 2;
const MAX_PROVIDERS = 200;

/**
 * `sign-in`: tokens that we fetched ourselves. `notice`: what anybody may post; counted apart, or
 * strangers could keep us from learning of new keys.
 */
export type KeyUse = 'sign-in' | 'notice';

export interface Keys {
  /** The set as it is known, fetched when it is not. */
  known(): Promise<JSONWebKeySet>;
  /** The set as it is now, or as it is known when it was asked for too often. */
  renewed(): Promise<JSONWebKeySet>;
}

/** The signing keys of a provider. */
export function keysOf(
  { context, site, provider }: Step<OidcProvider>,
  { url, use, ask }: { readonly url: string; readonly use: KeyUse; readonly ask: Outside },
): Keys {
  const sets = context.cache<JSONWebKeySet>('keys', { max: MAX_PROVIDERS, ttlS: KEPT_S });
  const flights = context.cache<Promise<JSONWebKeySet>>('key-flights', {
    max: 2 * MAX_PROVIDERS,
    ttlS: FLIGHT_S,
  });
  const fetches = context.cache<readonly number[]>('key-fetches', {
    max: 2 * MAX_PROVIDERS,
    ttlS: FETCHES_WINDOW_S,
  });
  const key = `${provider.id}\n${url}`;
  const perUse = `${use}\n${key}`;
  const load = async (): Promise<JSONWebKeySet> => {
    const set = await readSet(url, ask);
    sets.set(site, undefined, key, set);
    return set;
  };
  const isTooOften = (): boolean => {
    const now = context.clock.now();
    const recent = (fetches.get(site, undefined, perUse) ?? []).filter(
      (at) => at > now - FETCHES_WINDOW_S * 1_000,
    );
    if (recent.length >= FETCHES_MAX) return true;
    fetches.set(site, undefined, perUse, [...recent, now]);
    return false;
  };
  return {
    known: async () =>
      sets.get(site, undefined, key) ?? shared(context, { site, key: `keys\n${key}`, use }, load),
    async renewed() {
      // A new key is met by everybody who signs in at that moment.
      const underway = flights.get(site, undefined, perUse);
      if (underway) return underway;
      const set = sets.get(site, undefined, key);
      if (set && isTooOften()) {
        context.log.warn({ site, provider: provider.id, use }, 'sso/key-flood');
        return set;
      }
      const flight = load();
      flights.set(site, undefined, perUse, flight);
      return flight;
    },
  };
}

async function readSet(url: string, ask: Outside): Promise<JSONWebKeySet> {
  const asked: Asked = { headers: { accept: 'application/json, application/jwk-set+json' } };
  const answer = await ask(url, asked);
  const body: unknown = answer.status === 200 ? await answer.json().catch(() => undefined) : {};
  const keys: unknown = typeof body === 'object' && body !== null && Reflect.get(body, 'keys');
  if (!Array.isArray(keys) || !keys.every(isKey)) throw unavailable('keys');
  return { keys };
}

const isKey = (key: unknown): key is JSONWebKeySet['keys'][number] =>
  typeof key === 'object' && key !== null && typeof Reflect.get(key, 'kty') === 'string';
