import type { Express } from 'express';
import type { WebDeps } from '../context';
import { healthStatus } from '../health-status';

/**
 * `/health`: probes of an orchestrator, on any host. One word each: this listener may be public,
 * and names of sites, servers, plugins and versions are an attacker's map. The detail is on the
 * operations listener.
 */
export function healthRoutes(app: Express, deps: WebDeps): void {
  app.get('/health/live', (_req, res) => {
    res.locals['route'] = '/health/live';
    res.json({ status: 'ok' });
  });
  app.get(['/health', '/health/ready'], async (_req, res) => {
    res.locals['route'] = '/health';
    const { httpStatus, status } = healthStatus(await deps.health());
    res.status(httpStatus).json({ status });
  });
}
