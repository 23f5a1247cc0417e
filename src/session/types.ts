import type { SessionId, SiteId, UserId } from '../base/types';
import type { HookScope } from '../kernel/hook-types';
import type { Site } from '../sites/site';

/** Our row for a person, made at the first sign-in. */
export interface User {
  readonly id: UserId;
  readonly site: SiteId;
  /** What the directory calls them (uid), lower case. */
  readonly login: string;
  readonly name: string;
  readonly mail: string;
  /** Other addresses that they may write from. */
  readonly aliases: readonly string[];
  readonly locale: 'fr' | 'en';
  /** Groups of the site that they belonged to at their last sign-in. */
  readonly groups: readonly string[];
}

/** A directory identity before it becomes a user. */
export interface Principal {
  readonly login: string;
  readonly dn?: string;
  readonly name: string;
  readonly mail: string;
  readonly aliases: readonly string[];
  /** What signs in to IMAP and SMTP. */
  readonly imapLogin: string;
  readonly attributes: Readonly<Record<string, readonly string[]>>;
}

/** `frozen`: the mail server refused the stored credential; sign in again in place, drafts kept. */
export type SessionState = 'awaiting-challenge' | 'open' | 'frozen';

/** A browser session as the request sees it; no secret inside. */
export interface Session {
  readonly id: SessionId;
  readonly site: SiteId;
  readonly user: User;
  readonly state: SessionState;
  /** `ldap`, `imap`, or a plugin's sign-in method. */
  readonly via: string;
  readonly createdAt: string;
  /** Challenges still to satisfy; empty when open. */
  readonly challenges: readonly string[];
  /** Challenges that this session answered itself; a remembered device answers none. */
  readonly satisfied?: readonly string[];
}

/** Names one session of one person: enough to let go of what it holds. */
export interface SessionKey {
  readonly site: Pick<Site, 'id'>;
  readonly user: Pick<User, 'id'>;
  readonly session: Pick<Session, 'id'>;
}

/** What opens the agent's IMAP and SMTP connections. Exists in memory only while one is opened. */
export interface MailCredential {
  readonly username: string;
  readonly password: string;
}

/** An open session within one request: what every mail and compose function is given first. */
export interface Actor {
  readonly session: Session;
  readonly user: User;
  readonly site: Site;
  readonly scope: HookScope;
  /** Agent's language for this request. */
  readonly locale: 'fr' | 'en';
  /** Opens the sealed credential; throws `session/frozen` when it cannot be opened. */
  credential(): MailCredential;
}
