import { AppError } from '../../base/errors';
import type { Selection } from '../../mail';
import { setMuted } from '../../settings';
import { field, formOf } from '../body';
import { setFlash } from '../flash';
import { localPath, mailboxHref } from '../links';
import { asUid, asUidValidity, MAILBOX, mailboxParam } from '../message-path';
import { seeOther } from '../reply';
import type { OpenCall, RouteSpec } from '../route';

/** Mutes the conversation of a message, or hears it again: what comes of it is read already. */
async function mute(call: OpenCall): Promise<void> {
  const { deps, actor, ctx, req, res } = call;
  const form = new Map([...formOf(req.body), ...formOf(req.query)]);
  const mailbox = mailboxParam(req);
  const uidValidity = asUidValidity(field(form, 'uidvalidity'));
  if (uidValidity === undefined) throw new AppError('request/invalid');
  const uid = asUid(field(form, 'one'));
  const isOn = field(form, 'on') === '1';
  const back = localPath(field(form, 'back'), mailboxHref('me', mailbox));
  const options = { markSeen: false, contentOnly: true, asItIs: true };
  const message = await deps.mail.message(actor, { mailbox, uid, uidValidity }, options);
  const isDone = await setMuted(deps.settings, actor.user.id, ctx.core, { message, on: isOn });
  if (isDone) await markAll(call, { mailbox, uidValidity, uids: [uid] }, isOn);
  const undone = [
    { name: 'one', value: String(uid) },
    { name: 'uidvalidity', value: String(uidValidity) },
    { name: 'on', value: isOn ? '0' : '1' },
    { name: 'back', value: back },
  ];
  setFlash(deps, res, {
    level: isDone ? 'ok' : 'warn',
    key: isDone ? (isOn ? 'mute.done' : 'mute.undone') : 'mute.unnamed',
    values: {},
    ...(isDone && {
      undo: { action: `${mailboxHref('me', mailbox)}/mute`, fields: undone },
    }),
  });
  seeOther(res, back);
}

/** Lists say so, here and in other programs; a server without keywords says nothing. */
async function markAll(
  { deps, actor, ctx }: OpenCall,
  on: Selection,
  isOn: boolean,
): Promise<void> {
  await deps.mail.markMuted(actor, on, isOn).catch((error: unknown) => {
    deps.log.debug({ err: error, requestId: ctx.id }, 'mail/mute-unmarked');
  });
}

export const muteRoutes: readonly RouteSpec[] = [
  { method: 'post', path: `${MAILBOX}/mute`, access: 'open', handle: mute },
];
