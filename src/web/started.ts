import type { Request } from 'express';
import { contextOf, type WebDeps } from './context';
import { readerOf } from './reader';

/** Tells plugins that a request has found its route; nobody waits for them. */
export function tellStarted(deps: WebDeps, req: Request, route: string): void {
  const ctx = contextOf(req);
  const user = readerOf(ctx);
  void deps.hooks.action(ctx.scope, 'request:started', {
    requestId: ctx.id,
    site: ctx.site.id,
    route,
    method: req.method,
    ...(user && { user }),
  });
}
