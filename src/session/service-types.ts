import type { SessionId } from '../base/types';
import type { Site } from '../sites/site';
import type { CloseReason } from './hooks';
import type { SignInInput } from './sign-in';
import type { MailCredential, MailServer, Session, SessionState, User } from './types';

/** A session within one request. */
export interface LoadedSession {
  readonly session: Session;
  /** Masked: another text each time, the same token. Compare with `sameToken`. */
  readonly csrfToken: string;
  /** The sealed credential; throws `session/frozen`, or `session/required` before it is open. */
  openCredential(server: MailServer): Promise<MailCredential>;
}

/** A session whose id has just been made: the cookie is to be set. */
export interface SignedIn {
  readonly kind: 'opened' | 'challenge';
  /** The cookie's value. */
  readonly bearer: string;
  readonly session: Session;
}

/** One line of a person's list of sessions. */
export interface SessionSummary {
  readonly id: SessionId;
  readonly state: SessionState;
  readonly via: string;
  readonly remote: string;
  readonly device: string;
  readonly createdAt: string;
  readonly seenAt: string;
}

export interface ClosedSession {
  readonly sessionId: SessionId;
  readonly user: User;
  readonly reason: CloseReason;
}

export interface SignInRequest extends SignInInput {
  /** Other sites whose people sign in at this host: `site:resolve` may choose one of them. */
  readonly also?: readonly Site[];
  /** The Host header, checked against the closed list. */
  readonly host?: string;
  /** The browser's User-Agent, shown in the list of sessions. */
  readonly device?: string;
  /** The browser's own token, of its cookie: plugins get a name made of it. */
  readonly deviceToken?: string;
  /** Cookie that the browser sent: that session ends, whoever's it was. */
  readonly previous?: string | undefined;
}
