import type { RequestHandler, Response } from 'express';
import type { RequestTimings } from '../kernel/request-timings';
import { onClosed } from './closed';
import { contextOf, type RequestContext } from './context';

export interface ServerTimingDeps {
  readonly timings: RequestTimings;
  /** Whether the person may see what plugins cost: administrators, everybody in development. */
  readonly isShown: (context: RequestContext) => boolean | Promise<boolean>;
}

/**
 * `Server-Timing` (W3C) with the time of each plugin within the request, all of its hooks, slots and
 * routes summed, up to the answer's first byte. Names of plugins are nobody else's business.
 */
export function serverTiming({ timings, isShown }: ServerTimingDeps): RequestHandler {
  return async (req, res, next) => {
    const context = contextOf(req);
    if (await isShown(context)) {
      const { id } = context;
      const began = performance.now();
      timings.open(id);
      onClosed(res, () => timings.close(id));
      beforeHead(res, () => {
        const plugins = [...timings.read(id)].sort(([, a], [, b]) => b - a);
        const parts = plugins.map(([plugin, ms]) => `plugin-${plugin};dur=${ms.toFixed(1)}`);
        const total = `total;dur=${(performance.now() - began).toFixed(1)}`;
        res.setHeader('Server-Timing', [...parts, total].join(', '));
      });
    }
    next();
  };
}

/** Runs once, when the headers are about to leave. */
function beforeHead(res: Response, run: () => void): void {
  const { writeHead } = res;
  const own = ((...args: Parameters<typeof writeHead>) => {
    res.writeHead = writeHead;
    run();
    return writeHead.apply(res, args);
  }) as typeof writeHead; // its overloads, all passed on
  res.writeHead = own;
}
