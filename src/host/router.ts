import { AppError } from '../base/errors';
import type { PluginRoute, PluginRouter, RouteRegistrar } from './route-types';

const ROUTE_PATH = /^(?:\/|(?:\/(?:[a-z0-9-]+|:[a-zA-Z]+))+)$/;

/** `/a/:id` and `/a/:name` answer the same requests. */
const shapeOf = (path: string): string => path.replace(/:[a-zA-Z]+/g, ':');

/** Runs a plugin's registrar and returns its routes; a bad or repeated path is refused by name. */
export function collectRoutes(plugin: string, register: RouteRegistrar): readonly PluginRoute[] {
  const routes: PluginRoute[] = [];
  const add =
    (method: 'get' | 'post'): PluginRouter['get'] =>
    (path, handler, options = {}) => {
      const isTaken = (shape: string): boolean =>
        routes.some((route) => route.method === method && shapeOf(route.path) === shape);
      const problem = problemOf(path, handler, isTaken);
      if (problem !== undefined) {
        throw new AppError('config/invalid', { details: { plugin, route: path, problem } });
      }
      routes.push({ plugin, method, path, handler, options });
    };
  register({ get: add('get'), post: add('post') });
  // A copy: a registrar that keeps the router and adds to it later changes nothing.
  return Object.freeze([...routes]);
}

function problemOf(
  path: unknown,
  handler: unknown,
  isTaken: (shape: string) => boolean,
): string | undefined {
  if (typeof path !== 'string' || !ROUTE_PATH.test(path)) return 'not a path';
  if (isTaken(shapeOf(path))) return 'declared twice';
  return typeof handler === 'function' ? undefined : 'no handler';
}
