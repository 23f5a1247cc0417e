import type { RequestHandler } from 'express';
import { AppError } from '../base/errors';
import type { WebDeps } from './context';
import { contextOf } from './context';
import { HOME, localPath, withQuery } from './links';
import { wantsJson } from './reply';
import { noteTried } from './safety';

/** Reachable in any state, signed in or not. */
const FREE = [
  /^\/login(\/|$)/,
  /^\/logout$/,
  /^\/health(\/|$)/,
  /^\/help\/[a-z]+$/,
  /^\/manifest\.webmanifest$/,
  /^\/service-worker\.js$/,
  /^\/image\/[A-Za-z0-9_-]+$/,
];
const CHALLENGE_HOME = '/challenge';

/**
 * One decision for every route, by session state: what a route says of itself cannot widen it.
 * Anonymous and half-open sessions reach the sign-in, the declared challenge routes, and nothing of
 * mail, events, JSON or plugins (threats 41, X18).
 */
export function sessionGate(deps: WebDeps): RequestHandler {
  return (req, res, next) => {
    const { session, scope } = contextOf(req);
    const path = req.path;
    if (
      FREE.some((free) => free.test(path)) ||
      isPublicPluginRoute(deps, scope, req.method, path)
    ) {
      next();
      return;
    }
    const state = session?.session.state;
    if (state === 'open') {
      next();
      return;
    }
    if (state === 'awaiting-challenge') {
      if (
        path === CHALLENGE_HOME ||
        isChallengeRoute(deps, scope, req.method, path, session?.session.challenges ?? [])
      ) {
        next();
        return;
      }
      // Whose password was right, and who went on without their second factor: worth a line.
      noteTried({ deps, ctx: contextOf(req) }, 'session/challenge');
      if (isPageRequest(req)) {
        res.redirect(302, withNext(req, CHALLENGE_HOME));
        return;
      }
      throw new AppError('session/required');
    }
    if (!isPageRequest(req))
      throw new AppError(state === 'frozen' ? 'session/frozen' : 'session/required');
    res.redirect(302, withNext(req, '/login'));
  };
}

/** A page on the way in, which leads on to the one that was asked for. */
function withNext(req: Parameters<RequestHandler>[0], page: string): string {
  const next = localPath(req.originalUrl, HOME);
  return withQuery(page, { next: next === HOME ? undefined : next });
}

/** A person following a link, as opposed to a script, a frame or a form. */
function isPageRequest(req: Parameters<RequestHandler>[0]): boolean {
  const accepts = req.get('Accept') ?? '';
  return (
    req.method === 'GET' &&
    !wantsJson(req) &&
    !accepts.includes('text/event-stream') &&
    !req.path.endsWith('/body')
  );
}

interface Target {
  readonly plugin: string;
  readonly rest: string;
}

function pluginTarget(path: string): Target | undefined {
  const match = /^\/([a-z][a-z0-9-]*)(\/.*)?$/.exec(path);
  return match?.[1] === undefined ? undefined : { plugin: match[1], rest: match[2] ?? '/' };
}

function routesOf(
  deps: WebDeps,
  site: Parameters<ReturnType<WebDeps['host']>['running']>[0],
  method: string,
  path: string,
) {
  const target = pluginTarget(path);
  if (!target) return [];
  const plugin = deps
    .host()
    .running(site)
    .find(({ id }) => id === target.plugin);
  // HEAD is answered as GET is (RFC 9110 9.3.2).
  const asked = method === 'HEAD' ? 'get' : method.toLowerCase();
  return (plugin?.routes ?? []).filter(
    (route) => route.method === asked && matches(route.path, target.rest),
  );
}

function matches(pattern: string, path: string): boolean {
  const wanted = pattern.split('/').filter(Boolean);
  const found = path.split('/').filter(Boolean);
  return (
    wanted.length === found.length &&
    wanted.every((segment, index) => segment.startsWith(':') || segment === found[index])
  );
}

const isPublicPluginRoute = (
  deps: WebDeps,
  site: Parameters<typeof routesOf>[1],
  method: string,
  path: string,
) => routesOf(deps, site, method, path).some((route) => route.options.public === true);

/** Whether the page at `href` is shown to a session that awaits one of these challenges. */
export const answersHalf = (
  deps: WebDeps,
  scope: Parameters<typeof routesOf>[1],
  href: string,
  pending: readonly string[],
): boolean => {
  const [path = ''] = href.split('?');
  return isChallengeRoute(deps, scope, 'GET', path, pending);
};

/** Whether a POST to `path` is one that a plugin takes files by. */
export const takesFiles = (
  deps: WebDeps,
  scope: Parameters<typeof routesOf>[1],
  path: string,
): boolean =>
  routesOf(deps, scope, 'POST', path).some(({ options }) => options.upload !== undefined);

const isChallengeRoute = (
  deps: WebDeps,
  site: Parameters<typeof routesOf>[1],
  method: string,
  path: string,
  pending: readonly string[],
) =>
  routesOf(deps, site, method, path).some(
    ({ options }) => options.challenge !== undefined && pending.includes(options.challenge),
  );
