import type { Request, Response } from 'express';
import type { SlotFacts } from '../view';
import type { WebDeps } from './context';
import { contextOf } from './context';
import type { Shell } from './pages/shell';
import { buildShell, type ShellParts } from './shell';

/** A whole page: what a route hands to {@link sendPage}. */
export interface PageReply {
  readonly view: string;
  readonly layout?: 'layout' | 'layout-bare';
  readonly status?: number;
  readonly model: unknown;
  readonly shell: ShellParts;
  readonly facts?: Partial<SlotFacts>;
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
  const { view, shell, context, facts } = await prepare(deps, req, res, reply);
  const html = await deps.renderer.page(context, {
    layout: reply.layout ?? 'layout',
    view,
    model: reply.model,
    shell,
    facts,
  });
  res
    .status(reply.status ?? 200)
    .type('html')
    .send(html);
}

/** Renders one view without its layout: the answer to a frame request. */
export async function sendFragment(
  deps: WebDeps,
  req: Request,
  res: Response,
  reply: Omit<PageReply, 'layout'>,
): Promise<void> {
  const { view, shell, context, facts } = await prepare(deps, req, res, reply);
  const html = await deps.renderer.fragment(context, { view, model: reply.model, shell, facts });
  res
    .status(reply.status ?? 200)
    .type('html')
    .send(html);
}

async function prepare(deps: WebDeps, req: Request, res: Response, reply: PageReply) {
  const ctx = contextOf(req);
  const shell: Shell = await buildShell(deps, req, res, reply.shell);
  const facts: SlotFacts = {
    site: { id: ctx.site.id, title: ctx.site.title },
    ...(ctx.actor && {
      user: { id: ctx.actor.user.id, name: ctx.actor.user.name, mail: ctx.actor.user.mail },
    }),
    ...reply.facts,
  };
  return { view: reply.view, shell, context: viewContext(req), facts };
}

/** What the renderer needs to know of the request. */
export function viewContext(req: Request) {
  const ctx = contextOf(req);
  return {
    site: ctx.site.id,
    skin: ctx.site.skin,
    locale: ctx.locale,
    timeZone: ctx.site.timeZone,
    scope: { site: ctx.site.id, requestId: ctx.id, budget: ctx.budget },
    csrf: ctx.csrf,
  };
}

/** After a POST: 303, so that a reload never repeats it. */
export const seeOther = (res: Response, location: string): void => {
  res.redirect(303, location);
};
