import { newToken, sha256 } from '../base/ids';
import type { SessionId } from '../base/types';

// Two tokens of 256 bits: 43 characters of base64url each.
const BEARER = /^([A-Za-z0-9_-]{43})\.([A-Za-z0-9_-]{43})$/;

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
export function newBearer(): Bearer {
  const half = newToken();
  const cookie = `${newToken()}.${half}`;
  return { cookie, sessionId: idOf(cookie), half };
}

const idOf = (cookie: string): SessionId => sha256(cookie) as SessionId;

/** A cookie's value as a bearer; undefined when it is not one. */
export function parseBearer(cookie: string | undefined): Bearer | undefined {
  const [, , half] = BEARER.exec(cookie ?? '') ?? [];
  if (cookie === undefined || half === undefined) return undefined;
  return { cookie, sessionId: idOf(cookie), half };
}
