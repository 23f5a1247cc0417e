import type { Request } from 'express';
import { AppError } from '../../../base/errors';
import type { HookEmitter } from '../../../kernel/hook-types';
import { can } from '../../../session';
import { grantsPermission, type Site } from '../../../sites';
import type { RequestContext, WebDeps } from '../../context';
import type { OpenCall, RouteSpec } from '../../route';

export const ADMIN_ACCESS = 'admin.access';
export const ADMIN_PLATFORM = 'admin.platform';

/** An administrator within one request. */
export interface AdminCall extends OpenCall {
  /** Every site of the installation, and what concerns them all. */
  readonly isPlatform: boolean;
  /** What they may see: their own site, or all. */
  readonly sites: readonly Site[];
}

export type AdminReach = 'site' | 'platform' | undefined;

/** Asked once in a request: the frame, the timings and the route itself all want to know. */
const reaches = new WeakMap<object, Promise<AdminReach>>();

interface Asked {
  readonly hooks: HookEmitter;
}
type Asker = Pick<RequestContext, 'site' | 'actor'>;

/** How far a person may administer; `undefined`: not at all. `ctx`: one object for the request. */
export function adminReach(deps: Asked, ctx: Asker): Promise<AdminReach> {
  const known = reaches.get(ctx);
  if (known) return known;
  const reach = askReach(deps, ctx);
  reaches.set(ctx, reach);
  return reach;
}

async function askReach({ hooks }: Asked, { actor, site }: Asker): Promise<AdminReach> {
  if (!actor) return undefined;
  // Nobody is asked for the many who are in no such group.
  const asked = [ADMIN_PLATFORM, ADMIN_ACCESS].filter((permission) =>
    grantsPermission(site.groups, actor.user.groups, permission),
  );
  for (const permission of asked) {
    const isAllowed = await can({ hooks, site }, actor.scope, actor.session, permission);
    if (isAllowed) return permission === ADMIN_PLATFORM ? 'platform' : 'site';
  }
  return undefined;
}

/** Where a site has a second factor, who administers has given it in this very session. */
export function requireFactor(deps: WebDeps, ctx: Pick<RequestContext, 'site' | 'session'>): void {
  if (!deps.admin.hasSecondFactor(ctx.site.id)) return;
  if ((ctx.session?.session.satisfied ?? []).length > 0) return;
  throw new AppError('request/forbidden', { textKey: 'error.factorNeeded' });
}

/** The administrator of a request; throws `request/forbidden` for everybody else. */
async function adminCall(call: OpenCall): Promise<AdminCall> {
  const { deps, ctx } = call;
  const reach = await adminReach(deps, ctx);
  if (!reach) throw new AppError('request/forbidden', { textKey: 'error.notAdministrator' });
  requireFactor(deps, ctx);
  const isPlatform = reach === 'platform';
  const sites = isPlatform
    ? deps.admin.sites
    : deps.admin.sites.filter(({ id }) => id === ctx.site.id);
  return { ...call, isPlatform, sites };
}

export interface AdminRoute {
  readonly method: 'get' | 'post';
  readonly path: string;
  /** `platform`: for administrators of the whole installation. */
  readonly needs?: 'platform';
  handle(call: AdminCall): Promise<void>;
}

/** Rows of the core's routing table; each asks for the permission before anything else. */
export const adminRoutes = (routes: readonly AdminRoute[]): readonly RouteSpec[] =>
  routes.map(({ method, path, needs, handle }) => ({
    method,
    path,
    access: 'open',
    async handle(call: OpenCall) {
      const admin = await adminCall(call);
      if (needs === 'platform' && !admin.isPlatform) {
        throw new AppError('request/forbidden', { textKey: 'error.notPlatformAdministrator' });
      }
      await admin.deps.host().recheck();
      await handle(admin);
    },
  }));

/** A site that the administrator sees; another one does not exist for them. */
export function siteOf({ sites }: Pick<AdminCall, 'sites'>, id: string): Site {
  const found = sites.find((site) => site.id === id);
  if (found) return found;
  throw new AppError('request/not-found');
}

/** Who acts on a site, for what is written down; a login of another site says which. */
export const authorOf = ({ actor, ctx }: AdminCall, site: string) => ({
  login: site === ctx.site.id ? actor.user.login : `${ctx.site.id}/${actor.user.login}`,
  remote: ctx.remote,
});

/** One query parameter, trimmed; empty when absent, repeated or too long to mean anything. */
export function query(req: Request, name: string, maxChars = 4_000): string {
  const value = req.query[name];
  return typeof value === 'string' && value.length <= maxChars ? value.trim() : '';
}
