import type { SignInEnded } from 'estafette/plugin';
import { createLocalJWKSet, errors, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from 'jose';
import { isFirstUse } from '../once';
import type { OidcProvider } from '../providers';
import { invalid } from '../refused';
import type { Step } from '../types';
import { openClient, SKEW_S } from './client';
import type { Keys } from './keys';

const EVENT = 'http://schemas.openid.net/event/backchannel-logout';
/** A logout is told the moment that it happens. */
const MAX_AGE_S = 120;
const MAX_CHARS = 16_000;
const TYPES: ReadonlySet<string> = new Set(['logout+jwt', 'application/logout+jwt', 'jwt']);

/** Whose sessions a logout token ends, after the checks of OIDC Back-Channel Logout 1.0, 2.6. */
export async function noticeOidc(
  step: Step<OidcProvider>,
  body: Readonly<Record<string, string>>,
): Promise<SignInEnded> {
  const { context, site, provider } = step;
  const token = body['logout_token'] ?? '';
  if (token === '' || token.length > MAX_CHARS) throw invalid('no-token');
  const { keys, metadata } = await openClient(step, 'notice');
  const payload = await verified(step, { token, keys, issuer: metadata.issuer });
  const { jti, iat, session } = checkLogout(payload, context.clock.now() / 1_000);
  const { sub } = payload;
  // A session that is named ends as often as it is told: what failed on our side may be told again.
  // All sessions of a person are ended once, those that they open afterwards are others.
  if (session === undefined) {
    const untilMs = (iat + MAX_AGE_S + 2 * SKEW_S) * 1_000;
    const once = { site, provider: provider.id, kind: 'logout', word: jti, untilMs } as const;
    if (!(await isFirstUse(context, once))) throw invalid('replayed');
  }
  return {
    issuer: metadata.issuer,
    ...(sub !== undefined && { subject: sub }),
    ...(session !== undefined && { session }),
  };
}

async function verified(
  { context, provider }: Step<OidcProvider>,
  { token, keys, issuer }: { readonly token: string; readonly keys: Keys; readonly issuer: string },
): Promise<JWTPayload> {
  try {
    const { payload, protectedHeader } = await jwtVerify(token, keyIn(keys), {
      issuer,
      audience: provider.clientId,
      algorithms: [...provider.algorithms],
      clockTolerance: SKEW_S,
      currentDate: new Date(context.clock.now()),
      requiredClaims: ['iat', 'jti', 'events'],
    });
    const { typ } = protectedHeader;
    if (typ !== undefined && !TYPES.has(typ.toLowerCase())) throw invalid('type');
    return payload;
  } catch (error) {
    throw error instanceof errors.JOSEError ? invalid(codeOf(error), error) : error;
  }
}

/** An unknown key id makes the set be fetched once more, as often as that is allowed. */
const keyIn =
  (keys: Keys): JWTVerifyGetKey =>
  async (header, token) => {
    try {
      return await createLocalJWKSet(await keys.known())(header, token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
      return createLocalJWKSet(await keys.renewed())(header, token);
    }
  };

const BY_CLAIM: Readonly<Record<string, string>> = {
  aud: 'audience',
  iss: 'issuer',
  exp: 'expired',
};

function codeOf(error: errors.JOSEError): string {
  if (error instanceof errors.JWTExpired) return 'expired';
  if (error instanceof errors.JWTClaimValidationFailed) return BY_CLAIM[error.claim] ?? 'claim';
  if (error instanceof errors.JWSSignatureVerificationFailed) return 'signature';
  if (error instanceof errors.JOSEAlgNotAllowed || error instanceof errors.JOSENotSupported) {
    return 'algorithm';
  }
  if (error instanceof errors.JWKSNoMatchingKey) return 'unknown-key';
  return 'token';
}

function checkLogout(
  payload: JWTPayload,
  now: number,
): { readonly jti: string; readonly iat: number; readonly session: string | undefined } {
  const { jti, iat, sub, sid, events } = payload;
  // A nonce would make it an ID token, which is no word about the end of a session.
  if ('nonce' in payload) throw invalid('nonce');
  const event: unknown =
    typeof events === 'object' && events !== null ? Reflect.get(events, EVENT) : undefined;
  if (typeof event !== 'object' || event === null) throw invalid('event');
  if (typeof iat !== 'number' || typeof jti !== 'string' || jti === '') throw invalid('claim');
  if (iat > now + SKEW_S) throw invalid('issued-in-future');
  if (iat < now - MAX_AGE_S - SKEW_S) throw invalid('expired');
  const hasSubject = typeof sub === 'string' && sub !== '';
  const session = typeof sid === 'string' && sid !== '' ? sid : undefined;
  if (!hasSubject && session === undefined) throw invalid('nobody');
  return { jti, iat, session };
}
