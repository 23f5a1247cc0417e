import { createHmac } from 'node:crypto';
import type { BodyUrls } from '../mail';
import type { RequestContext, WebDeps } from './context';

/** Signed URLs live as long as a message stays open on a screen. */
const LIFE_S = 12 * 3_600;
/** Expiry is rounded, so that the same body asked twice within the period is the same cached body. */
const ROUND_S = 3_600;

/** Names a session in a URL without saying who it is. */
export const sessionTag = (deps: WebDeps, sessionId: string): string =>
  createHmac('sha256', deps.signingKey)
    .update(`image tag\n${sessionId}`)
    .digest('base64url')
    .slice(0, 22);

/** Key of the signed URLs of one tag. */
export const imageKey = (deps: WebDeps, tag: string): string =>
  createHmac('sha256', deps.signingKey).update(`image key\n${tag}`).digest('base64url');

/**
 * URLs of remote images inside the framed body. Its opaque origin sends no cookie (architecture.md
 * 8), so the path carries the tag of the session and the signature stands for the right to fetch.
 */
export function bodyUrls(deps: WebDeps, ctx: RequestContext): BodyUrls {
  const tag = sessionTag(deps, ctx.session?.session.id ?? '');
  const now = Math.floor(deps.clock.now() / 1_000);
  return {
    proxy: {
      prefix: `${ctx.origin}/image/${tag}`,
      key: imageKey(deps, tag),
      sessionTag: tag,
      expires: Math.ceil((now + LIFE_S) / ROUND_S) * ROUND_S,
    },
  };
}
