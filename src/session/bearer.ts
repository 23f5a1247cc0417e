import { randomBytes } from 'node:crypto';
import { newToken, sameSecret, sha256 } from '../base/ids';
import type { SessionId } from '../base/types';
import { type KeyRing, markOf } from './keys';

// An id and a half of 32 bytes each: 43 characters of base64url.
const BEARER = /^([A-Za-z0-9_-]{43})\.([A-Za-z0-9_-]{43})$/;
// Of the id: 128 random bits beside the 256 of the half, and 128 of a mark that only we can make.
const RANDOM_BYTES = 16;
const PURPOSE = 'estafette session cookie';

/** The two secrets that only the browser's cookie holds. */
export interface Bearer {
  /** What the cookie carries: `<id>.<credential half>`. */
  readonly cookie: string;
  /** SHA-256 of the whole cookie, the key of the row: one whose half was altered opens nothing. */
  readonly sessionId: SessionId;
  /** The browser's half of the key that seals the mail credential. */
  readonly half: string;
}

/** A new pair of secrets. */
export function newBearer(keys: KeyRing): Bearer {
  const random = randomBytes(RANDOM_BYTES);
  const half = newToken();
  const id = Buffer.concat([random, halfMark(keys, keys.currentId, random, half)]);
  const cookie = `${id.toString('base64url')}.${half}`;
  return { cookie, sessionId: idOf(cookie), half };
}

/** A cookie's value as a bearer; undefined when it is not one. */
export function parseBearer(cookie: string | undefined): Bearer | undefined {
  const [, , half] = BEARER.exec(cookie ?? '') ?? [];
  if (cookie === undefined || half === undefined) return undefined;
  return { cookie, sessionId: idOf(cookie), half };
}

/**
 * Whether we made a cookie, be its session over: who brings another one was given it by somebody, or
 * altered it. Says nothing of whether it opens anything.
 */
export function isOwnBearer(keys: KeyRing, cookie: string): boolean {
  const [, id, half] = BEARER.exec(cookie) ?? [];
  if (id === undefined || half === undefined) return false;
  const bytes = Buffer.from(id, 'base64url');
  const [random, mark] = [bytes.subarray(0, RANDOM_BYTES), bytes.subarray(RANDOM_BYTES)];
  return keys.ids.some((key) =>
    sameSecret(halfMark(keys, key, random, half).toString('hex'), mark.toString('hex')),
  );
}

const idOf = (cookie: string): SessionId => sha256(cookie) as SessionId;

function halfMark(keys: KeyRing, keyId: number, random: Buffer, half: string): Buffer {
  const text = Buffer.concat([random, Buffer.from(half)]);
  const mark = markOf(keys, keyId, { purpose: PURPOSE, text });
  return mark.subarray(0, mark.length - RANDOM_BYTES);
}
