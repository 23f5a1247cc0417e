import type { Request, Response } from 'express';
import { isPlain } from '../kernel/config-layer';
import type { PageContext, SlotFacts } from '../view';
import { alertBanners } from './alerts';
import type { RequestContext, WebDeps } from './context';
import { contextOf } from './context';
import { noticeBanners } from './notices';
import { setPageHeaders } from './page-headers';
import type { Shell } from './pages/shell';
import { readerOf } from './reader';
import { buildShell, flashModel, type ShellParts } from './shell';

/** A whole page: what a route hands to {@link sendPage}. */
export interface PageReply {
  readonly view: string;
  readonly layout?: 'layout' | 'layout-bare';
  readonly status?: number;
  readonly model: unknown;
  /** What it says is for its reader alone: no plugin's `page:model` sees it. */
  readonly sealed?: true;
  readonly shell: ShellParts;
  readonly facts?: Partial<SlotFacts>;
  /** Token of a form without a session, in place of the session's. */
  readonly csrf?: string;
  /** Origins that a plugin's page declares, by CSP directive. */
  readonly csp?: Readonly<Record<string, readonly string[]>>;
}

/** The part of a page that Turbo asked for, when the request is for a frame that we can render alone. */
export const wantsFrame = (req: Request, id: string): boolean => req.get('Turbo-Frame') === id;

export const wantsJson = (req: Request): boolean =>
  (req.get('Accept') ?? '').split(',')[0]?.trim().startsWith('application/json') ?? false;

/** Renders and sends an HTML page in the request's site, language and skin. */
export async function sendPage(
  deps: WebDeps,
  req: Request,
  res: Response,
  reply: PageReply,
): Promise<void> {
  const html = await renderPage(deps, req, res, reply);
  res
    .status(reply.status ?? 200)
    .type('html')
    .send(html);
}

/** Renders a page and sets the headers that it needs; what it says is sent by the caller. */
export async function renderPage(
  deps: WebDeps,
  req: Request,
  res: Response,
  reply: PageReply,
): Promise<string> {
  const { view, model, shell, context, facts, page } = await prepare(deps, req, reply);
  const layout = reply.layout ?? 'layout';
  const isWidened = await setPageHeaders(deps, res, context, page, reply.csp);
  const { user } = page;
  const isWhole = layout === 'layout';
  const notices = user && isWhole ? await noticeBanners(deps, contextOf(req), context, user) : [];
  const alerts = isWhole ? await alertBanners(deps, contextOf(req)) : [];
  return deps.renderer.page(context, {
    layout,
    view,
    model,
    shell: {
      ...shell,
      banners: [...alerts, ...notices, ...shell.banners],
      flash: isWhole ? flashModel(deps, req, res) : undefined,
      reloadVisit: shell.reloadVisit || isWidened,
    },
    facts,
  });
}

/** Renders one view without its layout: the answer to a frame request. */
export async function sendFragment(
  deps: WebDeps,
  req: Request,
  res: Response,
  reply: Omit<PageReply, 'layout'>,
): Promise<void> {
  const { view, model, shell, context, facts } = await prepare(deps, req, reply);
  const html = await deps.renderer.fragment(context, { view, model, shell, facts });
  res
    .status(reply.status ?? 200)
    .type('html')
    .send(html);
}

async function prepare(deps: WebDeps, req: Request, reply: PageReply) {
  const ctx = contextOf(req);
  const shell: Shell = await buildShell(deps, req, reply.shell);
  const facts: SlotFacts = { ...factsOf(ctx), ...reply.facts };
  const { view } = reply;
  const own = viewContext(req);
  const context = reply.csrf === undefined ? own : { ...own, csrf: reply.csrf };
  const user = readerOf(ctx);
  const page: PageContext = {
    site: ctx.site.id,
    view,
    area: reply.shell.area,
    locale: ctx.locale,
    ...(user && { user }),
  };
  const model =
    isPlain(reply.model) && !reply.sealed
      ? await deps.hooks.filter(context.scope, 'page:model', reply.model, page)
      : reply.model;
  return { view, model, shell, context, facts, page };
}

/** What every slot is told, whatever the page. */
export function factsOf(ctx: RequestContext): SlotFacts {
  const user = readerOf(ctx);
  return {
    site: { id: ctx.site.id, title: ctx.site.title },
    locale: ctx.locale,
    ...(user && { user }),
    ...(ctx.actor?.scope.as && { as: ctx.actor.scope.as }),
    ...(ctx.actor?.scope.presence && { presence: ctx.actor.scope.presence }),
    ...(ctx.actor && { groups: ctx.actor.user.groups, choosable: ctx.choosable }),
  };
}

/** What the renderer needs to know of the request. */
export function viewContext(req: Request) {
  const ctx = contextOf(req);
  return {
    site: ctx.site.id,
    skin: ctx.site.skin,
    locale: ctx.locale,
    timeZone: ctx.site.timeZone,
    scope: ctx.scope,
    csrf: ctx.csrf,
  };
}

/** After a POST: 303, so that a reload never repeats it. */
export const seeOther = (res: Response, location: string): void => {
  res.redirect(303, location);
};
