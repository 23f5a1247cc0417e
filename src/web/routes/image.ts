import type { SessionId } from '../../base/types';
import { verifyTarget } from '../../mime';
import { BYTES_CSP } from '../../view';
import { imageKey, sessionOfTag } from '../body-urls';
import { type Call, param, type RouteSpec } from '../route';
import { sniffInline } from '../sniff';

const MAX_IMAGE_BYTES = 5_000_000;
const IMAGE_TIMEOUT_MS = 8_000;

/**
 * Fetches a remote image for a message body. The signature is the right: the address was in a
 * message that this session opened, and the agent asked for images. It ends with the session, by
 * sign-out or by time, which the store says at each image. Never an open proxy (X35).
 */
async function proxyImage({ deps, ctx, req, res }: Call): Promise<void> {
  const tag = param(req, 'tag');
  const now = Math.floor(deps.clock.now() / 1_000);
  const signed = verifyTarget({ key: imageKey(deps, tag), sessionTag: tag, now }, req.query);
  const session = signed === undefined ? undefined : sessionOfTag(deps, tag);
  const isOpen = session !== undefined && (await isOpenHere({ deps, ctx, req, res }, session));
  const url = isOpen ? signed : undefined;
  res.setHeader('Content-Security-Policy', BYTES_CSP);
  // Read by a document of an opaque origin: same-origin would refuse it.
  res.setHeader('Cross-Origin-Resource-Policy', 'cross-origin');
  if (url === undefined) {
    res.status(404).end();
    return;
  }
  const image = await deps
    .fetchImage(url, {
      maxBytes: MAX_IMAGE_BYTES,
      timeoutMs: IMAGE_TIMEOUT_MS,
      accept: ['image/*'],
    })
    .catch(() => undefined);
  const type = image && image.status === 200 ? sniffInline(image.body) : undefined;
  if (!image || type === undefined || type === 'application/pdf') {
    // One answer for refused, closed and wrong: the sender learns nothing of our network (X7).
    res.status(404).end();
    return;
  }
  res.setHeader('Content-Type', type);
  res.setHeader('Cache-Control', 'private, max-age=3600');
  res.send(image.body);
}

/** On the site of the host, or on another one whose people sign in there: no cookie says which. */
async function isOpenHere({ deps, ctx, req }: Call, session: SessionId): Promise<boolean> {
  for (const site of [ctx.site, ...(deps.alsoSites?.(req.headers.host) ?? [])]) {
    if (await deps.sessions.isOpen(session, site)) return true;
  }
  return false;
}

export const imageRoutes: readonly RouteSpec[] = [
  { method: 'get', path: '/image/:tag', access: 'public', handle: proxyImage },
];
