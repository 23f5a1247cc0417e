import type { SignInBegin, SignInStarted } from 'estafette/plugin';
import * as oidc from 'openid-client';
import type { OidcProvider } from '../providers';
import { randomWord } from '../secrets';
import type { Step } from '../types';
import { openClient } from './client';

/** Sends the browser to the provider with a code challenge, a state and a nonce of its own. */
export async function beginOidc(
  step: Step<OidcProvider>,
  { callback, purpose }: SignInBegin,
): Promise<SignInStarted> {
  const { provider, context } = step;
  const { config } = await openClient(step);
  const state = randomWord();
  const nonce = randomWord();
  const verifier = oidc.randomPKCECodeVerifier();
  const redirect = oidc.buildAuthorizationUrl(config, {
    redirect_uri: callback,
    scope: provider.scopes.join(' '),
    state,
    nonce,
    // RFC 7636 4.2. Providers that refuse what they do not know (ProConnect) know these.
    ...(provider.pkce && {
      code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
    }),
    ...levelsOf(provider),
    ...(purpose === 'confirm' && { prompt: 'login', max_age: '0' }),
  });
  return {
    redirect: redirect.href,
    keep: {
      state,
      nonce,
      ...(provider.pkce && { verifier }),
      at: String(context.clock.now()),
    },
  };
}

function levelsOf({ acr, acrBy }: OidcProvider): Record<string, string> {
  if (acr.length === 0) return {};
  if (acrBy === 'acr_values') return { acr_values: acr.join(' ') };
  // OpenID Connect Core 5.5.1: `acr_values` is a wish, an essential claim is a demand.
  const wanted = { id_token: { acr: { essential: true, values: acr } } };
  return { claims: JSON.stringify(wanted) };
}
