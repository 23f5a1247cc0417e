import { z } from 'zod';
import type { SessionId, SiteId } from '../base/types';
import {
  type Action,
  type Collect,
  defineHooks,
  type Filter,
  type First,
  type Guard,
} from '../kernel/hook-types';
import type { SecretHandle } from './secret';
import type { Principal, Session, User } from './types';

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
}

/** A second factor that a plugin asks for. */
export interface Challenge {
  /** `[a-z][a-z0-9-]*`; the plugin's routes for it are reachable while it waits. */
  readonly id: string;
  readonly label: string;
  /** True when nothing is asked this time (a remembered device). */
  readonly satisfied: boolean;
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
  /** The id changed (challenge, sign-in again): connections of the old one end, the session goes on. */
  | 'renewed';

declare global {
  namespace Estafette {
    interface HookMap {
      'session:authenticate': First<AuthenticateQuery, Principal>;
      'session:opening': Guard<OpeningQuery>;
      'session:challenges': Collect<ChallengesQuery, Challenge>;
      'session:opened': Action<{ session: Session; first: boolean; via: string }>;
      'session:landing-page': Filter<{ url: string }, { session: Session }>;
      'session:refused': Action<{ site: SiteId; login: string; remote: string; code: string }>;
      'session:closed': Action<{ sessionId: SessionId; user: User; reason: CloseReason }>;
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

const landingShape = z.object({ url: z.string().max(2_048) });
const fits = (shape: z.ZodType) => (value: unknown) => shape.safeParse(value).success;

export const sessionHooks = defineHooks({
  'session:authenticate': {
    kind: 'first',
    doc: 'Authenticates a person in place of the site’s directory or mail server.',
    check: fits(principalShape),
    timeoutMs: 5_000,
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
    timeoutMs: 1_000,
    // A second factor that does not answer must not be one that is not asked.
    failClosed: true,
  },
  'session:opened': {
    kind: 'action',
    doc: 'A session is open; `first` on the very first sign-in of the user.',
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
});
