/**
 * Mail without a network: the service worker, and what a device has to know to keep pages and
 * drafts of its agent. Called by the table of routes.
 */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { AppError } from '../../base/errors';
import { mailFrame, mailShell } from '../mail-page';
import { sendPage } from '../reply';
import type { Call, OpenCall, RouteSpec } from '../route';
import { accountName, draftKey, offlineOf } from './account';

/** Runs apart from every page, with this policy of its own: it talks to this site alone. */
const WORKER_CSP = "default-src 'none'; connect-src 'self'";
const WORKER = 'service-worker.js';

/** The same for everybody, at an address that stays: browsers look there for a newer one. */
async function sendWorker({ deps, ctx, res }: Call): Promise<void> {
  const asset = deps.renderer.asset(ctx.site.skin, WORKER);
  if (asset === undefined) throw new AppError('request/not-found');
  const source = await readFile(path.join(deps.config.assetsDir, path.basename(asset)));
  res.setHeader('Content-Security-Policy', WORKER_CSP);
  res.setHeader('Service-Worker-Allowed', '/');
  res.setHeader('Cache-Control', 'no-cache');
  res.type('text/javascript').send(source);
}

/** What this device keeps, and whether it does; filled by its own scripts. */
async function showPage(call: OpenCall): Promise<void> {
  const { deps, ctx, req, res } = call;
  const { allowed, hours, messages } = offlineOf(ctx.site);
  const frame = await mailFrame(call, undefined);
  await sendPage(deps, req, res, {
    view: 'offline',
    model: { isAllowed: allowed, hours, messages },
    shell: {
      ...mailShell(frame, { title: ctx.t('offline.title'), query: undefined }),
      area: 'mail',
    },
  });
}

/** The name and the key of the account, for a device whose agent asked that it keeps mail. */
async function sendKey({ deps, ctx, actor, res }: OpenCall): Promise<void> {
  const { allowed, hours, messages } = offlineOf(ctx.site);
  if (!allowed) throw new AppError('request/not-found');
  res.json({
    account: accountName(deps, ctx.site, actor.user.id),
    key: draftKey(deps, ctx.site, actor.user.id),
    hours,
    messages,
    // For the page that says so where no page is left.
    signedOut: { title: ctx.site.title, text: ctx.t('offline.notice.signedOut') },
  });
}

export const offlineRoutes: readonly RouteSpec[] = [
  { method: 'get', path: '/service-worker.js', access: 'public', handle: sendWorker },
  { method: 'get', path: '/offline', access: 'open', handle: showPage },
  { method: 'get', path: '/offline/key', access: 'open', handle: sendKey },
];
