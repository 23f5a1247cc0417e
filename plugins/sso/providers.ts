import type { Locale, SiteId } from 'estafette/plugin';
import type { ProviderConfig } from './config';
import cerbere from './profiles/cerbere.json';
import proconnect from './profiles/proconnect.json';
import type { Sso } from './types';

type Said<K extends ProviderConfig['kind']> = Extract<ProviderConfig, { kind: K }>;

/** Where the values of a person are found. */
export interface ClaimNames {
  readonly login: string;
  readonly mail: string;
  readonly name: readonly string[];
}

interface Common {
  readonly id: string;
  readonly label: string | Readonly<Record<Locale, string>>;
  readonly look?: string | undefined;
  readonly issuer: string;
  readonly acr: readonly string[];
  readonly strongAcr: readonly string[];
  readonly attributes: readonly string[];
  readonly claims: ClaimNames;
}

export interface OidcProvider extends Common {
  readonly kind: 'oidc';
  readonly about?: string | undefined;
  readonly clientId: string;
  readonly clientAuth: 'basic' | 'post' | 'none';
  readonly scopes: readonly string[];
  readonly acrBy: 'acr_values' | 'claims';
  readonly strongAmr: readonly string[];
  readonly algorithms: readonly string[];
  readonly userinfo: 'none' | 'plain' | 'signed';
  readonly pkce: boolean;
  readonly refresh: boolean;
}

export interface CasProvider extends Common {
  readonly kind: 'cas';
  readonly levelAttribute: string;
  readonly logout: boolean;
}

export interface SamlProvider extends Common {
  readonly kind: 'saml';
  readonly entityId: string;
  readonly signInUrl: string;
  readonly signOutUrl?: string | undefined;
  readonly certificates: readonly string[];
  readonly subject?: string | undefined;
}

/** A provider of a site with everything that its configuration leaves to us filled in. */
export type Provider = OidcProvider | CasProvider | SamlProvider;

/** What a profile says; one is a data file, and holds what ministries would each look up. */
type Profile = Partial<Omit<Said<'oidc'>, 'kind' | 'id' | 'profile' | 'issuer' | 'clientId'>> & {
  readonly about?: string;
};
const PROFILES: Readonly<Record<NonNullable<Said<'oidc'>['profile']>, Profile>> = {
  cerbere: cerbere as Profile,
  proconnect: proconnect as Profile,
};

const listOf = (value: string | readonly string[]): readonly string[] =>
  typeof value === 'string' ? [value] : value;

function claimsOf(defaults: ClaimNames, ...said: readonly ProviderConfig['claims'][]): ClaimNames {
  const { login, mail, name } = Object.assign({}, defaults, ...said) as {
    login: string;
    mail: string;
    name: string | readonly string[];
  };
  return { login, mail, name: listOf(name) };
}

function oidcProvider(said: Said<'oidc'>): OidcProvider {
  const profile = said.profile ? PROFILES[said.profile] : {};
  const { id, issuer, clientId, ...rest } = { ...profile, ...said };
  return {
    ...rest,
    kind: 'oidc',
    id,
    issuer,
    clientId,
    about: profile.about,
    label: rest.label ?? id,
    look: rest.look,
    clientAuth: rest.clientAuth ?? 'basic',
    scopes: [...new Set(['openid', ...(rest.scopes ?? ['profile', 'email'])])],
    acr: rest.acr ?? [],
    acrBy: rest.acrBy ?? 'acr_values',
    strongAcr: rest.strongAcr ?? [],
    strongAmr: rest.strongAmr ?? [],
    algorithms: rest.algorithms ?? ['RS256', 'ES256', 'PS256'],
    userinfo: rest.userinfo ?? 'plain',
    pkce: rest.pkce ?? true,
    refresh: rest.refresh ?? false,
    attributes: rest.attributes ?? [],
    claims: claimsOf(
      { login: 'preferred_username', mail: 'email', name: ['name'] },
      profile.claims,
      said.claims,
    ),
  };
}

const casProvider = (said: Said<'cas'>): CasProvider => ({
  ...said,
  // The protocol joins `/login` to it.
  issuer: said.issuer.replace(/\/+$/, ''),
  label: said.label ?? said.id,
  acr: [],
  strongAcr: said.strongAcr ?? [],
  attributes: said.attributes ?? [],
  levelAttribute: said.levelAttribute ?? 'authnContextClass',
  logout: said.logout ?? true,
  // The protocol's own word for who it is.
  claims: claimsOf({ login: 'user', mail: 'mail', name: ['displayName'] }, said.claims),
});

const samlProvider = (said: Said<'saml'>): SamlProvider => ({
  ...said,
  label: said.label ?? said.id,
  acr: said.acr ?? [],
  strongAcr: said.strongAcr ?? [],
  attributes: said.attributes ?? [],
  claims: claimsOf({ login: 'uid', mail: 'mail', name: ['displayName'] }, said.claims),
});

/** A provider as the site says it, with what it leaves to us. */
export function providerOf(said: ProviderConfig): Provider {
  switch (said.kind) {
    case 'oidc':
      return oidcProvider(said);
    case 'cas':
      return casProvider(said);
    case 'saml':
      return samlProvider(said);
  }
}

/** The providers of a site, in the order of their buttons. */
export const providersOf = (context: Sso, site: SiteId): readonly Provider[] =>
  context.config(site).providers.map((said) => providerOf(said as ProviderConfig));

export const findProvider = (context: Sso, site: SiteId, id: string): Provider | undefined =>
  providersOf(context, site).find((one) => one.id === id);
