import type { RequestHandler } from 'express';
import { findContext, requestIdOf, type WebDeps } from './context';

/** One line and one measure a request: route pattern, never the path (it holds folder names). */
export function requestId(deps: WebDeps): RequestHandler {
  return (req, res, next) => {
    const started = performance.now();
    res.on('close', () => {
      const ms = performance.now() - started;
      const route = typeof res.locals['route'] === 'string' ? res.locals['route'] : 'other';
      deps.metrics.observe(route, req.method, res.statusCode, ms);
      const context = findContext(req);
      deps.log.info(
        {
          requestId: requestIdOf(res),
          method: req.method,
          route,
          status: res.statusCode,
          ms: Math.round(ms),
          site: context?.site.id,
          user: context?.actor?.user.id,
        },
        'request',
      );
    });
    next();
  };
}
