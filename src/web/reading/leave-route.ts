import { domainToUnicode } from 'node:url';
import { type LeaveReason, siteLinkClass, webHost } from '../../mail';
import { verifyTarget } from '../../mime';
import { leaveKey, sessionTag } from '../body-urls';
import { HOME } from '../links';
import type { LeaveModel } from '../pages/reading';
import { sendPage } from '../reply';
import type { OpenCall, RouteSpec } from '../route';

/**
 * The page between a message and what it links to: tells where the link leads and why it is asked.
 * Nothing is followed by itself, and only what a message of this very session linked to is shown
 * (X35): never an open redirector.
 */
async function showLeave(call: OpenCall): Promise<void> {
  const { deps, ctx, req, res } = call;
  const isAsked = req.query['u'] !== undefined;
  const target = targetOf(call);
  await sendPage(deps, req, res, {
    view: 'leave',
    layout: 'layout-bare',
    status: isAsked && !target ? 422 : 200,
    model: { home: HOME, target } satisfies LeaveModel,
    shell: { title: ctx.t(target ? 'leave.title' : 'leave.gone'), area: 'mail' },
  });
}

function targetOf({ deps, actor, ctx, req }: OpenCall): LeaveModel['target'] {
  const tag = sessionTag(deps, ctx.session?.session.id ?? '');
  const now = Math.floor(deps.clock.now() / 1_000);
  const text = verifyTarget({ key: leaveKey(deps, tag), sessionTag: tag, now }, req.query) ?? '';
  const space = text.indexOf(' ');
  const url = text.slice(space + 1);
  const host = webHost(url);
  if (space < 1 || host === undefined) return undefined;
  const unicode = domainToUnicode(host);
  // The lists may have changed since the message was shown.
  const said = siteLinkClass(actor.site, host);
  return {
    host,
    unicode: unicode === host ? undefined : unicode,
    url,
    isPlain: !/^https:/i.test(url),
    isBlocked: said === 'blocked',
    why: whyOf(said === 'suspect' ? 'suspect' : text.slice(0, space), ctx.t),
  };
}

function whyOf(reason: LeaveReason | (string & {}), t: OpenCall['ctx']['t']): string {
  switch (reason) {
    case 'suspect':
      return t('leave.why.suspect');
    case 'mismatch':
      return t('leave.why.mismatch');
    case 'look-alike':
      return t('leave.why.lookAlike');
    default:
      return t('leave.why.outside');
  }
}

export const leaveRoutes: readonly RouteSpec[] = [
  { method: 'get', path: '/leave', access: 'open', handle: showLeave },
];
