import type { SiteId } from '../base/types';
import type { Locale } from '../kernel/i18n-types';
import type { SecretHandle } from '../session';
import type { PluginContext } from './context-types';

/** One way in that a site offers: a button of the sign-in page, at `/login/<plugin>/<id>`. */
export interface SignInMethod {
  /** `[a-z][a-z0-9-]*`, unique within the plugin and the site. */
  readonly id: string;
  /** What the button says, in the language asked for. */
  readonly label: string;
  /** Stylesheet word of a button with a look of its own (`proconnect`); none: the ordinary one. */
  readonly look?: string;
  /** Text below the button, with a link: ProConnect wants « Qu’est-ce que ProConnect ? ». */
  readonly about?: { readonly label: string; readonly href: string };
}

/** A way in as a configuration makes it. */
export interface OfferedWay {
  /** As the method's. */
  readonly id: string;
  /** Whether its people bring a token, which `mailAccess` of kind `oauth` opens their mail with. */
  readonly givesToken?: boolean;
}

/** Who begins, and where they are to come back. */
export interface SignInBegin {
  readonly site: SiteId;
  readonly locale: Locale;
  readonly method: string;
  /** Our address that the provider sends the browser back to: `https://host/login/<plugin>/<id>/callback`. */
  readonly callback: string;
  /** `confirm`: the person is there already and proves it again (max_age=0, ForceAuthn). */
  readonly purpose: 'sign-in' | 'confirm';
}

/** Where the browser goes; `keep` is given back with what it brings. */
export interface SignInStarted {
  /** An absolute https address (http on loopback alone). */
  readonly redirect: string;
  /**
   * State, nonce, code verifier: sealed in a cookie of this browser for ten minutes, taken once.
   * At most 2,000 characters.
   */
  readonly keep: Readonly<Record<string, string>>;
}

/** What the browser brought back. */
export interface SignInReturn {
  readonly site: SiteId;
  readonly method: string;
  readonly callback: string;
  readonly purpose: 'sign-in' | 'confirm';
  /** `post`: a provider's form (SAML, `response_mode=form_post`). */
  readonly via: 'get' | 'post';
  readonly query: Readonly<Record<string, string>>;
  readonly body: Readonly<Record<string, string>>;
  /** What `begin` kept; of this browser, not older than ten minutes, never given twice. */
  readonly keep: Readonly<Record<string, string>>;
}

/** Whom the provider vouches for. Plain data but for the tokens. */
export interface SignInIdentity {
  /** The provider, as it calls itself: OIDC `iss`, the CAS or SAML entity. */
  readonly issuer: string;
  /** The person there, for ever: OIDC `sub`, persistent NameID. Accounts are linked by it. */
  readonly subject: string;
  /** How our directory knows them: looked up when the subject is met for the first time. */
  readonly login: string;
  readonly mail?: string;
  readonly name?: string;
  /** Values of the provider that eligibility and groups may look at. */
  readonly attributes?: Readonly<Record<string, readonly string[]>>;
  /** How strongly they signed in there: `acr`, `amr` (RFC 8176), SAML AuthnContextClassRef. */
  readonly assurance?: { readonly level?: string; readonly methods?: readonly string[] };
  /**
   * When they last proved there who they are (`auth_time`, SAML AuthnInstant): ISO time, never one to
   * come. A session whose provider asked them nothing for this sign-in, or does not say, has to be
   * confirmed before it does what a stolen one must not do.
   */
  readonly authenticatedAt?: string;
  /** True when the site’s configuration takes that level for a second factor. */
  readonly isStrong?: boolean;
  /** The provider's name of its own session (`sid`, SAML SessionIndex, CAS ticket): `end` finds ours by it. */
  readonly session?: string;
  /** For `leave` alone: `id_token_hint`, NameID. Sealed with the session. At most 8,000 characters. */
  readonly leaving?: Readonly<Record<string, string>>;
  /** Opens the person's mail where the site says so (RFC 7628); sealed with the session. */
  readonly tokens?: SignInTokens;
}

export interface SignInTokens {
  readonly access: SecretHandle;
  readonly refresh?: SecretHandle;
  /** ISO time; the token is renewed a minute before. */
  readonly expiresAt?: string;
}

/** Why nobody is signed in; `code` goes to the audit log, the person reads a text of ours. */
export interface SignInRefusal {
  /**
   * `cancelled`: the person gave up there; `unavailable`: the provider did not answer (no attempt is
   * counted); `invalid`: what came back cannot be believed.
   */
  readonly refused: 'cancelled' | 'unavailable' | 'invalid' | 'not-eligible';
  /** `state-mismatch`, `nonce`, `audience`, `expired`, `signature`, `replayed`, …: `[a-z][a-z0-9-]*`. */
  readonly code: string;
}

/** Sessions that a provider says are over. */
export interface SignInEnded {
  readonly issuer: string;
  readonly subject?: string;
  readonly session?: string;
  /** Where the browser goes that brought the notice (SAML: the answer to the provider). */
  readonly goOn?: string;
}

/**
 * What a provider says without the person: by its own server (back-channel logout, CAS single
 * logout), or by a browser that it sends round (SAML).
 */
export interface SignInNotice {
  readonly site: SiteId;
  readonly method: string;
  /** Our address that was called. */
  readonly address: string;
  readonly query: Readonly<Record<string, string>>;
  readonly body: Readonly<Record<string, string>>;
  /** The body as it came, for what is no form; at most 100 kB. */
  readonly text: string;
}

/**
 * Ways to sign in that a plugin answers for. The core hosts the pages, keeps the state, counts,
 * audits, makes the session and seals what it holds; the plugin talks with the provider. Everything
 * that it throws is `unavailable`.
 */
export interface SignInContribution<C = unknown> {
  /**
   * The ways that a configuration makes, for what a site's file says of them (`signIn.order`,
   * `mailAccess`): asked at start and by `sites:check`, without a running plugin. Absent: not known.
   */
  offered?(config: C): readonly OfferedWay[];
  /** Of the site's configuration; asked for each sign-in page: no input or output. */
  methods(site: SiteId, locale: Locale, context: PluginContext<C>): readonly SignInMethod[];
  begin(request: SignInBegin, context: PluginContext<C>): Promise<SignInStarted | SignInRefusal>;
  finish(request: SignInReturn, context: PluginContext<C>): Promise<SignInIdentity | SignInRefusal>;
  /** Where the browser goes once our own session has ended; `undefined`: to our sign-in page. */
  leave?(
    request: {
      readonly site: SiteId;
      readonly method: string;
      readonly leaving: Readonly<Record<string, string>>;
      /** Our page that says good-bye. */
      readonly back: string;
    },
    context: PluginContext<C>,
  ): Promise<string | undefined>;
  /**
   * Which sessions to end. A refusal (or `undefined`, which says no reason) cannot be believed: 400;
   * one that is `unavailable` may be told again: 503.
   */
  notice?(
    request: SignInNotice,
    context: PluginContext<C>,
  ): Promise<SignInEnded | SignInRefusal | undefined>;
  /**
   * Asks the provider as a sign-in would, as far as that goes without a person: for
   * `sites:check --connect`. What is wrong, in one line for the operator; `undefined`: nothing.
   */
  check?(
    request: { readonly site: SiteId; readonly method: string },
    context: PluginContext<C>,
  ): Promise<string | undefined>;
  /** A new token for the old; `undefined`: the provider refuses, the person signs in again. */
  refresh?(
    request: {
      readonly site: SiteId;
      readonly method: string;
      readonly refresh: SecretHandle;
    },
    context: PluginContext<C>,
  ): Promise<SignInTokens | undefined>;
}
