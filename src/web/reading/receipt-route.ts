import { AppError } from '../../base/errors';
import type { Translate } from '../../kernel/i18n-types';
import type { ReceiptRequest } from '../../mail';
import { field, formOf } from '../body';
import { setFlash } from '../flash';
import { localPath, withQuery } from '../links';
import { MESSAGE, namedMessage } from '../message-path';
import type { Banner } from '../pages/shell';
import { seeOther } from '../reply';
import type { OpenCall, RouteSpec } from '../route';

/** The question above a message; nothing is ever answered without it. */
export function receiptBanner(
  asked: ReceiptRequest | undefined,
  path: string,
  self: string,
  t: Translate,
): Banner[] {
  if (!asked) return [];
  const back = { name: 'back', value: self };
  const choice = (label: string, op: string) => ({
    label,
    action: path,
    fields: [{ name: 'op', value: op }, back],
  });
  return [
    {
      level: asked.isElsewhere ? 'warn' : 'info',
      text: asked.isElsewhere
        ? t('receipt.askedElsewhere', { address: asked.to })
        : t('receipt.asked', { address: asked.to }),
      actions: [choice(t('receipt.send'), 'send'), choice(t('receipt.decline'), 'decline')],
    },
  ];
}

/** What the agent chose. It is marked before it leaves: a receipt is sent once or not at all. */
async function answer(call: OpenCall): Promise<void> {
  const { deps, actor, ctx, req, res } = call;
  const form = formOf(req.body);
  const op = field(form, 'op');
  if (op !== 'send' && op !== 'decline') throw new AppError('request/invalid');
  const view = await namedMessage(call);
  const page = req.path.replace(/\/receipt$/, '');
  const back = localPath(field(form, 'back'), page);
  const asked = await deps.mail.receipt(actor, view);
  if (!asked) {
    setFlash(deps, res, { level: 'info', key: 'receipt.settled', values: {} });
    return seeOther(res, back);
  }
  await deps.mail.settleReceipt(actor, view.ref, true);
  if (op === 'send') {
    const subject = view.subject === '' ? ctx.t('mail.noSubject') : view.subject;
    try {
      await deps.compose.receipt(actor, {
        to: asked.to,
        subject: ctx.t('receipt.subject', { subject }).slice(0, 250),
        text: ctx.t('receipt.text', { subject, name: actor.user.name }),
        original: view.messageId,
        addressed: [...view.to, ...view.cc],
      });
    } catch (error) {
      await deps.mail.settleReceipt(actor, view.ref, false).catch(() => undefined);
      deps.log.warn({ err: error, requestId: ctx.id }, 'receipt/not-sent');
      setFlash(deps, res, { level: 'warn', key: 'receipt.failed', values: {} });
      return seeOther(res, back);
    }
  }
  const key = op === 'send' ? 'receipt.sent' : 'receipt.declined';
  setFlash(deps, res, { level: 'ok', key, values: {} });
  seeOther(res, back);
}

export const receiptRoutes: readonly RouteSpec[] = [
  { method: 'post', path: `${MESSAGE}/receipt`, access: 'open', handle: answer },
];

/** Where the answer is posted to. */
export const receiptPath = (messagePath: string, uidValidity: number): string =>
  withQuery(`${messagePath}/receipt`, { uidvalidity: uidValidity });
