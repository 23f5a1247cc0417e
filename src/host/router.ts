import { AppError } from '../base/errors';
import { knowingRemote } from './current-remote';
import type { Contributions } from './define';
import type { PluginRoute, PluginRouter, RouteOptions, RouteRegistrar } from './route-types';

const ROUTE_PATH = /^(?:\/|(?:\/(?:[a-z0-9-]+|:[a-zA-Z]+))+)$/;

/** `/a/:id` and `/a/:name` answer the same requests. */
const shapeOf = (path: string): string => path.replace(/:[a-zA-Z]+/g, ':');

/** What a plugin declares about its routes beside them. */
type Declared = Pick<Contributions, 'admin' | 'challenges'>;

/**
 * Runs a plugin's registrar, when it has one, and returns its routes. A bad or repeated path is
 * refused by name, and so is a page for administrators that others could open.
 */
export function collectRoutes(
  plugin: string,
  register: RouteRegistrar | undefined,
  { admin, challenges: declared = [] }: Declared = {},
): readonly PluginRoute[] {
  const routes: PluginRoute[] = [];
  const challenges = declared.map(({ id }) => id);
  const refuse = (route: unknown, problem: string): never => {
    throw new AppError('config/invalid', { details: { plugin, route, problem } });
  };
  const add =
    (method: 'get' | 'post'): PluginRouter['get'] =>
    (path, handler, { public: isPublic, permission, challenge, confirmed, upload } = {}) => {
      // Read once: what is checked here is what the web floor goes by.
      const options: RouteOptions = Object.freeze({
        ...(isPublic !== undefined && { public: isPublic }),
        ...(permission !== undefined && { permission }),
        ...(challenge !== undefined && { challenge }),
        ...(confirmed !== undefined && { confirmed }),
        ...(upload !== undefined && { upload: Object.freeze({ maxBytes: upload.maxBytes }) }),
      });
      const isTaken = (shape: string): boolean =>
        routes.some((route) => route.method === method && shapeOf(route.path) === shape);
      const problem =
        problemOf(path, handler, isTaken) ??
        optionProblem(options, challenges) ??
        uploadProblem(method, options);
      if (problem !== undefined) refuse(path, problem);
      routes.push({ plugin, method, path, handler: knowingRemote(handler), options });
    };
  register?.({ get: add('get'), post: add('post') });
  const problem = admin && adminProblem(`/${plugin}`, admin.href, routes);
  if (problem !== undefined) refuse(admin?.href, problem);
  // A copy: a registrar that keeps the router and adds to it later changes nothing.
  return Object.freeze([...routes]);
}

/**
 * A permission is somebody's: nobody who is not signed in has one. A challenge is the plugin's own:
 * another one's would be a second factor that is passed by asking.
 */
function optionProblem(
  { public: isPublic, permission, challenge, confirmed }: RouteOptions,
  challenges: readonly string[],
): string | undefined {
  if (isPublic === true && permission !== undefined) return 'public, and with a permission';
  if (isPublic === true && confirmed === true) return 'public, and to be confirmed';
  if (challenge === undefined) return undefined;
  if (isPublic === true) return 'public, and for a challenge';
  return challenges.includes(challenge) ? undefined : 'challenge not in contributes.challenges';
}

/** Of all files of a form together; they are held in memory. */
const MAX_UPLOAD_BYTES = 30_000_000;

/** Files are taken from who is signed in, and held in memory: both have a bound. */
function uploadProblem(
  method: 'get' | 'post',
  { public: isPublic, challenge, upload }: RouteOptions,
): string | undefined {
  if (upload === undefined) return undefined;
  if (method !== 'post') return 'upload, and not a POST';
  if (isPublic === true || challenge !== undefined)
    return 'upload, and not for open sessions alone';
  const { maxBytes } = upload;
  const isBounded = Number.isInteger(maxBytes) && maxBytes > 0 && maxBytes <= MAX_UPLOAD_BYTES;
  return isBounded ? undefined : `upload.maxBytes: expected 1 to ${MAX_UPLOAD_BYTES}`;
}

/** Without a permission a route answers every agent who has the plugin, whoever is shown the link. */
function adminProblem(
  base: string,
  href: string,
  routes: readonly PluginRoute[],
): string | undefined {
  const path = href.replace(/[?#].*$/, '').slice(base.length) || '/';
  const page = routes.find((route) => route.method === 'get' && matchRoute(route, path));
  if (!page) return 'contributes.admin: expected a GET route, found none';
  const { permission } = page.options;
  if (permission?.startsWith('admin.')) return undefined;
  const found = permission ?? 'none';
  return `contributes.admin: expected the permission admin.access or admin.platform, found ${found}`;
}

/** What stands in a path for each name of a route's, as it is written; `undefined` when it is not its path. */
export function matchRoute(
  route: Pick<PluginRoute, 'path'>,
  path: string,
): Readonly<Record<string, string>> | undefined {
  const wanted = route.path.split('/');
  const given = path.split('/');
  if (wanted.length !== given.length) return undefined;
  const params: Record<string, string> = {};
  for (const [index, part] of wanted.entries()) {
    const value = given[index] ?? '';
    if (part.startsWith(':') && value !== '') params[part.slice(1)] = value;
    else if (part !== value) return undefined;
  }
  return params;
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
