import type { Request, RequestHandler } from 'express';
import { AppError } from '../base/errors';
import { checkRequestOrigin, sameToken } from '../session';
import { field, formOf } from './body';
import { contextOf, type WebDeps } from './context';
import { readCookie } from './cookies';
import { takesFiles } from './session-gate';
import { isFromProvider } from './sign-in-paths';

const SAFE = new Set(['GET', 'HEAD']);
const KNOWN = new Set(['GET', 'HEAD', 'POST']);

/** Routes of the core that read their own body: they check the token before they store anything. */
const STREAMED = /^\/(?:compose\/[^/]+\/attachments|imports)$/;

/** Routes of plugins that take files do so too; every other route of theirs asks for it again. */
const streamsBody = (deps: WebDeps, req: Request): boolean =>
  isMultipart(req) && (STREAMED.test(req.path) || takesFiles(deps, contextOf(req).scope, req.path));

export const isMultipart = (req: Request): boolean =>
  (req.headers['content-type'] ?? '').startsWith('multipart/form-data');

/** Checks origin and token of every request that may change something (threats X3). */
export function csrfGate(deps: WebDeps): RequestHandler {
  return (req, _res, next) => {
    if (!KNOWN.has(req.method)) throw new AppError('request/method');
    if (!SAFE.has(req.method) && !isFromProvider(req.path)) {
      checkOrigin(req);
      // A streamed upload carries its token in a header, or in its first field: the route checks it.
      const submitted = req.get('X-CSRF-Token') ?? field(formOf(req.body), '_csrf');
      if (!streamsBody(deps, req) || submitted !== '') requireToken(deps, req, submitted);
    }
    next();
  };
}

function checkOrigin(req: Request): void {
  const isOurs = checkRequestOrigin({
    method: req.method,
    origin: req.get('Origin'),
    referer: req.get('Referer'),
    secFetchSite: req.get('Sec-Fetch-Site'),
    allowedOrigins: [contextOf(req).origin],
  });
  if (!isOurs) throw new AppError('request/csrf');
}

/** Throws `request/csrf` unless `submitted` is this session's token, or the sign-in form's. */
export function requireToken(deps: WebDeps, req: Request, submitted: string): void {
  const { session, site } = contextOf(req);
  const isRight = session
    ? sameToken(session.csrfToken, submitted)
    : deps.loginCsrf.verify(site.id, readCookie(req, 'pre', deps.config.isSecure), submitted);
  if (!isRight) throw new AppError('request/csrf');
}
