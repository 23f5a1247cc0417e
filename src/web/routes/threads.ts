import { setThreaded } from '../../settings';
import { field, formOf } from '../body';
import { localPath, mailboxHref } from '../links';
import { MAILBOX, mailboxParam } from '../message-path';
import { seeOther } from '../reply';
import type { OpenCall, RouteSpec } from '../route';

/** Remembers whether the agent sees a mailbox by conversation. */
async function switchThreads({ deps, actor, ctx, req, res }: OpenCall): Promise<void> {
  const mailbox = mailboxParam(req);
  const form = formOf(req.body);
  const on = field(form, 'on') === '1';
  await setThreaded(deps.settings, actor.user.id, ctx.core, { mailbox, on });
  seeOther(res, localPath(field(form, 'back'), mailboxHref('me', mailbox)));
}

export const threadRoutes: readonly RouteSpec[] = [
  { method: 'post', path: `${MAILBOX}/threads`, access: 'open', handle: switchThreads },
];
