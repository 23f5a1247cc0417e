import type { Request, Response } from 'express';
import { type AppError, isAppError } from '../../base/errors';
import { supportFor } from '../../sites';
import { field, formOf } from '../body';
import { hasFactor } from '../confirmed';
import { contextOf, type WebDeps } from '../context';
import { keepSignedIn } from '../device';
import { HOME, withQuery } from '../links';
import type { ConfirmModel } from '../pages/other';
import { seeOther, sendPage } from '../reply';
import type { OpenCall, RouteSpec } from '../route';
import { challengeLinks, PASSWORD_FAILURES, tellFailure } from '../sign-in-form';
import { wantedPage } from '../wanted-page';

/** Where the person was going; never back to this page. */
function pageAfter(call: OpenCall, value: unknown): string {
  const next = wantedPage(call, value, HOME);
  return /^\/confirm(?:[/?#]|$)/.test(next) ? HOME : next;
}

/** Who signed in through a provider has no password here: its plugin asks them again. */
const isExternal = ({ via }: { readonly via: string }): boolean => via.includes('.');

async function confirmPage(
  deps: WebDeps,
  req: Request,
  res: Response,
  { next, error }: { readonly next: string; readonly error?: AppError },
): Promise<void> {
  const ctx = contextOf(req);
  const { t, session, site, locale } = ctx;
  const via = session?.session.via ?? '';
  const hasOwn = await hasFactor(deps, ctx);
  const model: ConfirmModel = {
    action: '/confirm',
    next,
    login: session?.session.user.login ?? '',
    // Who has a second factor gives that one: a password may be what was stolen.
    factors: hasOwn ? challengeLinks(deps, ctx, next).filter(({ id }) => deps.isFactor(id)) : [],
    password: !hasOwn && !isExternal({ via }),
    provider:
      !hasOwn && isExternal({ via })
        ? { action: `/login/${via.replace('.', '/')}`, label: t('confirm.provider') }
        : undefined,
    error: tellFailure(req, res, error),
    support: supportFor(site, locale),
  };
  await sendPage(deps, req, res, {
    view: 'confirm',
    layout: 'layout-bare',
    // Turbo is not at work here; 422 is what a form that has to be filled again answers.
    status: error ? (error.status === 401 ? 422 : error.status) : 200,
    model,
    shell: { title: t('confirm.title'), area: 'login' },
  });
}

async function showConfirm(call: OpenCall): Promise<void> {
  const { deps, req, res } = call;
  await confirmPage(deps, req, res, { next: pageAfter(call, req.query['next']) });
}

async function confirm(call: OpenCall): Promise<void> {
  const { deps, req, res, ctx } = call;
  const form = formOf(req.body);
  const next = pageAfter(call, field(form, 'next'));
  const session = ctx.session;
  // Asked again: what the page did not offer is not taken either.
  if (!session || isExternal(session.session) || (await hasFactor(deps, ctx))) {
    return seeOther(res, withQuery('/confirm', { next }));
  }
  try {
    const renewed = await deps.sessions.confirmByPassword(session, {
      password: field(form, 'password'),
      remote: ctx.remote,
      scope: { site: ctx.site.id, requestId: ctx.id },
    });
    keepSignedIn(deps, res, renewed);
    seeOther(res, next);
  } catch (error) {
    if (!isAppError(error) || !PASSWORD_FAILURES.includes(error.code)) throw error;
    const { code } = error;
    deps.log.info({ code, requestId: ctx.id, site: ctx.site.id }, 'session/confirm-failed');
    await confirmPage(deps, req, res, { next, error });
  }
}

/** The page where somebody who is signed in proves again that it is they. */
export const confirmRoutes: readonly RouteSpec[] = [
  { method: 'get', path: '/confirm', access: 'open', handle: showConfirm },
  { method: 'post', path: '/confirm', access: 'open', handle: confirm },
];
