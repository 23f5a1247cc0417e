import type { Knex } from 'knex';
import { z } from 'zod';
import type { SessionId, SiteId } from '../base/types';
import { fits } from '../kernel/hook-results';
import {
  type Action,
  type Collect,
  defineHooks,
  type Filter,
  type First,
  type Guard,
} from '../kernel/hook-types';
import type { SecretHandle } from './secret';
import type { Assurance, Principal, Session, User } from './types';

/** Who asks to sign in. */
export interface AuthenticateQuery {
  readonly site: SiteId;
  readonly login: string;
  readonly secret: SecretHandle;
  /** Client address. */
  readonly remote: string;
}

export interface OpeningQuery {
  readonly site: SiteId;
  readonly principal: Principal;
  readonly remote: string;
  readonly via: string;
}

export interface ChallengesQuery {
  readonly site: SiteId;
  readonly principal: Principal;
  readonly user: User;
  /** What the browser says that it is; shown to people, never trusted. */
  readonly device: string;
  /** The browser, by a name made for this person: the same at their next sign-in there. */
  readonly deviceId?: string;
  /** Client address, from trusted proxies only. */
  readonly remote: string;
  /** On which side of the ministry’s networks; absent where the site draws no line. */
  readonly network?: 'inside' | 'outside';
  /** True where the site’s rule wants a second factor from that side, whoever it is. */
  readonly wantsFactor?: boolean;
  /** `ldap`, `imap`, a plugin, or `<plugin>.<method>` of a way in. */
  readonly via: string;
  /** What the provider says of the sign-in there: whether that is enough is for the plugin to judge. */
  readonly assurance?: Assurance;
}

/** A second factor that a plugin asks for. */
export interface Challenge {
  /** `[a-z][a-z0-9-]*`; the plugin's routes for it are reachable while it waits. */
  readonly id: string;
  readonly label: string;
  /** True when nothing is asked this time (a remembered device). */
  readonly satisfied: boolean;
}

/** A sign-in that did not open a session. */
export interface RefusedSignIn {
  readonly site: SiteId;
  /** As typed, or as a provider gave it; empty where nobody was named. */
  readonly login: string;
  readonly remote: string;
  readonly code: string;
  /** `<plugin>.<method>` of a way in. */
  readonly via?: string;
  /** What was wrong with a provider's answer: `state-replayed`, `nonce`, `signature`. */
  readonly reason?: string;
}

/** A user about to be made, at the first sign-in. */
export interface NewUser {
  readonly login: string;
  readonly name: string;
  /** Own addresses, the main one first. */
  readonly mails: readonly string[];
  readonly language: 'fr' | 'en';
  /** First values of core settings, by key. */
  readonly settings: Readonly<Record<string, unknown>>;
}

export type CloseReason =
  | 'signed-out'
  | 'revoked'
  | 'expired'
  | 'replaced'
  | 'erased'
  /** The provider that vouched for it says that its own session is over. */
  | 'provider'
  /** The id changed (challenge, sign-in again): connections of the old one end, the session goes on. */
  | 'renewed';

/** A session that has ended. */
export interface EndedSession {
  readonly sessionId: SessionId;
  readonly user: User;
  readonly reason: CloseReason;
  /** As `Session.trail`. */
  readonly trail?: string;
  /** Client address of who signed out. */
  readonly remote?: string;
}

/** Somebody who signed in at a host that several sites share. */
export interface SiteQuery {
  readonly host: string;
  /** The site that the host itself belongs to. */
  readonly site: SiteId;
  /** The others whose people sign in there. */
  readonly choices: readonly SiteId[];
  readonly principal: Principal;
}

/** Whom the command line means by a login or an address. */
export interface LocateQuery {
  readonly site: SiteId;
  readonly login?: string;
  readonly mail?: string;
}
export interface LocatedUser {
  readonly login: string;
  readonly mails: readonly string[];
}

/** One file of what is kept about a person; `content` is JSON, a string being written as it is. */
export interface UserRecord {
  /** `events.json`: a name, never a path. */
  readonly file: string;
  readonly content: unknown;
}

/** Tables where a plugin keeps what concerns a person: those of the plugin that asks, no other. */
export interface ErasingTables {
  table(name: string): Knex.QueryBuilder;
}

/** Something that security staff want to know; `evidence` is codes and addresses, never content. */
export interface SecurityEvent {
  readonly site: SiteId;
  readonly login: string;
  readonly user?: User;
  /**
   * `new-device`, `new-country`: not where the person has signed in before; `guessing`: sign-ins have
   * to wait; `locked`: the account is locked; `not-me`: the person does not know a session; `hacked`:
   * they say that somebody else was in the account, and its sessions are ended; `reported`: somebody
   * who is not signed in says so.
   */
  readonly code:
    | 'new-device'
    | 'new-country'
    | 'guessing'
    | 'locked'
    | 'not-me'
    | 'hacked'
    | 'reported';
  readonly evidence: Readonly<Record<string, string | number>>;
}

/** An account that its owner takes back from whoever else may be in it. */
export interface SecuredAccount {
  readonly user: User;
  /** `hacked`: they say that somebody was in it; `not-me`: they do not know one thing of it. */
  readonly reason: 'hacked' | 'not-me';
  /**
   * The browser in which they say it, by its names of `session:challenges` until now and from now on:
   * what was made in any other is not known to be theirs.
   */
  readonly device?: { readonly from: string; readonly to: string };
}

/** A browser of a person that is called otherwise from now on: its token was renewed. */
export interface RenewedDevice {
  readonly user: User;
  /** `deviceId` of `session:challenges` until now, and from now on. */
  readonly from: string;
  readonly to: string;
}

declare global {
  namespace Estafette {
    interface HookMap {
      'site:resolve': First<SiteQuery, { site: SiteId }>;
      'session:pulsed': Action<{ session: Session; since: string }>;
      'security:detected': Action<SecurityEvent>;
      'account:secured': Action<SecuredAccount>;
      'device:renewed': Action<RenewedDevice>;
      'user:locate': First<LocateQuery, LocatedUser>;
      'user:records': Collect<{ user: User }, UserRecord>;
      'user:erased': Action<{ user: User; db: ErasingTables }>;
      'session:authenticate': First<AuthenticateQuery, Principal>;
      'session:opening': Guard<OpeningQuery>;
      'session:challenges': Collect<ChallengesQuery, Challenge>;
      'session:opened': Action<{ session: Session; first: boolean; via: string; remote?: string }>;
      'session:confirmed': Action<{ session: Session; by: string; remote?: string }>;
      'session:landing-page': Filter<{ url: string }, { session: Session }>;
      'session:refused': Action<RefusedSignIn>;
      'session:closed': Action<EndedSession>;
      'access:granting': Guard<{ session: Session; permission: string; resource?: string }>;
      'user:profile': Filter<NewUser, { site: SiteId; principal: Principal }>;
    }
  }
}

const CONTROL = /\p{Cc}/u;
const line = (maxChars: number) =>
  z
    .string()
    .max(maxChars)
    .refine((text) => !CONTROL.test(text));
const mail = line(320).regex(/^[^\s@]+@[^\s@]+$/);

/** Parses what a directory or a plugin says of a person. */
export const principalShape = z.object({
  login: line(256).min(1),
  dn: z.string().max(1_024).optional(),
  name: line(256),
  mail,
  aliases: z.array(mail).max(100),
  imapLogin: line(320).min(1),
  attributes: z.record(z.string(), z.array(z.string())),
});

const challengeShape = z.object({
  id: z.string().regex(/^[a-z][a-z0-9-]{0,63}$/),
  label: line(200),
  satisfied: z.boolean(),
});

export const newUserShape = z.object({
  login: line(256).min(1),
  name: line(256),
  mails: z.array(mail).min(1).max(100),
  language: z.enum(['fr', 'en']),
  settings: z.record(z.string(), z.unknown()),
});

const locatedShape = z.object({
  login: line(256).min(1),
  mails: z.array(mail).max(100),
});
const recordShape = z.object({
  file: z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}\.(?:json|txt|csv|ics|vcf|md)$/),
  content: z.json(),
});
const landingShape = z.object({ url: z.string().max(2_048) });

export const sessionHooks = defineHooks({
  'session:authenticate': {
    kind: 'first',
    doc: 'Authenticates a person in place of the site’s directory or mail server.',
    check: fits(principalShape),
    timeoutMs: 4_500,
    failClosed: true,
  },
  'session:opening': {
    kind: 'guard',
    doc: 'May refuse a session to a person whose password was right.',
  },
  'session:challenges': {
    kind: 'collect',
    doc: 'Names the second factors to satisfy before the session opens.',
    check: fits(challengeShape),
    // Nobody enters when it is late: one slow write to the disk must not close the door.
    timeoutMs: 3_000,
    // A second factor that does not answer must not be one that is not asked.
    failClosed: true,
  },
  'session:opened': {
    kind: 'action',
    doc: 'A session is open; `first` on the very first sign-in of the user.',
  },
  'session:confirmed': {
    kind: 'action',
    doc: 'The person of an open session proved again that it is they; `by` is how.',
  },
  'session:landing-page': {
    kind: 'filter',
    doc: 'The page shown after signing in; only paths of this site are followed.',
    check: fits(landingShape),
  },
  'session:refused': {
    kind: 'action',
    doc: 'A sign-in was refused; `code` is the error’s code.',
  },
  'session:closed': { kind: 'action', doc: 'A session ended, and why.' },
  'access:granting': {
    kind: 'guard',
    doc: 'May refuse a permission that the site grants; never adds one.',
  },
  'user:profile': {
    kind: 'filter',
    doc: 'The user about to be made at the first sign-in; the login cannot be changed.',
    check: fits(newUserShape),
    failClosed: true,
  },
  'site:resolve': {
    kind: 'first',
    doc: 'The site of somebody who signed in at a host that several share; the host’s own otherwise.',
    check: fits(z.object({ site: z.string().min(1).max(64) })),
    failClosed: true,
  },
  'session:pulsed': {
    kind: 'action',
    doc: 'A session is in use; told once a minute at most, `since` being the time before.',
  },
  'security:detected': {
    kind: 'action',
    doc: 'Something unusual about an account: a sign-in from a new device, guessed passwords, a lock, what its owner says of it. What is to be ended then is told by `account:secured`.',
  },
  'account:secured': {
    kind: 'action',
    doc: 'The owner takes the account back: ends what others may have left there, trusted devices, redirects. The page waits; a failure is told there, and all is asked again later: a handler must be able to run twice.',
    awaited: true,
    failClosed: true,
    timeoutMs: 3_000,
  },
  'device:renewed': {
    kind: 'action',
    doc: 'A browser of a person has another name from now on, as after each second factor: what is kept under the former one moves, and nothing stays that trusts it. The session waits.',
    awaited: true,
  },
  'user:locate': {
    kind: 'first',
    doc: 'The login and addresses of a person whom the users’ table does not know by that name.',
    check: fits(locatedShape),
  },
  'user:records': {
    kind: 'collect',
    doc: 'Files of what a plugin keeps about a person, for the right of access.',
    check: fits(recordShape),
    timeoutMs: 30_000,
    // An export that lacks a part would be taken for all there is.
    failClosed: true,
  },
  'user:erased': {
    kind: 'action',
    doc: 'A person is being erased; `db` gives the plugin’s own tables. A failure keeps the person, and all is asked again later: a handler must be able to run twice.',
    awaited: true,
    failClosed: true,
    timeoutMs: 10_000,
  },
});
