import { AppError } from '../base/errors';
import type { PluginRoute, PluginRouter, RouteRegistrar } from './route-types';

const ROUTE_PATH = /^\/(?:[a-z0-9-]+|:[a-zA-Z]+)?(?:\/(?:[a-z0-9-]+|:[a-zA-Z]+))*$/;

/** Runs a plugin's registrar and returns its routes; a bad or repeated path is refused by name. */
export function collectRoutes(plugin: string, register: RouteRegistrar): readonly PluginRoute[] {
  const routes: PluginRoute[] = [];
  const add =
    (method: 'get' | 'post'): PluginRouter['get'] =>
    (path, handler, options = {}) => {
      const isTaken = routes.some((route) => route.method === method && route.path === path);
      if (!ROUTE_PATH.test(path) || isTaken) {
        const problem = isTaken ? 'declared twice' : 'not a path';
        throw new AppError('config/invalid', { details: { plugin, route: path, problem } });
      }
      routes.push({ plugin, method, path, handler, options });
    };
  register({ get: add('get'), post: add('post') });
  return routes;
}
