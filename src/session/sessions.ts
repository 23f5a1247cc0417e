import { isoNow } from '../base/clock';
import type { Log } from '../base/log';
import type { SessionId, SiteId, UserId } from '../base/types';
import type { Database } from '../kernel/db-types';
import type { HookScope } from '../kernel/hook-types';
import { isOwnBearer, parseBearer } from './bearer';
import { createClosing } from './closing';
import { type ConfirmedBy, confirmByPassword, confirmSession } from './confirming';
import { createDirectoryLookup, type DirectoryLookup } from './directory-lookup';
import type { CloseReason, RefusedSignIn } from './hooks';
import type { KeyRing } from './keys';
import { createKnownDevices } from './known-devices';
import { createLinkStore, type SignInLink } from './links-store';
import { createLoading, type Loading } from './loading';
import type { NewDeviceDeps } from './new-device';
import { openSession } from './opening';
import { renewSession } from './renew-session';
import { freezeSession, satisfyChallenge, type ThawRequest, thawSession } from './renewing';
import type {
  ClosedSession,
  LoadedSession,
  SessionSummary,
  SignedIn,
  SignInRequest,
} from './service-types';
import type { SignInDeps } from './sign-in';
import { providerSessionKey, subjectKey } from './sign-in-keys';
import { createSessionStore, type StoredSession } from './store';
import type { TokensDeps } from './tokens';
import type { SessionState, User } from './types';
import type { UserStore } from './user-store';
import {
  confirmVouched,
  openVouched,
  type VouchedDeps,
  type VouchedRequest,
  viaOf,
  type Way,
} from './vouched';

const PURGE_BATCH = 500; // rows per pass; the job runs again
/** Who renews an id between the list and the end of a session escapes once, not so many times. */
const CLOSE_ROUNDS = 20;

export interface SessionsDeps
  extends SignInDeps,
    Pick<NewDeviceDeps, 'countryOf'>,
    Pick<VouchedDeps, 'tellLink' | 'isFactor'>,
    Pick<TokensDeps, 'refreshTokens'> {
  /** Finds people in the directory without their password; by LDAP unless told. */
  readonly lookup?: DirectoryLookup;
  readonly db: Database;
  readonly log: Log;
  readonly keys: KeyRing;
  readonly users: UserStore;
}

/** What a session keeps for the sign-out at its provider. */
export interface Leaving extends Way {
  readonly leaving: Readonly<Record<string, string>>;
}

/** A provider's own session is over, or all of a person there. */
export interface ProviderNotice {
  readonly site: SiteId;
  readonly plugin: string;
  readonly issuer: string;
  readonly session?: string | undefined;
  readonly subject?: string | undefined;
}

/** The service of sessions: sign-in, load, transitions, end. */
export interface Sessions {
  /**
   * A new session and its cookie. Throws `session/credentials`, `session/throttled` (with
   * `retryAfterS`), `session/refused`, `directory/*`, `imap/*` or `plugin/guard-failed`.
   */
  signIn(request: SignInRequest): Promise<SignedIn>;
  /** The session of a cookie on a host of `site`, for a request from somewhere. */
  readonly load: Loading['load'];
  /**
   * Whether a session is open on `site` and within its limits now, for what carries its id but not
   * its cookie; never counts as activity.
   */
  readonly isOpen: Loading['isOpen'];
  /**
   * Of a cookie that loads nothing: whether we made it, site and state of its session where there is
   * one. Touches nothing.
   */
  trace(cookie: string): Promise<{
    readonly isOurs: boolean;
    readonly site?: SiteId;
    readonly state?: SessionState;
  }>;
  /** Takes one challenge off, once; throws `session/required` or `request/not-found`. */
  satisfy(
    loaded: LoadedSession,
    challengeId: string,
    scope: HookScope,
    deviceTokens?: readonly string[],
  ): Promise<SignedIn>;
  /**
   * The person of an open session proved again that it is they: a new id, and the time of it. By a
   * second factor its browser, of `deviceTokens`, gets a new token too.
   */
  confirm(
    loaded: LoadedSession,
    by: ConfirmedBy,
    scope: HookScope,
    deviceTokens?: readonly string[],
  ): Promise<SignedIn>;
  /**
   * A new id for an open session: a copy of its cookie is dead. With `deviceTokens` its browser, of
   * those, gets a new token too, which no plugin trusts yet.
   */
  renew(loaded: LoadedSession, deviceTokens?: readonly string[]): Promise<SignedIn>;
  /** The browser of a session by its name for the person, and whether they had used it before. */
  deviceOf(
    loaded: LoadedSession,
  ): Promise<{ readonly id: string; readonly isKnown: boolean } | undefined>;
  /** The same by the password; throws like {@link Sessions.signIn}. */
  confirmByPassword(
    loaded: LoadedSession,
    request: Pick<SignInRequest, 'password' | 'remote' | 'scope'>,
  ): Promise<SignedIn>;
  /**
   * A session for somebody whom a provider vouches for. Throws `session/not-eligible`,
   * `session/not-known`, `session/link-conflict`, `session/mail-access`, `session/refused`,
   * `directory/*` or `plugin/guard-failed`.
   */
  signInVouched(request: VouchedRequest): Promise<SignedIn>;
  /** Confirms an open session by the provider that it came from; `sign-in/invalid` for anybody else. */
  confirmVouched(loaded: LoadedSession, request: VouchedRequest): Promise<SignedIn>;
  /** Tells `session:refused` of a sign-in that ended before it came here. */
  refused(event: RefusedSignIn, scope: HookScope): Promise<void>;
  /** What the sign-out at the provider needs; `undefined` for a session that nobody vouched for. */
  leavingOf(loaded: LoadedSession): Leaving | undefined;
  /** Ends the sessions that a provider says are over; answers how many. */
  endByProvider(notice: ProviderNotice): Promise<number>;
  /** Providers that a user's account is linked with. */
  linksOf(userId: UserId): Promise<readonly SignInLink[]>;
  /**
   * Forgets links of an account and ends the sessions that came by them; answers how many links. By
   * the person: but for the session where they do it.
   */
  unlink(
    user: User,
    way?: Way,
    by?: { readonly session: SessionId; readonly remote: string },
  ): Promise<number>;
  /** After the mail server refused the credential; false when the session was not open. */
  freeze(sessionId: SessionId): Promise<boolean>;
  /**
   * Signs the same person in again: in place, or by a new session where a challenge is asked that was
   * not given in this one. Throws like {@link Sessions.signIn}.
   */
  thaw(loaded: LoadedSession, request: ThawRequest): Promise<SignedIn>;
  /** Ends a session everywhere at once, as asked for from `remote`; false when it had ended. */
  signOut(sessionId: SessionId, reason?: CloseReason, remote?: string): Promise<boolean>;
  /** Ends all sessions of a user, but for `except`; answers how many. */
  signOutUser(
    userId: UserId,
    options?: { readonly except?: SessionId; readonly reason?: CloseReason },
  ): Promise<number>;
  /** Ends the lock and the waits of somebody's account; false when there were none. */
  unlock(user: User): Promise<boolean>;
  /** Every browser of a person but that of `except` is a stranger again; answers how many. */
  forgetDevices(userId: UserId, except?: SessionId): Promise<number>;
  /** Sessions of a user, the last seen first. */
  list(userId: UserId): Promise<readonly SessionSummary[]>;
  /** Closes what has expired and forgets old counters; answers how many sessions. */
  purgeExpired(): Promise<number>;
  /** Calls `listener` for each session (or id) that ends in this process; the result removes it. */
  onClosed(listener: (closed: ClosedSession) => void): () => void;
  /** Signs the user out and erases them with all that depends on them. */
  eraseUser(userId: UserId): Promise<void>;
}

export function createSessions(outside: SessionsDeps): Sessions {
  const { db, clock, log, users, throttle } = outside;
  const store = createSessionStore(db);
  const closing = createClosing({ ...outside, store });
  const loading = createLoading({ ...outside, store });
  const devices = createKnownDevices({ db, clock });
  const links = createLinkStore({ db, clock });
  const lookup = outside.lookup ?? createDirectoryLookup(outside);
  const deps = { ...outside, store, closing, loading, devices, links, lookup };

  async function closeAll(sessions: readonly StoredSession[], reason: CloseReason) {
    let count = 0;
    for (const session of sessions) if (await closing.close(session, reason)) count += 1;
    return count;
  }

  /** The same for all that `list` finds, until it finds none: an id may change before its turn. */
  async function closeUntilNone(
    list: () => Promise<readonly StoredSession[]>,
    reason: CloseReason,
  ): Promise<number> {
    let count = 0;
    for (let round = 0; round < CLOSE_ROUNDS; round += 1) {
      const left = await list();
      if (left.length === 0) return count;
      count += await closeAll(left, reason);
    }
    const left = (await list()).length;
    if (left > 0) log.error({ reason, left }, 'session/not-all-closed');
    return count;
  }

  const signOutUser: Sessions['signOutUser'] = (userId, { except, reason = 'revoked' } = {}) =>
    closeUntilNone(
      async () => (await store.ofUser(userId)).filter(({ id }) => id !== except),
      reason,
    );

  return {
    signIn: (request) => openSession(deps, request),
    load: (cookie, site, options) => loading.load(cookie, site, options),
    isOpen: (id, site) => loading.isOpen(id, site),
    async trace(cookie) {
      const bearer = parseBearer(cookie);
      const stored = bearer && (await store.find(bearer.sessionId));
      const isOurs = stored !== undefined || isOwnBearer(outside.keys, cookie);
      return { isOurs, ...(stored && { site: stored.site, state: stored.state }) };
    },
    satisfy: (loaded, challengeId, scope, deviceTokens) =>
      satisfyChallenge(deps, loaded, challengeId, scope, deviceTokens),
    confirm: (loaded, by, scope, deviceTokens) =>
      confirmSession(deps, loaded, by, scope, deviceTokens),
    renew: (loaded, deviceTokens) => renewSession(deps, loaded, deviceTokens),
    async deviceOf(loaded) {
      const { user, state, deviceId: id } = loading.held(loaded).stored;
      if (id === undefined) return undefined;
      // Each request of a plugin asks: of a session that is open the answer is that it is.
      return { id, isKnown: state === 'open' || (await devices.isKnown(user.id, id)) };
    },
    confirmByPassword: (loaded, request) => confirmByPassword(deps, loaded, request),
    signInVouched: (request) => openVouched(deps, request),
    confirmVouched: (loaded, request) => confirmVouched(deps, loaded, request),
    refused: (event, scope) => outside.hooks.action(scope, 'session:refused', event),
    leavingOf(loaded) {
      const secret = loading.held(loaded).secret();
      if (secret.kind !== 'external') return undefined;
      const { plugin, method, leaving = {} } = secret;
      return { plugin, method, leaving };
    },
    async endByProvider({ site, plugin, issuer, session, subject }) {
      const voucher = { site, plugin, issuer };
      const keys = {
        ...(session !== undefined && { session: providerSessionKey(voucher, session) }),
        ...(subject !== undefined && { subject: subjectKey(voucher, subject) }),
      };
      return closeUntilNone(() => store.ofProvider(site, keys), 'provider');
    },
    linksOf: (userId) => links.ofUser(userId),
    async unlink(user, way, by) {
      const gone = await links.unlink(user.id, way);
      if (gone === 0) return 0;
      const isMeant = ({ id, via }: StoredSession): boolean =>
        id !== by?.session && (way === undefined ? via.includes('.') : via === viaOf(way));
      await closeUntilNone(async () => (await store.ofUser(user.id)).filter(isMeant), 'revoked');
      const via = way === undefined ? '*' : viaOf(way);
      await outside.tellLink?.({
        event: 'sign-in:unlinked',
        site: user.site,
        login: user.login,
        via,
        ...(by && { actor: user.login, remote: by.remote }),
      });
      return gone;
    },
    freeze: (sessionId) => freezeSession(deps, sessionId),
    thaw: (loaded, request) => thawSession(deps, loaded, request),
    async signOut(sessionId, reason = 'signed-out', remote) {
      const stored = await store.find(sessionId);
      return stored !== undefined && closing.close(stored, reason, remote);
    },
    signOutUser,
    async unlock({ site, login, mail, aliases }) {
      const ended: boolean[] = [];
      // Waits are counted by the name that was typed.
      for (const name of [login, mail, ...aliases]) ended.push(await throttle.unlock(site, name));
      return ended.includes(true);
    },
    async forgetDevices(userId, except) {
      const own = except === undefined ? undefined : await store.find(except);
      return devices.forget(userId, own?.deviceId);
    },
    list: async (userId) => (await store.ofUser(userId)).map(summaryOf),
    async purgeExpired() {
      await throttle.purge();
      await devices.purge();
      return closeAll(await store.expired(isoNow(clock), PURGE_BATCH), 'expired');
    },
    onClosed: (listener) => closing.onClosed(listener),
    async eraseUser(userId) {
      await signOutUser(userId, { reason: 'erased' });
      await users.eraseUser(userId);
    },
  };
}

function summaryOf(session: StoredSession): SessionSummary {
  const { id, trail, state, via, remote, device, deviceId, createdAt, seenAt } = session;
  const lastRemote = session.lastRemote === remote ? undefined : session.lastRemote;
  return { id, state, via, trail, remote, lastRemote, device, deviceId, createdAt, seenAt };
}
