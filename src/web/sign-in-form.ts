import type { Request, Response } from 'express';
import type { AppError, ErrorCode } from '../base/errors';
import { contextOf, type RequestContext, type WebDeps } from './context';
import { readCookie, writeCookie } from './cookies';
import { withQuery } from './links';

/** What pages have in common where somebody says who they are. */

/** Failures of a password that its form tells; anything else is an error page. */
export const PASSWORD_FAILURES: readonly ErrorCode[] = [
  'session/credentials',
  'session/throttled',
  'session/refused',
  'directory/unreachable',
  'directory/timeout',
  'imap/unreachable',
  'imap/timeout',
];

/** The token of a form: of the session, or of a browser that has none. */
export function formToken(deps: WebDeps, req: Request, res: Response): string {
  const { site, session, csrf } = contextOf(req);
  if (session) return csrf;
  const { isSecure } = deps.config;
  const issued = deps.loginCsrf.issue(site.id, readCookie(req, 'pre', isSecure));
  writeCookie(res, 'pre', issued.cookie, { isSecure });
  return issued.token;
}

/** What a form says of a try that failed; the header says when the next one may be made. */
export function tellFailure(req: Request, res: Response, error: AppError | undefined) {
  if (!error) return undefined;
  const { code, textKey, textValues, retryAfterS } = error;
  if (retryAfterS !== undefined) res.setHeader('Retry-After', String(retryAfterS));
  const count = Math.ceil((retryAfterS ?? 0) / 60);
  return {
    text: contextOf(req).t(textKey, { ...textValues, count }),
    field: code === 'session/credentials' ? ('password' as const) : undefined,
  };
}

/** Pages of plugins that ask a second factor of somebody, who goes on to `next` from there. */
export const challengeLinks = (
  deps: Pick<WebDeps, 'host'>,
  { scope, t }: Pick<RequestContext, 'scope' | 't'>,
  next: string,
) =>
  deps
    .host()
    .running(scope)
    .flatMap(({ id: plugin, definition }) =>
      (definition.contributes?.challenges ?? []).map(({ id, label, path }) => ({
        id,
        label: t(label),
        href: withQuery(`/${plugin}${path}`, { next }),
      })),
    );
