import express, { type Express } from 'express';
import { requestId } from './access-log';
import { bodyParser } from './body';
import type { WebDeps } from './context';
import { csrfGate } from './csrf-gate';
import { mountDav } from './dav/mount';
import { createElsewhere } from './elsewhere';
import { errorHandler, notFound } from './errors';
import { networkGate } from './network-gate';
import { mountPluginRoutes } from './plugin-routes';
import { requestContext } from './request-context';
import { mountRoutes, type RouteInfo } from './route';
import { ROUTES } from './routes';
import { healthRoutes } from './routes/health';
import { securityHeaders } from './security';
import { serverTiming } from './server-timing';
import { sessionGate } from './session-gate';
import { serveAssets } from './static';

/** The HTTP application: one list shows the order, and nobody else adds to it. */
export function createServer(given: Omit<WebDeps, 'findElsewhere'>): {
  readonly app: Express;
  readonly routes: readonly RouteInfo[];
} {
  const deps: WebDeps = { ...given, findElsewhere: createElsewhere(given) };
  const app = express();
  // Else Express prints the stack of what even the error page could not take.
  app.set('env', 'production');
  app.disable('x-powered-by');
  app.set('etag', false);
  app.set('query parser', 'simple');
  app.set('trust proxy', [...deps.config.trustedProxies]);
  app.set('case sensitive routing', true);

  app.use(securityHeaders(deps.config));
  app.use(requestId(deps));
  app.use('/assets', serveAssets(deps.config.assetsDir));
  // Probes come by address, not by host name.
  healthRoutes(app, deps);
  // No cookie counts there: a program says who it is with each request.
  mountDav(app, deps);
  app.use(requestContext(deps));
  if (deps.serverTiming) app.use(serverTiming(deps.serverTiming));
  app.use(networkGate);
  app.use(sessionGate(deps));
  app.use(bodyParser(deps.config));
  app.use(csrfGate(deps));
  const routes = mountRoutes(app, deps, ROUTES);
  mountPluginRoutes(app, deps);
  app.use(notFound);
  app.use(errorHandler(deps));
  return { app, routes };
}
