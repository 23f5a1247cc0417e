import type { MailCredential } from '../base/sasl';
import type { SecretHandle } from '../base/secret';
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
  /** Where they work, and their telephone, where the site names the attributes (`signIn.profile`). */
  readonly unit?: string;
  readonly phone?: string;
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
  /** What the audit log calls it for life: its id changes with each proof. */
  readonly trail?: string;
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
  /**
   * When the person last proved that it is they: at sign-in, or since. Absent where a provider let
   * them in without asking them anything.
   */
  readonly confirmedAt?: string;
  /** How strongly the provider had them sign in; absent where nobody vouches. */
  readonly assurance?: Assurance;
  /** At sign-in something was taken for a second factor: the provider's strength, say. */
  readonly isFactorTaken?: true;
}

/** How strongly a provider says that somebody signed in there. */
export interface Assurance {
  /** `acr`, SAML AuthnContextClassRef. */
  readonly level?: string;
  /** `amr` (RFC 8176). */
  readonly methods: readonly string[];
  /** True when the site’s configuration takes the level for a second factor. */
  readonly isStrong: boolean;
}

/** Names one session of one person: enough to let go of what it holds. */
export interface SessionKey {
  readonly site: Pick<Site, 'id'>;
  readonly user: Pick<User, 'id'>;
  readonly session: Pick<Session, 'id'>;
}

/** What opens the agent's IMAP and SMTP connections. Exists in memory only while one is opened. */
export type { MailCredential } from '../base/sasl';

/** A server that is about to be given a credential. */
export interface MailServer {
  readonly host: string;
  readonly port: number;
}

/** Tokens of a provider, in clear: inside a sealed secret and on their way there. */
export interface SealedTokens {
  readonly access: string;
  readonly refresh?: string;
  /** ISO time. */
  readonly expiresAt?: string;
}

/** What a session keeps sealed, with a half of the key in the cookie. */
export type SessionSecret = PasswordSecret | ExternalSecret;

/** Of somebody who typed a password. */
export interface PasswordSecret {
  readonly kind: 'password';
  readonly username: string;
  readonly password: string;
}

/** Of somebody whom a provider vouched for. */
export interface ExternalSecret {
  readonly kind: 'external';
  /** Their name at the mail server. */
  readonly username: string;
  readonly plugin: string;
  readonly method: string;
  /** Only where they open the mail. */
  readonly tokens?: SealedTokens;
  /** For the sign-out at the provider. */
  readonly leaving?: Readonly<Record<string, string>>;
}

/** An open session within one request: what every mail and compose function is given first. */
export interface Actor {
  readonly session: Session;
  readonly user: User;
  readonly site: Site;
  readonly scope: HookScope;
  /** Agent's language for this request. */
  readonly locale: 'fr' | 'en';
  /**
   * What opens the mail now, at the server that is about to be told. Throws `session/frozen` when the sealed secret cannot be opened, or the
   * provider refuses a new token; `session/mail-access` when the site opens no mail without a password.
   */
  credential(server: MailServer): MailCredential | Promise<MailCredential>;
  /**
   * The password that they typed, for the directory that they sign in with; `undefined` for who came
   * by a provider. Throws like `credential`.
   */
  password(): SecretHandle | undefined;
}
