import type { Metrics } from '../kernel/meter';

/** Figures of the web floor. */
export interface WebMetrics {
  observe(route: string, method: string, status: number, ms: number): void;
  sseOpened(): void;
  sseClosed(): void;
}

export function createWebMetrics(metrics: Metrics): WebMetrics {
  const requests = metrics.histogram('http_request_seconds', 'Time to answer, by route', [
    'route',
    'method',
    'status',
  ]);
  const streams = metrics.gauge('sse_streams', 'Open event streams');
  let open = 0;
  return {
    observe: (route, method, status, ms) =>
      requests.observe(ms / 1_000, { route, method, status: String(status) }),
    sseOpened: () => streams.set(++open),
    sseClosed: () => streams.set(--open),
  };
}
