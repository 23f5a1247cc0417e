import type { SecretHandle, SignInTokens } from 'estafette/plugin';
import * as oidc from 'openid-client';
import type { OidcProvider } from '../providers';
import { randomWord } from '../secrets';
import type { Step } from '../types';
import { openClient, openForLeaving } from './client';
import { refusedBy } from './faults';
import { tokensOf } from './finish';

/** Where the browser signs out at the provider (RP-Initiated Logout 1.0). */
export async function leaveOidc(
  step: Step<OidcProvider>,
  { leaving, back }: { readonly leaving: Readonly<Record<string, string>>; readonly back: string },
): Promise<string | undefined> {
  const config = await openForLeaving(step);
  const { idToken } = leaving;
  const { end_session_endpoint: end } = config.serverMetadata();
  if (end === undefined || idToken === undefined) return undefined;
  return oidc.buildEndSessionUrl(config, {
    id_token_hint: idToken,
    post_logout_redirect_uri: back,
    // ProConnect wants one, of 32 characters at least; nobody needs it back.
    state: randomWord(),
  }).href;
}

/** New tokens for old; `undefined` where the provider will give none any more (RFC 6749 5.2). */
export async function refreshOidc(
  step: Step<OidcProvider>,
  refresh: SecretHandle,
): Promise<SignInTokens | undefined> {
  const { config } = await openClient(step);
  try {
    const answer = await oidc.refreshTokenGrant(config, refresh.reveal());
    const renewed = tokensOf(answer, step.provider, step.context.clock.now());
    // A provider that does not rotate them says nothing: the old one stays good.
    return answer.refresh_token === undefined ? { ...renewed, refresh } : renewed;
  } catch (error) {
    if (error instanceof oidc.ResponseBodyError && error.error === 'invalid_grant')
      return undefined;
    throw refusedBy(error);
  }
}
