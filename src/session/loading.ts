import { type Clock, isoNow } from '../base/clock';
import { AppError } from '../base/errors';
import type { SessionId } from '../base/types';
import type { HookEmitter } from '../kernel/hook-types';
import type { Site } from '../sites/site';
import { type Bearer, parseBearer } from './bearer';
import { openCredential } from './credentials';
import { maskToken, sessionToken } from './csrf';
import type { KeyRing } from './keys';
import { expiries, isExpired, TOUCH_EVERY_MS } from './limits';
import type { LoadedSession } from './service-types';
import { type SessionStore, type StoredSession, sessionOf } from './store';
import type { MailCredential } from './types';

export interface LoadingDeps {
  readonly store: SessionStore;
  readonly clock: Clock;
  readonly keys: KeyRing;
  readonly hooks: HookEmitter;
}

/** What a loaded session stands on; only transitions of this folder reach it. */
export interface Held {
  readonly stored: StoredSession;
  readonly site: Site;
  /** Opens the credential whatever the state: to seal it anew. */
  readonly credential: () => MailCredential;
}

/** How a request gets its session. */
export interface Loading {
  /** The session of a cookie on a host of `site`; `touch` counts the request as activity. */
  load(
    cookie: string | undefined,
    site: Site,
    options: { readonly touch: boolean },
  ): Promise<LoadedSession | undefined>;
  /** Whether the session of an id is open on `site` and its time is not over; touches nothing. */
  isOpen(id: SessionId, site: Site): Promise<boolean>;
  /** Throws `session/required` for what {@link load} did not make. */
  held(loaded: LoadedSession): Held;
}

export function createLoading({ store, clock, keys, hooks }: LoadingDeps): Loading {
  // Kept aside, so that who holds a loaded session cannot reach its secrets.
  const held = new WeakMap<LoadedSession, Held>();

  // One indexed read a request, never a cache: a sign-out anywhere counts from the next read on.
  async function load(
    cookie: string | undefined,
    site: Site,
    { touch }: { readonly touch: boolean },
  ): Promise<LoadedSession | undefined> {
    const bearer = parseBearer(cookie);
    const stored = bearer && (await store.find(bearer.sessionId));
    if (!bearer || !stored || stored.site !== site.id) return undefined;
    const now = clock.now();
    if (isExpired(stored, site, now)) return undefined; // the purge closes it and tells
    if (touch && now - Date.parse(stored.seenAt) >= TOUCH_EVERY_MS) {
      const { idleExpiresAt } = expiries(site, stored.state, Date.parse(stored.createdAt), now);
      await store.touch(stored.id, isoNow(clock), idleExpiresAt);
      if (stored.state === 'open') {
        const event = { session: sessionOf(stored), since: stored.seenAt };
        await hooks.action({ site: site.id }, 'session:pulsed', event);
      }
    }
    return loadedOf(stored, site, bearer);
  }

  function loadedOf(stored: StoredSession, site: Site, { half }: Bearer): LoadedSession {
    const context = { sessionId: stored.id, userId: stored.user.id, half };
    const credential = () => openCredential(keys, context, stored.sealed);
    const loaded: LoadedSession = {
      session: sessionOf(stored),
      csrfToken: maskToken(sessionToken(half)),
      openCredential() {
        if (stored.state === 'awaiting-challenge') throw new AppError('session/required');
        if (stored.state === 'frozen') throw new AppError('session/frozen');
        return credential();
      },
    };
    held.set(loaded, { stored, site, credential });
    return loaded;
  }

  return {
    load,
    async isOpen(id, site) {
      const stored = await store.find(id);
      if (stored?.site !== site.id || stored.state !== 'open') return false;
      return !isExpired(stored, site, clock.now());
    },
    held(loaded) {
      const own = held.get(loaded);
      if (!own) throw new AppError('session/required');
      return own;
    },
  };
}
