import type { ErrorRequestHandler, Request, RequestHandler, Response } from 'express';
import { AppError, type ErrorCode, toAppError } from '../base/errors';
import { escapeHtml } from '../base/html';
import { supportFor } from '../sites';
import { findContext, type RequestContext, requestIdOf, type WebDeps } from './context';
import { HOME, localPath, withQuery } from './links';
import type { ErrorModel } from './pages/other';
import { seeOther, sendPage, wantsJson } from './reply';
import { isFromProvider } from './sign-in-paths';

/** Nobody's route. */
export const notFound: RequestHandler = () => {
  throw new AppError('request/not-found');
};

/** Turns anything thrown into a translated page or JSON with the request's reference. */
export function errorHandler(deps: WebDeps): ErrorRequestHandler {
  return async (thrown: unknown, req, res, _next) => {
    const error = fromExpress(thrown);
    logError(deps, req, res, error);
    // Not awaited: who is refused does not wait for the disk.
    void noteRefused(deps, req, error);
    if (res.headersSent) {
      res.destroy();
      return;
    }
    if (error.retryAfterS !== undefined) res.setHeader('Retry-After', String(error.retryAfterS));
    try {
      if (error.code === 'imap/credentials' || error.code === 'session/frozen') {
        await freeze(deps, req);
      }
      await sendError(deps, req, res, error);
    } catch (failure) {
      deps.log.error({ err: failure, requestId: requestIdOf(res) }, 'web/error-page-failed');
      sendPlain(res, error);
    }
  };
}

/** Errors of Express itself: a path that cannot be decoded, a body parser's refusal. */
function fromExpress(thrown: unknown): AppError {
  if (thrown instanceof AppError) return thrown;
  if (thrown instanceof URIError) return new AppError('request/invalid', { cause: thrown });
  const status =
    typeof thrown === 'object' && thrown !== null && 'status' in thrown ? thrown.status : 0;
  if (thrown instanceof Error && typeof status === 'number' && status >= 400 && status < 500) {
    return new AppError('request/invalid', { cause: thrown });
  }
  return toAppError(thrown);
}

function logError(deps: WebDeps, req: Request, res: Response, error: AppError): void {
  const context = findContext(req);
  deps.log[error.level](
    {
      code: error.code,
      status: error.status,
      requestId: requestIdOf(res),
      route: res.locals['route'],
      site: context?.site.id,
      user: context?.actor?.user.id,
      ...error.details,
      ...(error.level !== 'info' && { err: error }),
    },
    'request/failed',
  );
}

/** Doors that are closed to most: who tries them is worth a line. */
const NOTED = new Map([
  ['error.notAdministrator', 'admin'],
  ['error.notPlatformAdministrator', 'platform'],
  ['error.notAuditReader', 'audit'],
]);

/** What nobody meets who uses the pages as they are. */
const NOTED_CODES: ReadonlySet<ErrorCode> = new Set(['session/network', 'request/csrf']);

/** A page asks for a fresh proof as it is opened; who sends its form without one passed it by. */
const isSkippedProof = (req: Request, { code }: AppError): boolean =>
  code === 'session/unconfirmed' && req.method === 'POST';

async function noteRefused(deps: WebDeps, req: Request, error: AppError): Promise<void> {
  const context = findContext(req);
  const reason = NOTED.get(error.textKey);
  const isNoted = NOTED_CODES.has(error.code) || isSkippedProof(req, error) || reason !== undefined;
  if (!context || !isNoted) return;
  await deps.safety.noteRefused({
    site: context.site.id,
    remote: context.remote,
    code: error.code,
    reason,
    actor: context.actor?.user.login,
  });
}

/** The mail server refused the stored credential: the session waits for a new sign-in. */
async function freeze(deps: WebDeps, req: Request): Promise<void> {
  const session = findContext(req)?.session;
  if (session?.session.state === 'open') await deps.sessions.freeze(session.session.id);
}

async function sendError(
  deps: WebDeps,
  req: Request,
  res: Response,
  error: AppError,
): Promise<void> {
  const context = findContext(req);
  if (!context) {
    sendPlain(res, error);
    return;
  }
  const { t, site } = context;
  const text = t(error.textKey, error.textValues);
  if (wantsJson(req)) {
    res.status(error.status).json({ error: { code: error.code, text, requestId: context.id } });
    return;
  }
  if (error.code === 'session/unconfirmed') {
    seeOther(res, confirmHref(req, error));
    return;
  }
  const isGet = req.method === 'GET';
  const model: ErrorModel = {
    status: error.status,
    heading: heading(deps, context, error),
    text,
    advice: advice(deps, context, error),
    requestId: context.id,
    // What a provider sends back with is good for once, and not to be shown.
    retry:
      isGet && error.status >= 500 && !isFromProvider(req.path)
        ? localPath(req.originalUrl, '/')
        : undefined,
    home: context.actor ? HOME : '/login',
    remedy:
      error.textKey === 'error.factorNeeded'
        ? { href: '/security', label: t('security.title') }
        : undefined,
    support: supportFor(site, context.locale),
  };
  await sendErrorPage(deps, req, res, model);
}

/** The page that asks for the proof, and leads on: to the page asked for, or the one of a form. */
function confirmHref(req: Request, { details }: AppError): string {
  const asked = req.method === 'GET' ? req.originalUrl : HOME;
  const next = localPath(details['back'] ?? asked, HOME);
  return withQuery('/confirm', { next });
}

/**
 * With the usual frame where somebody is signed in and reads a page, so that the way back is where
 * it always is; else, or when the frame cannot be drawn, the message alone. A framed document is
 * never given a frame of ours inside it.
 */
async function sendErrorPage(
  deps: WebDeps,
  req: Request,
  res: Response,
  model: ErrorModel,
): Promise<void> {
  const page = {
    view: 'error',
    status: model.status,
    model,
    shell: { title: model.heading, area: 'error' },
    facts: { status: model.status },
  };
  // Freezing takes the session away: its frame would offer what it no longer opens.
  if (findContext(req)?.actor && model.status !== 401 && !isFramed(req)) {
    try {
      await sendPage(deps, req, res, { ...page, layout: 'layout' });
      return;
    } catch (failure) {
      deps.log.warn({ err: failure, requestId: requestIdOf(res) }, 'web/error-frame-failed');
    }
  }
  await sendPage(deps, req, res, { ...page, layout: 'layout-bare' });
}

/** A document inside another: browsers say so, and our own framed one is known by its address. */
const isFramed = (req: Request): boolean =>
  req.get('Sec-Fetch-Dest') === 'iframe' || req.path.endsWith('/body');

type Reader = Pick<RequestContext, 'locale' | 't'>;

/** `error.mailDownHeading` where a text has its own, else the status's. */
function heading({ texts }: WebDeps, { locale, t }: Reader, { textKey, status }: AppError): string {
  const keys = [`${textKey}Heading`, `error.status.${status}`];
  return t(keys.find((key) => texts.has(key, locale)) ?? 'error.status.500');
}

function advice({ texts }: WebDeps, { locale, t }: Reader, error: AppError): string | undefined {
  const key = `${error.textKey}Advice`;
  return texts.has(key, locale) ? t(key) : undefined;
}

/** Before a site is known, or when the page itself fails: both languages, no view. */
function sendPlain(res: Response, error: AppError): void {
  const id = escapeHtml(requestIdOf(res));
  const text =
    error.status === 421
      ? 'Aucun service à cette adresse. / No service at this address.'
      : 'Le service est momentanément indisponible. / The service is temporarily unavailable.';
  res
    .status(error.status)
    .type('html')
    .send(
      `<!doctype html><html lang="fr"><meta charset="utf-8"><title>${error.status}</title><p>${text}</p><p>${id}</p></html>`,
    );
}
