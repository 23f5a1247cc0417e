import { createHmac } from 'node:crypto';
import { sameSecret } from '../base/ids';

/** What signs the addresses of remote images: nobody else can make the proxy fetch anything. */
export interface SigningOptions {
  /** Path or URL of the proxy, without a query. */
  readonly prefix: string;
  /** base64url secret. */
  readonly key: string;
  /** Binds the URL to one session and message; checked again by the proxy. */
  readonly sessionTag: string;
  /** Unix time in seconds after which the proxy refuses. */
  readonly expires: number;
}

/** The longest target we sign; browsers and servers refuse much longer ones anyway. */
const MAX_TARGET_CHARS = 4096;

const signature = (key: string, sessionTag: string, url: string, expires: number): string =>
  createHmac('sha256', Buffer.from(key, 'base64url'))
    .update(`${sessionTag}\n${url}\n${expires}`)
    .digest('base64url');

/** `prefix?u=<base64url url>&e=<expires>&s=<hmac>`, or undefined when the target is too long. */
export function signTarget(options: SigningOptions, url: string): string | undefined {
  if (url.length > MAX_TARGET_CHARS) return undefined;
  const target = Buffer.from(url, 'utf8').toString('base64url');
  const sign = signature(options.key, options.sessionTag, url, options.expires);
  return `${options.prefix}?u=${target}&e=${options.expires}&s=${sign}`;
}

export interface VerifyOptions {
  readonly key: string;
  readonly sessionTag: string;
  /** Unix time in seconds. */
  readonly now: number;
}

export interface SignedQuery {
  readonly u?: unknown;
  readonly e?: unknown;
  readonly s?: unknown;
}

/** The target of a signed query, or undefined when it is altered, expired or of another session. */
export function verifyTarget(options: VerifyOptions, query: SignedQuery): string | undefined {
  const { u, e, s } = query;
  if (typeof u !== 'string' || typeof e !== 'string' || typeof s !== 'string') return undefined;
  if (!/^\d{1,12}$/.test(e) || u.length > MAX_TARGET_CHARS * 6) return undefined;
  const url = Buffer.from(u, 'base64url').toString('utf8');
  const expires = Number(e);
  if (!sameSecret(signature(options.key, options.sessionTag, url, expires), s)) return undefined;
  return expires >= options.now ? url : undefined;
}
