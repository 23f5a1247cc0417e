import { createHmac, hkdfSync } from 'node:crypto';
import { NONCE_BYTES, openText, sealText } from '../base/aead';
import type { SessionId } from '../base/types';
import type { BodyUrls } from '../mail';
import type { RequestContext, WebDeps } from './context';
import { signed } from './signing';

/** Signed URLs live as long as a message stays open on a screen, and never longer than the session. */
const LIFE_S = 12 * 3_600;
/** Expiry is rounded, so that the same body asked twice within the period is the same cached body. */
const ROUND_S = 3_600;

type Keys = Pick<WebDeps, 'signingKey'>;

const TAG = /^[A-Za-z0-9_-]{40,400}$/;

const derive = (signingKey: Buffer, use: string): Buffer =>
  Buffer.from(hkdfSync('sha256', signingKey, Buffer.alloc(0), `image tag ${use}`, 32));

// Each message that is opened needs both, and the key is one for the life of the process.
const tagKeys = new WeakMap<Buffer, { readonly nonce: Buffer; readonly seal: Buffer }>();

function tagKeysOf({ signingKey }: Keys) {
  const known = tagKeys.get(signingKey);
  if (known) return known;
  const made = { nonce: derive(signingKey, 'nonce'), seal: derive(signingKey, 'key') };
  tagKeys.set(signingKey, made);
  return made;
}

/**
 * Names a session in a URL without saying which: its id, sealed. The nonce comes from the id, so
 * that one session has one tag; two ids under one nonce would need a collision of HMAC-SHA-256.
 */
export function sessionTag(keys: Keys, sessionId: string): string {
  const { nonce: nonceKey, seal } = tagKeysOf(keys);
  const nonce = createHmac('sha256', nonceKey).update(sessionId).digest().subarray(0, NONCE_BYTES);
  return sealText(seal, sessionId, { nonce }).toString('base64url');
}

/** The session that a tag names; `undefined` for a tag that this server did not make. */
export function sessionOfTag(keys: Keys, tag: string): SessionId | undefined {
  if (!TAG.test(tag)) return undefined;
  try {
    const id = openText(tagKeysOf(keys).seal, Buffer.from(tag, 'base64url'));
    return id as SessionId; // authenticated: our own words
  } catch {
    return undefined;
  }
}

/** Key of the signed URLs of one tag. */
export const imageKey = (keys: Keys, tag: string): string => signed(keys, 'image key', tag);

/** Key of the addresses of the page between a message and what it links to. */
export const leaveKey = (keys: Keys, tag: string): string => signed(keys, 'leave key', tag);

/**
 * URLs of remote images inside the framed body. Its opaque origin sends no cookie (architecture.md
 * 8), so the path names the session, which has to be open still when the image is asked for, and
 * the signature stands for the right to fetch that address.
 */
export function bodyUrls(deps: WebDeps, ctx: RequestContext): BodyUrls {
  const tag = sessionTag(deps, ctx.session?.session.id ?? '');
  const now = Math.floor(deps.clock.now() / 1_000);
  const expires = Math.ceil((now + LIFE_S) / ROUND_S) * ROUND_S;
  return {
    proxy: {
      prefix: `${ctx.origin}/image/${tag}`,
      key: imageKey(deps, tag),
      sessionTag: tag,
      expires,
    },
    leave: {
      prefix: `${ctx.origin}/leave`,
      key: leaveKey(deps, tag),
      sessionTag: tag,
      expires,
    },
  };
}
