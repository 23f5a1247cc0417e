import type { SecretHandle } from '../base/secret';
import type { SessionId } from '../base/types';
import type { Locale } from '../kernel/i18n-types';
import type { Site } from '../sites/site';
import type { CloseReason } from './hooks';
import type { SignInInput } from './sign-in';
import type { MailCredential, MailServer, Session, SessionState, User } from './types';

/** A session within one request. */
export interface LoadedSession {
  readonly session: Session;
  /** Masked: another text each time, the same token. Compare with `sameToken`. */
  readonly csrfToken: string;
  /** The rule of the networks keeps it out: it may be ended, and nothing else. */
  readonly isKeptOut?: true;
  /** The sealed credential; throws `session/frozen`, or `session/required` before it is open. */
  openCredential(server: MailServer): Promise<MailCredential>;
  /** The password that was typed, `undefined` where none was; throws like `openCredential`. */
  openPassword(): SecretHandle | undefined;
}

/** A session whose id has just been made: the cookie is to be set. */
export interface SignedIn {
  readonly kind: 'opened' | 'challenge';
  /** The cookie's value. */
  readonly bearer: string;
  readonly session: Session;
  /** Tokens that the browser is to keep from now on; absent where it keeps those that it has. */
  readonly deviceTokens?: readonly string[];
}

/** One line of a person's list of sessions. */
export interface SessionSummary {
  readonly id: SessionId;
  readonly state: SessionState;
  readonly via: string;
  /** As `Session.trail`. */
  readonly trail: string;
  readonly remote: string;
  /** Where it was used from last, when that is another address. */
  readonly lastRemote: string | undefined;
  readonly device: string;
  /** The browser, by its name for the person. */
  readonly deviceId?: string | undefined;
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
  /** Cookie that the browser sent: that session ends, whoever's it was. */
  readonly previous?: string | undefined;
  /** Chosen on the sign-in page; becomes the person's own at their very first sign-in. */
  readonly language?: Locale | undefined;
}
