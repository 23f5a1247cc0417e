import { AppError } from '../../base/errors';
import { partsIn } from '../../base/zoned';
import type { Snoozed } from '../../snooze';
import { field, formOf } from '../body';
import type { Form } from '../compose-form';
import { setFlash } from '../flash';
import { findMailbox, mailboxLabel } from '../folders';
import { localPath, mailboxHref } from '../links';
import { mailFrame, mailShell } from '../mail-page';
import { asUid, asUidValidity, MAILBOX, mailboxParam } from '../message-path';
import type { SnoozedModel } from '../pages/snooze';
import { seeOther, sendPage } from '../reply';
import type { OpenCall, RouteSpec } from '../route';
import { momentNamed, type SendTime, typedTime } from '../send-times';

const SNOOZED = '/snoozed';
const MAX_UIDS = 50;

const longDate = ({ deps, ctx }: OpenCall, ms: number): string =>
  deps.renderer.formats(ctx.locale, ctx.site.timeZone).date(new Date(ms).toISOString(), 'long');

function askedTime(call: OpenCall, form: Form): SendTime {
  const asked = typeof call.req.query['when'] === 'string' ? call.req.query['when'] : '';
  if (asked === 'custom') return typedTime(call, form);
  const at = momentNamed(call, asked);
  return at === undefined ? { problem: call.ctx.t('outbox.problem.time') } : { at };
}

/** Puts the messages of a form away until the time that it says. */
async function put(call: OpenCall): Promise<void> {
  const { deps, actor, req, res } = call;
  const mailbox = mailboxParam(req);
  const form = formOf(req.body);
  const uidValidity = asUidValidity(field(form, 'uidvalidity'));
  const back = localPath(field(form, 'back'), mailboxHref('me', mailbox));
  if (uidValidity === undefined) throw new AppError('request/invalid');
  const chosen = { mailbox, uidValidity, uids: [...new Set((form.get('uid') ?? []).map(asUid))] };
  const say = (level: 'ok' | 'warn', key: string, values: Record<string, string | number>): void =>
    setFlash(deps, res, { level, key, values });
  const { at, problem } = askedTime(call, form);
  if (at === undefined) {
    say('warn', 'snooze.refused', { why: problem ?? '' });
    return seeOther(res, back);
  }
  const uids =
    field(form, 'threads') === '1' && chosen.uids.length > 0
      ? await deps.mail.conversationUids(actor, chosen)
      : chosen.uids;
  if (uids.length === 0 || uids.length > MAX_UIDS || field(form, 'all') === '1') {
    say('warn', uids.length === 0 ? 'snooze.nothing' : 'snooze.tooMany', { count: MAX_UIDS });
    return seeOther(res, back);
  }
  const ids = await deps.snoozing.put(actor, { ...chosen, uids }, at);
  setFlash(deps, res, {
    level: 'ok',
    key: 'snooze.done',
    values: { count: ids.length, when: longDate(call, at) },
    undo: { action: `${SNOOZED}/wake`, fields: ids.map((value) => ({ name: 'id', value })) },
  });
  seeOther(res, back);
}

interface Refused {
  readonly id: string;
  readonly text: string;
  readonly day: string;
  readonly time: string;
}

async function page(call: OpenCall, refused?: Refused): Promise<void> {
  const { deps, actor, ctx, req, res } = call;
  const frame = await mailFrame(call, undefined);
  const rows = await deps.snoozing.list(actor);
  const labelOf = (path: string): string => {
    const known = findMailbox(frame.account.mailboxes, path);
    return known ? mailboxLabel(known, ctx.t) : path;
  };
  const rowOf = ({ id, subject, sender, home, until, isAlone }: Snoozed) => {
    const own = refused && refused.id === id ? refused : undefined;
    const { day, time } = own ?? partsIn(until, ctx.site.timeZone);
    return {
      id,
      subject: subject === '' ? ctx.t('mail.noSubject') : subject,
      sender,
      home: labelOf(home),
      when: longDate(call, until),
      day,
      time,
      isAlone,
      error: own?.text,
    };
  };
  const model: SnoozedModel = { rows: rows.map(rowOf) };
  await sendPage(deps, req, res, {
    view: 'snoozed',
    status: refused ? 422 : 200,
    model,
    shell: mailShell(frame, { title: ctx.t('snooze.title'), query: undefined }),
  });
}

/** Back now, unread: by its button, or an undo. */
async function wake(call: OpenCall): Promise<void> {
  const { deps, actor, req, res } = call;
  const ids = (formOf(req.body).get('id') ?? []).slice(0, MAX_UIDS);
  const count = await deps.snoozing.wake(actor, ids);
  setFlash(deps, res, {
    level: count > 0 ? 'ok' : 'warn',
    key: count > 0 ? 'snooze.back' : 'snooze.gone',
    values: { count },
  });
  seeOther(res, SNOOZED);
}

async function changeTime(call: OpenCall): Promise<void> {
  const { deps, actor, req, res } = call;
  const form = formOf(req.body);
  const id = field(form, 'id');
  const { at, problem } = typedTime(call, form);
  if (at === undefined) {
    const typed = { day: field(form, 'laterDay'), time: field(form, 'laterTime') };
    return page(call, { id, text: problem ?? '', ...typed });
  }
  if (!(await deps.snoozing.postpone(actor, id, at))) throw new AppError('message/not-found');
  const values = { count: 1, when: longDate(call, at) };
  setFlash(deps, res, { level: 'ok', key: 'snooze.done', values });
  seeOther(res, SNOOZED);
}

/** Messages that are put away and come back: `docs/urls.md`. */
export const snoozeRoutes: readonly RouteSpec[] = [
  { method: 'post', path: `${MAILBOX}/snooze`, access: 'open', handle: put },
  { method: 'get', path: SNOOZED, access: 'open', handle: (call) => page(call) },
  { method: 'post', path: `${SNOOZED}/wake`, access: 'open', handle: wake },
  { method: 'post', path: `${SNOOZED}/time`, access: 'open', handle: changeTime },
];
