import type { Request } from 'express';
import { AppError } from '../../../base/errors';
import type { HookEmitter } from '../../../kernel/hook-types';
import { can } from '../../../session';
import { grantsPermission, type Site } from '../../../sites';
import { hasFactor, hasGivenFactor, requireConfirmed } from '../../confirmed';
import type { RequestContext, WebDeps } from '../../context';
import type { OpenCall, RouteSpec } from '../../route';

export const ADMIN_ACCESS = 'admin.access';
export const ADMIN_PLATFORM = 'admin.platform';
/** An administrator's page of changes is read before it is sent. */
const ADMIN_MINUTES = 30;

/** An administrator within one request. */
export interface AdminCall extends OpenCall {
  /** Every site of the installation, and what concerns them all. */
  readonly isPlatform: boolean;
  /** What they may see: their own site, or all. */
  readonly sites: readonly Site[];
  /** Reads the audit log and administers nothing. */
  readonly isReaderOnly?: true;
}

export type AdminReach = 'site' | 'platform' | undefined;

export interface Asked {
  readonly hooks: HookEmitter;
}
export type Asker = Pick<RequestContext, 'site' | 'actor'>;
export type Reach = (deps: Asked, ctx: Asker) => Promise<AdminReach>;

/**
 * How far a pair of permissions takes a person. Asked once in a request (`ctx`: one object for it):
 * the frame, the timings and the route itself all want to know.
 */
export function reachBy(platform: string, own: string): Reach {
  const reaches = new WeakMap<object, Promise<AdminReach>>();

  async function ask({ hooks }: Asked, { actor, site }: Asker): Promise<AdminReach> {
    if (!actor) return undefined;
    // Nobody is asked for the many who are in no such group.
    const asked = [platform, own].filter((permission) =>
      grantsPermission(site.groups, actor.user.groups, permission),
    );
    for (const permission of asked) {
      const isAllowed = await can({ hooks, site }, actor.scope, actor.session, permission);
      if (isAllowed) return permission === platform ? 'platform' : 'site';
    }
    return undefined;
  }

  return (deps, ctx) => {
    const known = reaches.get(ctx);
    if (known) return known;
    const reach = ask(deps, ctx);
    reaches.set(ctx, reach);
    return reach;
  };
}

/** How far a person may administer; `undefined`: not at all. */
export const adminReach: Reach = reachBy(ADMIN_PLATFORM, ADMIN_ACCESS);

/** Where a site has a second factor for them, who administers has given it in this very session. */
export async function requireFactor(
  deps: WebDeps,
  ctx: Pick<RequestContext, 'site' | 'session'>,
): Promise<void> {
  if (!deps.admin.hasSecondFactor(ctx.site.id, ctx.session?.session.user.groups)) return;
  if (hasGivenFactor(deps, ctx)) return;
  // Who has one gives it now; who has none is told to set one up.
  if (await hasFactor(deps, ctx)) {
    throw new AppError('session/unconfirmed', { textKey: 'error.factorNeeded' });
  }
  throw new AppError('request/forbidden', { textKey: 'error.factorNeeded' });
}

/** Who may, of a request, and how far; throws `request/forbidden`, in words of its own, for others. */
export async function reachedCall(
  call: OpenCall,
  reachOf: Reach,
  textKey: 'error.notAdministrator' | 'error.notAuditReader',
): Promise<AdminCall> {
  const { deps, ctx } = call;
  const reach = await reachOf(deps, ctx);
  if (!reach) throw new AppError('request/forbidden', { textKey });
  await requireFactor(deps, ctx);
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
      const admin = await reachedCall(call, adminReach, 'error.notAdministrator');
      if (needs === 'platform' && !admin.isPlatform) {
        throw new AppError('request/forbidden', { textKey: 'error.notPlatformAdministrator' });
      }
      // A change is made by somebody who is there: the page of its form is where they come back to.
      if (method === 'post') await requireConfirmed(admin.deps, admin.ctx, ADMIN_MINUTES, '/admin');
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
