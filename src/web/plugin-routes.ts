import type { Express, Request, Response } from 'express';
import { AppError } from '../base/errors';
import { sha256 } from '../base/ids';
import type { SiteId } from '../base/types';
import { knowingHalfway } from '../host/current-remote';
import type { RunningPlugin } from '../host/host';
import type { PluginRequest, PluginRoute } from '../host/route-types';
import { isOthersError } from '../kernel/blame';
import { deepFreeze } from '../kernel/freeze';
import { can, type LoadedSession } from '../session';
import { formOf } from './body';
import { CONFIRM_MINUTES, hasFactorNow, requireConfirmed } from './confirmed';
import { contextOf, type RequestContext, type WebDeps } from './context';
import { isMultipart, requireToken } from './csrf-gate';
import { keepSignedIn, readDevice } from './device';
import { readAnswer, sendAnswer } from './plugin-answer';
import { type Received, receiveUpload } from './plugin-upload';
import { ADMIN_ACCESS, adminReach, requireFactor } from './routes/admin/access';
import { tellStarted } from './started';

const ROUTE_TIMEOUT_MS = 10_000;
const TOKEN_FIELD = '_csrf';
const MAX_DEVICE_CHARS = 200;

/** Routes of every started plugin; a site where it is off answers 404 like any unknown path. */
export function mountPluginRoutes(app: Express, deps: WebDeps): void {
  for (const plugin of deps.host().all()) {
    for (const route of plugin.routes) {
      app[route.method](
        `/${plugin.id}${route.path === '/' ? '' : route.path}`,
        async (req, res) => {
          res.locals['route'] = `/${plugin.id}${route.path}`;
          tellStarted(deps, req, `/${plugin.id}${route.path}`);
          await runRoute(deps, plugin, route, req, res);
        },
      );
    }
  }
}

async function runRoute(
  deps: WebDeps,
  plugin: RunningPlugin,
  route: PluginRoute,
  req: Request,
  res: Response,
): Promise<void> {
  const ctx = contextOf(req);
  const site: SiteId = ctx.site.id;
  if (
    !deps
      .host()
      .running(ctx.scope)
      .some(({ id }) => id === plugin.id)
  )
    throw new AppError('request/not-found');
  if (!mayReach(ctx, route)) throw new AppError('session/required');
  const { permission } = route.options;
  if (permission !== undefined) {
    if (!(await isAllowed(deps, ctx, permission))) throw new AppError('request/forbidden');
    if (permission.startsWith('admin.')) await requireFactor(deps, ctx);
  }
  // Half a session has nothing to confirm yet: its challenge is the proof.
  if (route.options.confirmed === true && ctx.actor) {
    await requireConfirmed(deps, ctx, CONFIRM_MINUTES, backTo(plugin, route, req));
  }
  // Not the plugin's own work: what fails here is no failure of it.
  const received = await receivedBy(deps, route, req, res);
  const request = await pluginRequest(deps, route, req, res, received);
  const outcome = await deps.hooks.isolator.isolated(
    {
      plugin: plugin.id,
      // One breaker a route: a page that fails leaves the others open.
      hook: `route:${route.method} ${route.path}`,
      timeoutMs: ROUTE_TIMEOUT_MS,
      site,
      requestId: ctx.id,
    },
    async () => {
      const asked = isAwaited(ctx.session, route.options) ? ctx.session : undefined;
      const answer = await knowingHalfway(asked?.session.user.login, () =>
        route.handler(request, plugin.context),
      );
      return readAnswer(deps, plugin, answer, req, res);
    },
  );
  if (!outcome.ok) {
    // What the core answered keeps its status; anything else is the plugin's failure.
    if (isOthersError(outcome.error)) throw outcome.error;
    throw new AppError('request/budget', { cause: outcome.error, textKey: 'error.pluginFailed' });
  }
  sendAnswer(res, outcome.value);
}

/** The form of a request, and its files where the route takes some. */
async function receivedBy(
  deps: WebDeps,
  { method, options: { upload } }: PluginRoute,
  req: Request,
  res: Response,
): Promise<Received> {
  if (method !== 'post') return { form: formOf(req.query), files: [] };
  if (!isMultipart(req)) return { form: formOf(req.body), files: [] };
  if (upload) return receiveUpload(deps, req, res, upload.maxBytes);
  // Its body is not read: the gate may have let it pass for another route of the same shape.
  requireToken(deps, req, req.get('X-CSRF-Token') ?? '');
  return { form: formOf(req.body), files: [] };
}

/** A form is sent to where its page stands, or else belongs to the plugin's first page. */
function backTo(
  { id, routes }: RunningPlugin,
  { method, path }: PluginRoute,
  req: Request,
): string {
  if (method === 'get') return req.originalUrl;
  const hasPage = routes.some((route) => route.method === 'get' && route.path === path);
  return hasPage ? req.path : `/${id}`;
}

/** Asked of the route that runs: the gate knows the path alone, which may name two. */
function mayReach({ actor, session }: RequestContext, { options }: PluginRoute): boolean {
  return options.public === true || actor !== undefined || isAwaited(session, options);
}

const isAwaited = (
  session: RequestContext['session'],
  { challenge }: PluginRoute['options'],
): session is LoadedSession =>
  challenge !== undefined &&
  session?.session.state === 'awaiting-challenge' &&
  session.session.challenges.includes(challenge);

async function isAllowed(deps: WebDeps, ctx: RequestContext, permission: string): Promise<boolean> {
  if (permission === ADMIN_ACCESS) return (await adminReach(deps, ctx)) !== undefined;
  if (!ctx.session) return false;
  const where = { hooks: deps.hooks, site: ctx.site };
  return can(where, ctx.scope, ctx.session.session, permission);
}

/** A name of a session for one plugin: it opens nothing, and is another one when the id changes. */
const sessionName = (plugin: string, id: string): string => sha256(`session ${plugin} ${id}`);

/** The browser; what it says of itself is shown, never believed. */
async function deviceOf({ sessions }: WebDeps, req: Request, session: LoadedSession) {
  const device = await sessions.deviceOf(session);
  if (!device) return {};
  const name = (req.get('User-Agent') ?? '').slice(0, MAX_DEVICE_CHARS);
  return { device: { ...device, name } };
}

async function pluginRequest(
  deps: WebDeps,
  route: PluginRoute,
  req: Request,
  res: Response,
  { form, files }: Received,
): Promise<PluginRequest> {
  const ctx = contextOf(req);
  // Half a session is nobody's yet, but for the page that asks for the other half.
  const isKnown = ctx.actor !== undefined || isAwaited(ctx.session, route.options);
  const user = isKnown ? ctx.session?.session.user : undefined;
  // The gate has read the token; it is the session's, and no plugin's.
  const own = (fields: Received['form']) => [...fields].filter(([name]) => name !== TOKEN_FIELD);
  const single = (fields: Received['form']): Record<string, string> =>
    Object.fromEntries(own(fields).map(([name, values]) => [name, values[0] ?? '']));
  return deepFreeze({
    site: ctx.site.id,
    locale: ctx.locale,
    requestId: ctx.id,
    remote: ctx.remote,
    origin: ctx.origin,
    groups: (isKnown && ctx.session?.session.user.groups) || [],
    user: user && { id: user.id, name: user.name, mail: user.mail },
    ...(ctx.scope.as && { as: ctx.scope.as }),
    ...(user && ctx.session && { session: sessionName(route.plugin, ctx.session.session.id) }),
    ...(user && ctx.session && (await deviceOf(deps, req, ctx.session))),
    hasFactor: hasFactorNow(deps, ctx),
    params: Object.fromEntries(
      Object.entries(req.params).map(([name, value]) => [
        name,
        Array.isArray(value) ? value.join('/') : (value ?? ''),
      ]),
    ),
    query: single(formOf(req.query)),
    body: route.method === 'post' ? single(form) : {},
    lists: Object.fromEntries(own(form)),
    files,
    async satisfy(challenge) {
      // A link or an image makes a GET; collectRoutes saw that the challenge is the plugin's own.
      const isAsked = route.method === 'post' && route.options.challenge === challenge;
      if (!ctx.session || !isAsked) {
        throw new AppError('session/refused', { textKey: 'error.forbidden' });
      }
      const scope = { site: ctx.site.id, requestId: ctx.id };
      const tokens = readDevice(deps, req);
      const renewed =
        ctx.session.session.state === 'open'
          ? await deps.sessions.confirm(ctx.session, { challenge }, scope, tokens)
          : await deps.sessions.satisfy(ctx.session, challenge, scope, tokens);
      keepSignedIn(deps, res, renewed);
    },
  });
}
