import { isoNow } from '../base/clock';
import type { Log } from '../base/log';
import type { SessionId, UserId } from '../base/types';
import type { Database } from '../kernel/db-types';
import type { HookScope } from '../kernel/hook-types';
import { createClosing } from './closing';
import type { CloseReason } from './hooks';
import type { KeyRing } from './keys';
import { createLoading, type Loading } from './loading';
import { openSession } from './opening';
import { freezeSession, satisfyChallenge, thawSession } from './renewing';
import type {
  ClosedSession,
  LoadedSession,
  SessionSummary,
  SignedIn,
  SignInRequest,
} from './service-types';
import type { SignInDeps } from './sign-in';
import { createSessionStore, type StoredSession } from './store';
import type { UserStore } from './user-store';

const PURGE_BATCH = 500; // rows per pass; the job runs again

export interface SessionsDeps extends SignInDeps {
  readonly db: Database;
  readonly log: Log;
  readonly keys: KeyRing;
  readonly users: UserStore;
}

/** The service of sessions: sign-in, load, transitions, end. */
export interface Sessions {
  /**
   * A new session and its cookie. Throws `session/credentials`, `session/throttled` (with
   * `retryAfterS`), `session/refused`, `directory/*`, `imap/*` or `plugin/guard-failed`.
   */
  signIn(request: SignInRequest): Promise<SignedIn>;
  /** The session of a cookie on a host of `site`; `touch` counts the request as activity. */
  readonly load: Loading['load'];
  /**
   * Whether a session is open on `site` and within its limits now, for what carries its id but not
   * its cookie; never counts as activity.
   */
  readonly isOpen: Loading['isOpen'];
  /** Takes one challenge off, once; throws `session/required` or `request/not-found`. */
  satisfy(loaded: LoadedSession, challengeId: string, scope: HookScope): Promise<SignedIn>;
  /** After the mail server refused the credential; false when the session was not open. */
  freeze(sessionId: SessionId): Promise<boolean>;
  /** Signs the same person in again, in place; throws like {@link Sessions.signIn}. */
  thaw(
    loaded: LoadedSession,
    request: Pick<SignInRequest, 'password' | 'remote' | 'scope'>,
  ): Promise<SignedIn>;
  /** Ends a session everywhere at once; false when it had ended. */
  signOut(sessionId: SessionId, reason?: CloseReason): Promise<boolean>;
  /** Ends all sessions of a user, but for `except`; answers how many. */
  signOutUser(
    userId: UserId,
    options?: { readonly except?: SessionId; readonly reason?: CloseReason },
  ): Promise<number>;
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
  const { db, clock, users, throttle } = outside;
  const store = createSessionStore(db);
  const closing = createClosing({ ...outside, store });
  const loading = createLoading({ ...outside, store });
  const deps = { ...outside, store, closing, loading };

  async function closeAll(sessions: readonly StoredSession[], reason: CloseReason) {
    let count = 0;
    for (const session of sessions) if (await closing.close(session, reason)) count += 1;
    return count;
  }

  const signOutUser: Sessions['signOutUser'] = async (userId, options = {}) => {
    const others = (await store.ofUser(userId)).filter(({ id }) => id !== options.except);
    return closeAll(others, options.reason ?? 'revoked');
  };

  return {
    signIn: (request) => openSession(deps, request),
    load: (cookie, site, options) => loading.load(cookie, site, options),
    isOpen: (id, site) => loading.isOpen(id, site),
    satisfy: (loaded, challengeId, scope) => satisfyChallenge(deps, loaded, challengeId, scope),
    freeze: (sessionId) => freezeSession(deps, sessionId),
    thaw: (loaded, request) => thawSession(deps, loaded, request),
    async signOut(sessionId, reason = 'signed-out') {
      const stored = await store.find(sessionId);
      return stored !== undefined && closing.close(stored, reason);
    },
    signOutUser,
    list: async (userId) => (await store.ofUser(userId)).map(summaryOf),
    async purgeExpired() {
      await throttle.purge();
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
  const { id, state, via, remote, device, createdAt, seenAt } = session;
  return { id, state, via, remote, device, createdAt, seenAt };
}
