import * as oidc from 'openid-client';
import { invalid, Refused, unavailable } from '../refused';

const CANCELLED: ReadonlySet<string> = new Set([
  'access_denied',
  'login_required',
  'consent_required',
  'interaction_required',
  'account_selection_required',
]);
const BUSY: ReadonlySet<string> = new Set(['temporarily_unavailable', 'server_error']);

const OURS: ReadonlySet<string> = new Set(['invalid_client', 'unauthorized_client']);

/** Claims whose wrong value has a code of its own. */
const BY_CLAIM: Readonly<Record<string, string>> = {
  aud: 'audience',
  azp: 'audience',
  iss: 'issuer',
  nonce: 'nonce',
  exp: 'expired',
  nbf: 'not-yet-valid',
  sub: 'subject',
  auth_time: 'too-old',
};

const BY_CODE: Readonly<Record<string, string>> = {
  OAUTH_JWT_TIMESTAMP_CHECK_FAILED: 'expired',
  OAUTH_JSON_ATTRIBUTE_COMPARISON_FAILED: 'subject',
  OAUTH_KEY_SELECTION_FAILED: 'unknown-key',
  OAUTH_JWT_USERINFO_EXPECTED: 'userinfo-unsigned',
};

/** What the library found wrong, as a refusal with a code of our own. */
export function refusedBy(error: unknown): unknown {
  const own = refusedWithin(error);
  if (own) return own;
  if (error instanceof oidc.AuthorizationResponseError) {
    if (CANCELLED.has(error.error)) return new Refused('cancelled', 'cancelled');
    return BUSY.has(error.error) ? unavailable('provider-busy') : invalid('provider-error');
  }
  // Our own name or secret there: no fault of the person, and not to be counted.
  if (error instanceof oidc.ResponseBodyError && OURS.has(error.error)) {
    return unavailable('client-refused', error);
  }
  // RFC 6749 5.2: the code was used, is of another client, or its verifier is not ours.
  if (error instanceof oidc.ResponseBodyError) {
    return BUSY.has(error.error) ? unavailable('provider-busy') : invalid('code-refused', error);
  }
  if (error instanceof oidc.WWWAuthenticateChallengeError) return invalid('token-refused', error);
  if (error instanceof oidc.ClientError) return byClientError(error);
  return error;
}

function byClientError(error: oidc.ClientError): Refused {
  const inner = deepest(error, 'claim') ?? deepest(error, 'attribute');
  const claim = inner === undefined ? undefined : BY_CLAIM[inner];
  if (claim !== undefined) return invalid(claim, error);
  if (hasWord(error, '"state"')) return invalid('state-mismatch', error);
  if (hasWord(error, '"iss"')) return invalid('issuer', error);
  if (hasWord(error, '"alg"') || error.code === 'OAUTH_UNSUPPORTED_OPERATION') {
    return invalid('algorithm', error);
  }
  if (hasWord(error, 'signature')) return invalid('signature', error);
  return invalid(BY_CODE[error.code ?? ''] ?? 'answer', error);
}

/** What our own fetch refused comes back wrapped. */
export function refusedWithin(error: unknown, depth = 0): Refused | undefined {
  if (error instanceof Refused) return error;
  if (!(error instanceof Error) || depth > 4) return undefined;
  return refusedWithin(error.cause, depth + 1);
}

/** The library tells which claim in causes of causes. */
function deepest(error: unknown, name: string, depth = 0): string | undefined {
  if (typeof error !== 'object' || error === null || depth > 4) return undefined;
  const value: unknown = Reflect.get(error, name);
  if (typeof value === 'string') return value;
  return deepest(Reflect.get(error, 'cause'), name, depth + 1);
}

function hasWord(error: unknown, word: string, depth = 0): boolean {
  if (!(error instanceof Error) || depth > 4) return false;
  return error.message.includes(word) || hasWord(error.cause, word, depth + 1);
}
