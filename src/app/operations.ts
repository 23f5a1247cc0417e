import http from 'node:http';
import type { PluginReport } from '../host/report';
import type { Metrics } from '../kernel/meter';
import { type HealthCheck, healthStatus } from '../web/health-status';
import type { IsolationReport } from './isolation';

export interface OperationsDeps {
  readonly metrics: Metrics;
  readonly health: () => Promise<readonly HealthCheck[]>;
  readonly plugins: () => Promise<readonly PluginReport[]>;
  /** What the process went through, and what plugins cost it. */
  readonly isolation?: () => IsolationReport | undefined;
}

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

/**
 * What the operator alone may read, on a listener of its own: measures, and health with its detail.
 * They name sites, servers and plugins, which the public listener tells to nobody.
 */
export function createOperationsServer(deps: OperationsDeps): http.Server {
  return http.createServer((req, res) => {
    const run = req.method === 'GET' || req.method === 'HEAD' ? find(deps, req.url) : undefined;
    if (!run) {
      res.writeHead(404).end();
      return;
    }
    void run().then(
      ({ status, type, body }) =>
        res.writeHead(status, { 'Content-Type': type, 'Cache-Control': 'no-store' }).end(body),
      () => res.writeHead(500).end(),
    );
  });
}

function find(
  { metrics, health, plugins, isolation }: OperationsDeps,
  url: string | undefined,
): (() => Promise<Answer>) | undefined {
  switch (url?.split('?')[0]) {
    case '/metrics':
      return async () => ({
        status: 200,
        type: metrics.contentType,
        body: await metrics.text(),
      });
    case '/health':
      return async () => {
        const checks = await health();
        const { httpStatus, status } = healthStatus(checks);
        return json(
          { status, checks: checks.map(({ id, ok, ms }) => ({ id, ok, ms })) },
          httpStatus,
        );
      };
    case '/health/plugins':
      return async () =>
        json({
          plugins: (await plugins()).map(({ id, version, state, sites }) => ({
            id,
            version,
            state,
            sites,
          })),
        });
    case '/health/process':
      return async () => json(isolation?.() ?? {});
    default:
      return undefined;
  }
}

const json = (document: unknown, status = 200): Answer => ({
  status,
  type: 'application/json; charset=utf-8',
  body: JSON.stringify(document),
});
