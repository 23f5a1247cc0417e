import type { Express, Request, Response } from 'express';
import { AppError } from '../base/errors';
import type { SiteId } from '../base/types';
import type { RunningPlugin } from '../host/host';
import { isPluginResponse } from '../host/response';
import type { PluginRequest, PluginResponse, PluginRoute } from '../host/route-types';
import { can, isLocalPath } from '../session';
import { formOf } from './body';
import { contextOf, type RequestContext, type WebDeps } from './context';
import { writeCookie } from './cookies';
import { seeOther, sendPage } from './reply';
import { ADMIN_ACCESS, adminReach, requireFactor } from './routes/admin/access';
import { tellStarted } from './started';

const ROUTE_TIMEOUT_MS = 10_000;
const TOKEN_FIELD = '_csrf';

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
  const { permission } = route.options;
  if (permission !== undefined) {
    if (!(await isAllowed(deps, ctx, permission))) throw new AppError('request/forbidden');
    if (permission.startsWith('admin.')) requireFactor(deps, ctx);
  }
  const outcome = await deps.hooks.isolator.isolated(
    {
      plugin: plugin.id,
      hook: 'route',
      timeoutMs: ROUTE_TIMEOUT_MS,
      site,
      requestId: ctx.id,
      accept: isPluginResponse,
    },
    () => route.handler(pluginRequest(deps, route, req, res), plugin.context),
  );
  if (!outcome.ok) {
    // An AppError thrown on purpose keeps its status; anything else is the plugin's failure.
    if (outcome.error instanceof AppError) throw outcome.error;
    throw new AppError('request/budget', { cause: outcome.error, textKey: 'error.pluginFailed' });
  }
  await answer(deps, plugin, outcome.value, req, res);
}

async function isAllowed(deps: WebDeps, ctx: RequestContext, permission: string): Promise<boolean> {
  if (permission === ADMIN_ACCESS) return (await adminReach(deps, ctx)) !== undefined;
  if (!ctx.session) return false;
  const where = { hooks: deps.hooks, site: ctx.site };
  return can(where, ctx.scope, ctx.session.session, permission);
}

function pluginRequest(
  deps: WebDeps,
  route: PluginRoute,
  req: Request,
  res: Response,
): PluginRequest {
  const ctx = contextOf(req);
  const user = ctx.session?.session.user;
  const single = (fields: ReadonlyMap<string, readonly string[]>): Record<string, string> =>
    Object.fromEntries(
      [...fields]
        // The gate has read the token; it is the session's, and no plugin's.
        .filter(([name]) => name !== TOKEN_FIELD)
        .map(([name, values]) => [name, values[0] ?? '']),
    );
  return {
    site: ctx.site.id,
    locale: ctx.locale,
    requestId: ctx.id,
    groups: ctx.actor?.user.groups ?? [],
    user: user && { id: user.id, name: user.name, mail: user.mail },
    ...(ctx.scope.as && { as: ctx.scope.as }),
    params: Object.fromEntries(
      Object.entries(req.params).map(([name, value]) => [
        name,
        Array.isArray(value) ? value.join('/') : (value ?? ''),
      ]),
    ),
    query: single(formOf(req.query)),
    body: single(formOf(req.body)),
    async satisfy(challenge) {
      if (!ctx.session || route.options.challenge !== challenge)
        throw new AppError('request/forbidden');
      const scope = { site: ctx.site.id, requestId: ctx.id };
      const renewed = await deps.sessions.satisfy(ctx.session, challenge, scope);
      writeCookie(res, 'session', renewed.bearer, { isSecure: deps.config.isSecure });
    },
  };
}

async function answer(
  deps: WebDeps,
  plugin: RunningPlugin,
  reply: PluginResponse,
  req: Request,
  res: Response,
): Promise<void> {
  if ('redirect' in reply) {
    if (!isLocalPath(reply.redirect))
      throw new AppError('internal/unexpected', { details: { plugin: plugin.id } });
    return seeOther(res, reply.redirect);
  }
  if ('json' in reply) {
    res.status(reply.status ?? 200).json(reply.json);
    return;
  }
  if ('view' in reply) {
    const { csp } = plugin.definition;
    const isOpen = contextOf(req).actor !== undefined;
    await sendPage(deps, req, res, {
      view: `${plugin.id}/${reply.view}`,
      layout: isOpen ? 'layout' : 'layout-bare',
      status: reply.status ?? 200,
      model: reply.model,
      shell: { title: reply.title, area: plugin.id },
      ...(csp && { csp }),
    });
    return;
  }
  if (reply.status === 204) {
    res.status(204).end();
    return;
  }
  throw new AppError(reply.status === 403 ? 'request/forbidden' : 'request/not-found');
}
