import { isoNow } from '../base/clock';
import { AppError, isAppError } from '../base/errors';
import { secretHandle } from '../base/secret';
import type { SessionId } from '../base/types';
import type { HookEmitter } from '../kernel/hook-types';
import type { Site } from '../sites/site';
import { type Bearer, parseBearer } from './bearer';
import { maskToken, sessionToken } from './csrf';
import { expiries, isExpired, TOUCH_EVERY_MS } from './limits';
import { checkMailServer, mailCredential } from './mail-access';
import { wantsFactorFrom } from './networks';
import type { LoadedSession } from './service-types';
import { type SessionStore, type StoredSession, sessionOf } from './store';
import { createTokens, type HeldSecret, type TokensDeps } from './tokens';
import type { MailCredential, MailServer, SessionSecret } from './types';

export interface LoadingDeps extends TokensDeps {
  /** Whether who answers a challenge has given a second factor; none is one unless told. */
  readonly isFactor?: (challenge: string) => boolean;
  readonly store: SessionStore;
  readonly hooks: HookEmitter;
}

/** What a loaded session stands on; only transitions of this folder reach it. */
export interface Held {
  readonly stored: StoredSession;
  readonly site: Site;
  /** Client address of the request. */
  readonly remote: string;
  /** Opens the secret whatever the state: to seal it anew, to leave the provider. */
  readonly secret: () => SessionSecret;
  /**
   * Waits for a renewal of the tokens under way: an id that changed meanwhile would lose the new
   * ones, and the provider takes the former no more. Never rejects.
   */
  readonly settle: () => Promise<void>;
}

export interface LoadOptions {
  /** Counts the request as activity. */
  readonly touch: boolean;
  /** Client address of the request; as where it was opened, unless told. */
  readonly remote?: string;
  /** The session is about to end: that may be done from anywhere, by a session that `isKeptOut`. */
  readonly isLeaving?: boolean;
}

/** Whether the site wants a second factor from there that an open session does not have. */
function lacksFactor(
  { isFactor }: Pick<LoadingDeps, 'isFactor'>,
  { state, satisfied = [], isFactorTaken }: StoredSession,
  site: Site,
  remote: string,
): boolean {
  if (state !== 'open' || !wantsFactorFrom(site, remote)) return false;
  return isFactorTaken !== true && !satisfied.some((id) => isFactor?.(id));
}

/** How a request gets its session. */
export interface Loading {
  /**
   * The session of a cookie on a host of `site`. None where the site wants a second factor from
   * `remote` and nothing in the session is one: it waits for its person to come back inside.
   */
  load(
    cookie: string | undefined,
    site: Site,
    options: LoadOptions,
  ): Promise<LoadedSession | undefined>;
  /** Whether the session of an id is open on `site` and its time is not over; touches nothing. */
  isOpen(id: SessionId, site: Site): Promise<boolean>;
  /** Throws `session/required` for what {@link load} did not make. */
  held(loaded: LoadedSession): Held;
}

export function createLoading(deps: LoadingDeps): Loading {
  const { store, clock, hooks } = deps;
  const tokens = createTokens(deps);
  // Kept aside, so that who holds a loaded session cannot reach its secrets.
  const held = new WeakMap<LoadedSession, Held>();

  // One indexed read a request, never a cache: a sign-out anywhere counts from the next read on.
  async function load(
    cookie: string | undefined,
    site: Site,
    { touch, remote, isLeaving }: LoadOptions,
  ): Promise<LoadedSession | undefined> {
    const bearer = parseBearer(cookie);
    const stored = bearer && (await store.find(bearer.sessionId));
    if (!bearer || !stored || stored.site !== site.id) return undefined;
    const now = clock.now();
    if (isExpired(stored, site, now)) return undefined; // the purge closes it and tells
    const isKeptOut = remote !== undefined && lacksFactor(deps, stored, site, remote);
    if (isKeptOut && !isLeaving) return undefined;
    const isDue = now - Date.parse(stored.seenAt) >= TOUCH_EVERY_MS;
    const isMoved = remote !== undefined && remote !== (stored.lastRemote ?? stored.remote);
    if (touch && !isKeptOut && (isDue || isMoved)) {
      const isNoted = await noteUse(stored, site, remote);
      if (isNoted && isDue && stored.state === 'open') {
        const event = { session: sessionOf(stored), since: stored.seenAt };
        await hooks.action({ site: site.id }, 'session:pulsed', event);
      }
    }
    const known = await withTokens(stored, site, bearer);
    return loadedOf(known, site, bearer, { remote, isKeptOut });
  }

  /** False when it could not be written now: the next request does, and this one is shown. */
  async function noteUse(
    stored: StoredSession,
    site: Site,
    remote: string | undefined,
  ): Promise<boolean> {
    const now = clock.now();
    const { idleExpiresAt } = expiries(site, stored.state, Date.parse(stored.createdAt), now);
    try {
      await store.touch(stored.id, { seenAt: isoNow(clock), idleExpiresAt, remote });
      return true;
    } catch (err) {
      if (!isAppError(err, 'storage/busy') && !isAppError(err, 'storage/full')) throw err;
      deps.log.warn({ err }, 'session/use-not-noted');
      return false;
    }
  }

  /** The session with tokens that last for the request, where they open the mail of the site. */
  async function withTokens(
    stored: StoredSession,
    site: Site,
    { half }: Bearer,
  ): Promise<StoredSession> {
    if (stored.state !== 'open' || site.mailAccess?.kind !== 'oauth') return stored;
    const own: HeldSecret = { stored, site, half, sealed: stored.sealed };
    try {
      await tokens.fresh(own, { waits: false });
    } catch {
      // Frozen now, or the provider is silent: who opens the mail is told, and may still sign out.
      return (await store.find(stored.id)) ?? stored;
    }
    return { ...stored, sealed: own.sealed };
  }

  async function credentialOf(own: HeldSecret, server: MailServer): Promise<MailCredential> {
    const secret = await tokens.fresh(own, { waits: true });
    checkMailServer(own.site, secret, server);
    return mailCredential(own.site, secret);
  }

  function loadedOf(
    stored: StoredSession,
    site: Site,
    { half }: Bearer,
    { remote = stored.remote, isKeptOut }: { remote: string | undefined; isKeptOut: boolean },
  ): LoadedSession {
    const own: HeldSecret = { stored, site, half, sealed: stored.sealed };
    const secret = () => tokens.open(own);
    const mustBeOpen = (): void => {
      if (isKeptOut) throw new AppError('session/required');
      if (stored.state === 'awaiting-challenge') throw new AppError('session/required');
      if (stored.state === 'frozen') throw new AppError('session/frozen');
    };
    const settle = async (): Promise<void> => {
      if (stored.state !== 'open') return;
      try {
        await tokens.fresh(own, { waits: true });
      } catch {
        // The provider is silent or refuses: who opens the mail is told.
      }
    };
    const loaded: LoadedSession = {
      session: sessionOf(stored),
      csrfToken: maskToken(sessionToken(half)),
      ...(isKeptOut && { isKeptOut }),
      openCredential(server) {
        mustBeOpen();
        return credentialOf(own, server);
      },
      openPassword() {
        mustBeOpen();
        const typed = secret();
        return typed.kind === 'password' ? secretHandle(typed.password) : undefined;
      },
    };
    held.set(loaded, { stored, site, remote, secret, settle });
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
