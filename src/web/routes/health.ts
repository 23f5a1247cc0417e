import type { Express } from 'express';
import type { WebDeps } from '../context';

/** `/health`: probes of an orchestrator. No names of people or folders; details stay in the log. */
export function healthRoutes(app: Express, deps: WebDeps): void {
  app.get('/health/live', (_req, res) => {
    res.locals['route'] = '/health/live';
    res.json({ status: 'ok', version: deps.config.version });
  });
  app.get(['/health', '/health/ready'], async (_req, res) => {
    res.locals['route'] = '/health';
    const checks = await deps.health();
    const isReady = checks.filter(({ id }) => id === 'database').every(({ ok }) => ok);
    const isWhole = checks.every(({ ok }) => ok);
    res.status(isReady ? 200 : 503).json({
      status: isReady ? (isWhole ? 'ok' : 'degraded') : 'down',
      checks: checks.map(({ id, ok, ms }) => ({ id, ok, ms })),
    });
  });
  app.get('/health/plugins', (_req, res) => {
    res.locals['route'] = '/health/plugins';
    const plugins = deps.host().state();
    res.json({
      plugins: plugins.map(({ id, version, state, sites }) => ({ id, version, state, sites })),
    });
  });
}
