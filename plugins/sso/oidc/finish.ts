import {
  type SignInIdentity,
  type SignInReturn,
  type SignInTokens,
  secretHandle,
} from 'estafette/plugin';
import * as oidc from 'openid-client';
import { isFirstUse } from '../once';
import type { OidcProvider } from '../providers';
import { invalid } from '../refused';
import { isSame } from '../secrets';
import type { Step } from '../types';
import { personOf, textsOf, timeOf, type Values } from '../values';
import { type OidcClient, openClient, SKEW_S } from './client';
import { refusedBy } from './faults';

/** What `begin` kept is thrown away after ten minutes; so may be what stands for it. */
const KEPT_MS = 15 * 60_000;
/** An ID token is fetched the moment that it is made. */
const ID_TOKEN_AGE_S = 300;
/** The platform seals 8,000 characters, names and quotes included; without it one signs out there by hand. */
const LEAVING_CHARS = 7_900;
const MAX_METHODS = 20;
const METHOD_CHARS = 64;

/** What `email_verified` may say; some providers write it as a text, and `"false"` is no yes. */
const VERIFIED: ReadonlySet<unknown> = new Set([undefined, true, 'true']);

type Tokens = Awaited<ReturnType<typeof oidc.authorizationCodeGrant>>;

/** Whom the provider vouches for, once everything that came back has been checked. */
export async function finishOidc(
  step: Step<OidcProvider>,
  request: SignInReturn,
): Promise<SignInIdentity> {
  const { context, site, provider } = step;
  const answer = request.via === 'post' ? request.body : request.query;
  const { state } = request.keep;
  if (!isSame(answer['state'], state)) throw invalid('state-mismatch');
  const once = { site, provider: provider.id, kind: 'state', word: state ?? '' } as const;
  if (!(await isFirstUse(context, { ...once, untilMs: context.clock.now() + KEPT_MS }))) {
    throw invalid('replayed');
  }
  try {
    const client = await openClient(step);
    const tokens = await exchange(client, request, answer);
    const claims: Values = tokens.claims() ?? {};
    checkClaims(step, claims, request);
    const info = await userinfoOf(client, provider, tokens, claims);
    return identityOf(step, { claims, info, tokens });
  } catch (error) {
    throw refusedBy(error);
  }
}

/** RFC 6749 4.1.2 and RFC 9207; the checks of the ID token are those of Core 3.1.3.7. */
async function exchange(
  { config }: OidcClient,
  { callback, keep }: SignInReturn,
  answer: Readonly<Record<string, string>>,
): Promise<Tokens> {
  const url = new URL(callback);
  url.search = new URLSearchParams(answer).toString();
  return oidc.authorizationCodeGrant(config, url, {
    expectedState: keep['state'] ?? '',
    expectedNonce: keep['nonce'] ?? '',
    idTokenExpected: true,
    ...(keep['verifier'] !== undefined && { pkceCodeVerifier: keep['verifier'] }),
  });
}

/** What the library leaves to its caller. */
function checkClaims(
  { context, provider }: Step<OidcProvider>,
  claims: Values,
  { purpose, keep }: SignInReturn,
): void {
  const now = context.clock.now() / 1_000;
  const iat = Number(claims['iat']);
  if (!(iat <= now + SKEW_S)) throw invalid('issued-in-future');
  if (iat < now - ID_TOKEN_AGE_S - SKEW_S) throw invalid('expired');
  const [level] = textsOf(claims['acr']);
  if (provider.acr.length > 0 && (level === undefined || !provider.acr.includes(level))) {
    throw invalid('level');
  }
  if (purpose !== 'confirm') return;
  // A provider that lets an earlier sign-in stand has confirmed nothing.
  const begunAt = Number(keep['at']) / 1_000;
  if (!(Number(claims['auth_time']) >= begunAt - SKEW_S)) throw invalid('too-old');
}

async function userinfoOf(
  { config, metadata }: OidcClient,
  { userinfo }: OidcProvider,
  tokens: Tokens,
  claims: Values,
): Promise<Values> {
  if (userinfo === 'none') return {};
  if (metadata.userinfo_endpoint === undefined) {
    if (userinfo === 'signed') throw invalid('userinfo-unsigned');
    return {};
  }
  // Core 5.3.2: of another subject it is somebody else's.
  return oidc.fetchUserInfo(config, tokens.access_token, String(claims['sub']));
}

function identityOf(
  { provider, context }: Step<OidcProvider>,
  {
    claims,
    info,
    tokens,
  }: { readonly claims: Values; readonly info: Values; readonly tokens: Tokens },
): SignInIdentity {
  const values = { ...claims, ...info };
  const { mail, ...person } = personOf(provider, values);
  const isUnverified = !VERIFIED.has(values['email_verified']);
  // Anybody may have written it there: the account of that address is not theirs for it.
  if (isUnverified && isMailClaim(provider)) throw invalid('unverified-mail');
  const [level] = textsOf(claims['acr']);
  const methods = textsOf(claims['amr'])
    .filter((method) => method.length <= METHOD_CHARS)
    .slice(0, MAX_METHODS);
  const [session] = textsOf(claims['sid']);
  const idToken = tokens.id_token ?? '';
  return {
    issuer: String(claims['iss']),
    subject: String(claims['sub']),
    ...person,
    ...(mail !== undefined && !isUnverified && { mail }),
    assurance: { ...(level !== undefined && { level }), methods },
    // Core 2: optional, unless it was asked for.
    ...timeOf(Number(claims['auth_time']) * 1_000),
    isStrong:
      (level !== undefined && provider.strongAcr.includes(level)) ||
      methods.some((method) => provider.strongAmr.includes(method)),
    ...(session !== undefined && { session }),
    ...(idToken.length <= LEAVING_CHARS && { leaving: { idToken } }),
    tokens: tokensOf(tokens, provider, context.clock.now()),
  };
}

/** Whether people are known by their address, which `email_verified` is said of (Core 5.1). */
const isMailClaim = ({ claims: { login, mail } }: OidcProvider): boolean =>
  login === 'email' || login === mail;

/** Tokens as the platform seals them. */
export function tokensOf(
  answer: { readonly access_token: string; readonly refresh_token?: string; expires_in?: number },
  { refresh }: OidcProvider,
  nowMs: number,
): SignInTokens {
  const { access_token: access, refresh_token: renewal, expires_in: seconds } = answer;
  return {
    access: secretHandle(access),
    ...(refresh && renewal !== undefined && { refresh: secretHandle(renewal) }),
    ...(seconds !== undefined && {
      expiresAt: new Date(nowMs + seconds * 1_000).toISOString(),
    }),
  };
}
