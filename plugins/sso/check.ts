import type { CheckedSite, SettingsProblem, SignInContribution } from 'estafette/plugin';
import { checkCas } from './cas/cas';
import type { SsoConfig } from './config';
import { openClient } from './oidc/client';
import { findProvider, type Provider, providerOf } from './providers';
import { Refused } from './refused';
import { checkSaml } from './saml/client';

/** Providers that could never answer: without their secret, or at a server that is not listed. */
export const checkSettings = (
  { providers }: SsoConfig,
  site: CheckedSite,
): readonly SettingsProblem[] =>
  providers.flatMap((said, index) => {
    const provider = providerOf(said);
    const at = (key: string, message: string): SettingsProblem => ({
      keys: ['providers', String(index), key],
      message: `${message}: nobody can sign in by ${provider.id}`,
    });
    return [...secretProblems(provider, site, at), ...reachProblems(provider, site, at)];
  });

type At = (key: string, message: string) => SettingsProblem;

function secretProblems(provider: Provider, site: CheckedSite, at: At) {
  if (provider.kind !== 'oidc' || provider.clientAuth === 'none') return [];
  const variable = site.missingSecret(`${provider.id}.clientSecret`);
  if (variable === undefined) return [];
  return [at('clientId', `expected its secret in ${variable} (or ${variable}_FILE), found none`)];
}

function reachProblems(provider: Provider, site: CheckedSite, at: At) {
  // What SAML says comes by the browser alone.
  if (provider.kind === 'saml' || site.mayReach(provider.issuer)) return [];
  const { origin } = new URL(provider.issuer);
  return [at('issuer', `expected a server of origins.sso in config/plugins.json, found ${origin}`)];
}

/** Asks a provider as a sign-in would, as far as that goes without a person. */
export const checkProvider: NonNullable<SignInContribution<SsoConfig>['check']> = async (
  { site, method },
  context,
) => {
  const provider = findProvider(context, site, method);
  if (!provider) return 'no such provider';
  try {
    switch (provider.kind) {
      case 'oidc':
        await openClient({ context, site, provider });
        break;
      case 'cas':
        await checkCas({ context, site, provider });
        break;
      case 'saml':
        checkSaml({ context, site, provider });
        break;
    }
    return undefined;
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return [error.code, ...causes(error)].join(': ');
  }
};

/** Why, down to the connection: an operator reads it, and no person at the sign-in page. */
function causes({ cause }: Error): readonly string[] {
  return cause instanceof Error ? [cause.message, ...causes(cause)] : [];
}
