import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { newToken, sameSecret } from '../base/ids';
import type { SiteId } from '../base/types';
import { type KeyRing, markOf } from './keys';

const TOKEN_BYTES = 32;
const MASKED = /^[A-Za-z0-9_-]{86}$/; // 64 bytes: pad and masked token
const LOGIN_COOKIE = /^([A-Za-z0-9_-]{43})\.([A-Za-z0-9_-]{43})$/;
const PURPOSE = 'estafette login csrf';

/** The token of a session, unmasked: derived from the half that only its cookie holds. */
export const sessionToken = (half: string): Buffer =>
  createHmac('sha256', Buffer.from(half, 'base64url')).update('estafette csrf').digest();

/**
 * A token as it stands in a page: XOR with a pad that is new each time, so that compressed answers
 * of the same page never repeat the secret (BREACH).
 */
export function maskToken(token: Buffer): string {
  const pad = randomBytes(token.length);
  return Buffer.concat([pad, xor(pad, token)]).toString('base64url');
}

function unmask(masked: string): Buffer | undefined {
  if (!MASKED.test(masked)) return undefined;
  const bytes = Buffer.from(masked, 'base64url');
  return xor(bytes.subarray(0, TOKEN_BYTES), bytes.subarray(TOKEN_BYTES));
}

/** Whether two masked tokens are the same token; in constant time. */
export function sameToken(expected: string, submitted: unknown): boolean {
  const a = unmask(expected);
  const b = typeof submitted === 'string' ? unmask(submitted) : undefined;
  return a !== undefined && b !== undefined && timingSafeEqual(a, b);
}

const xor = (a: Buffer, b: Buffer): Buffer =>
  Buffer.from(a.map((byte, index) => byte ^ (b[index] ?? 0)));

/** The token of a form before there is a session. */
export interface LoginToken {
  /** Value of the `__Host-` cookie, HttpOnly and SameSite=Strict. */
  readonly cookie: string;
  /** Value of the field `_csrf`. */
  readonly token: string;
}

/**
 * Signed double submit for the sign-in form: the cookie carries a nonce and our signature of it,
 * the field a token that only we can derive from the nonce. Bound to the site.
 */
export interface LoginCsrf {
  /** A token for the form; keeps the nonce of a valid cookie, so that two tabs both work. */
  issue(site: SiteId, cookie: string | undefined): LoginToken;
  verify(site: SiteId, cookie: string | undefined, submitted: unknown): boolean;
}

export function createLoginCsrf(keys: KeyRing): LoginCsrf {
  const hmac = (keyId: number, text: string): Buffer =>
    markOf(keys, keyId, { purpose: PURPOSE, text });
  const signature = (keyId: number, site: SiteId, nonce: string) =>
    hmac(keyId, `cookie ${site} ${nonce}`).toString('base64url');
  const tokenOf = (keyId: number, site: SiteId, nonce: string) =>
    maskToken(hmac(keyId, `token ${site} ${nonce}`));

  /** The nonce of a cookie that we signed, and with which key. */
  function read(site: SiteId, cookie: string | undefined) {
    const [, nonce, signed] = LOGIN_COOKIE.exec(cookie ?? '') ?? [];
    if (nonce === undefined || signed === undefined) return undefined;
    const keyId = keys.ids.find((id) => sameSecret(signature(id, site, nonce), signed));
    return keyId === undefined ? undefined : { nonce, keyId };
  }

  return {
    issue(site, cookie) {
      const known = read(site, cookie) ?? { nonce: newToken(), keyId: keys.currentId };
      const { nonce, keyId } = known;
      return {
        cookie: `${nonce}.${signature(keyId, site, nonce)}`,
        token: tokenOf(keyId, site, nonce),
      };
    },
    verify(site, cookie, submitted) {
      const known = read(site, cookie);
      return known !== undefined && sameToken(tokenOf(known.keyId, site, known.nonce), submitted);
    },
  };
}
