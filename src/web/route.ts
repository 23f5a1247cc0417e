import type { Express, Request, RequestHandler, Response } from 'express';
import { AppError } from '../base/errors';
import type { Actor } from '../session';
import { actorOf, contextOf, type RequestContext, type WebDeps } from './context';
import { tellStarted } from './started';

type Access =
  /** Anybody on a known host. */
  | 'public'
  /** A session in any state: challenges, sign-out. */
  | 'session'
  /** An open session. */
  | 'open';

interface RouteBase {
  readonly method: 'get' | 'post';
  readonly path: string;
}

export type RouteSpec = RouteBase &
  (
    | { readonly access: 'public' | 'session'; handle(call: Call): Promise<void> }
    | { readonly access: 'open'; handle(call: OpenCall): Promise<void> }
  );

export interface Call {
  readonly deps: WebDeps;
  readonly req: Request;
  readonly res: Response;
  readonly ctx: RequestContext;
}

export interface OpenCall extends Call {
  readonly actor: Actor;
}

/** One row of the routing table, for the security matrix of the tests. */
export interface RouteInfo {
  readonly method: string;
  readonly path: string;
  readonly access: Access;
}

/** Mounts a table of routes: each parses, calls one domain function, and answers. */
export function mountRoutes(
  app: Express,
  deps: WebDeps,
  routes: readonly RouteSpec[],
): readonly RouteInfo[] {
  for (const route of routes) app[route.method](route.path, handler(deps, route));
  return routes.map(({ method, path, access }) => ({ method, path, access }));
}

function handler(deps: WebDeps, route: RouteSpec): RequestHandler {
  return async (req, res) => {
    res.locals['route'] = route.path;
    if (route.access === 'open') {
      const { ctx, actor } = actorOf(req);
      tellStarted(deps, req, route.path);
      await route.handle({ deps, req, res, ctx, actor });
      return;
    }
    const ctx = contextOf(req);
    if (route.access === 'session' && !ctx.session) throw new AppError('session/required');
    tellStarted(deps, req, route.path);
    await route.handle({ deps, req, res, ctx });
  };
}

/** A path parameter as one string; a route always has those that its path names. */
export const param = (req: Request, name: string): string => {
  const value = req.params[name];
  return typeof value === 'string' ? value : '';
};
