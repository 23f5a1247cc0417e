import type { Request } from 'express';
import { AppError } from '../../base/errors';
import type { Uid } from '../../base/types';
import { type ActionResult, parseUids } from '../../mail';
import { field, formOf } from '../body';
import { setFlash } from '../flash';
import { findMailbox, mailboxLabel } from '../folders';
import { localPath, mailboxHref } from '../links';
import { asUid, asUidValidity, MAILBOX, mailboxParam } from '../message-path';
import { type Deed, DONE, perform, type Verb } from '../message-verbs';
import { seeOther, wantsJson } from '../reply';
import type { OpenCall, RouteSpec } from '../route';
import { selectAll } from '../select-all';
import { undoForm } from '../undo-form';
import { isSealedUndo } from '../undo-seal';

/** More than a page of messages at once comes from "empty", not from a form. */
const MAX_UIDS = 1_000;
interface Action extends Deed {
  /** The seal of the move that this one takes back; none in an ordinary action. */
  readonly undo: string;
}

/** Reads a selection: `one` in the query (a row's own button) or the checked `uid` fields. */
function parseAction(req: Request, verb: Verb): Action {
  const mailbox = mailboxParam(req);
  const form = new Map([...formOf(req.query), ...formOf(req.body)]);
  const one = req.query['one'];
  const raw = typeof one === 'string' ? [one] : (form.get('uid') ?? []);
  if (raw.length > MAX_UIDS || (form.get('uids') ?? []).length > 5)
    throw new AppError('request/invalid');
  // All that a form names: an undo that was given more than its own is not the one that was sealed.
  const sets = typeof one === 'string' ? [] : (form.get('uids') ?? []);
  const uids: Uid[] = [...new Set([...raw.map(asUid), ...sets.flatMap(parseUids)])];
  const uidValidity = asUidValidity(field(form, 'uidvalidity'));
  if (uidValidity === undefined) throw new AppError('request/invalid');
  const undo = field(form, 'undo');
  return { verb, form, undo, selection: { mailbox, uidValidity, uids } };
}

/** All results were asked for, not only those that the page shows. */
async function withAll(call: OpenCall, action: Action): Promise<Action> {
  const { form, selection, verb, undo } = action;
  const isOne = typeof call.req.query['one'] === 'string';
  if (field(form, 'all') !== '1' || isOne || undo !== '' || verb === 'empty') return action;
  return { ...action, selection: await selectAll(call, selection, field(form, 'list')) };
}

/**
 * Lines that are conversations stand for all their messages in the mailbox. A star is a message's own,
 * and what is taken back is just what was done.
 */
async function withConversations({ deps, actor }: OpenCall, action: Action): Promise<Action> {
  const { form, verb, selection, undo } = action;
  const isStar = verb === 'flag' && field(form, 'flag') === 'flagged';
  const isAll = field(form, 'all') === '1';
  if (
    field(form, 'threads') !== '1' ||
    isStar ||
    isAll ||
    undo !== '' ||
    selection.uids.length === 0
  ) {
    return action;
  }
  const uids = await deps.mail.conversationUids(actor, selection);
  return { ...action, selection: { ...selection, uids } };
}

/** What is taken back has to be just what was done. */
function checkUndo({ deps, actor }: OpenCall, { undo, selection, form }: Action): void {
  const to = field(form, 'to');
  if (undo !== '' && !isSealedUndo(deps, { user: actor.user.id, selection, to }, undo)) {
    throw new AppError('request/invalid');
  }
}

/** Tells what was done; a move can be taken back for as long as the note is on the screen. */
async function announce(call: OpenCall, action: Action, result: ActionResult): Promise<void> {
  const { deps, actor, res, ctx } = call;
  const { verb, selection, form } = action;
  if (verb === 'flag' || verb === 'label') return;
  const isUndo = action.undo !== '';
  const target = result.moved?.mailbox ?? field(form, 'to');
  const account = await deps.mail.account(actor).catch(() => undefined);
  const mailbox = account && findMailbox(account.mailboxes, target);
  const folder = mailbox ? mailboxLabel(mailbox, ctx.t) : target;
  const key = isUndo
    ? 'undone'
    : verb === 'delete' && !result.moved
      ? 'deletedForGood'
      : DONE[verb];
  // Taking a copy back is no move: it would put a second one beside the original.
  const isMove = !isUndo && verb !== 'copy';
  const page = localPath(field(form, 'back'), mailboxHref('me', selection.mailbox));
  const undo = isMove ? undoForm(call, selection, result, page) : undefined;
  setFlash(deps, res, {
    level: 'ok',
    key: `mail.done.${key}`,
    values: { count: result.count, folder },
    ...(undo && { undo }),
  });
}

function handle(verb: Verb) {
  return async (call: OpenCall): Promise<void> => {
    const { req, res } = call;
    const asked = parseAction(req, verb);
    const action = await withConversations(call, await withAll(call, asked));
    const back = localPath(field(action.form, 'back'), mailboxHref('me', action.selection.mailbox));
    if (verb !== 'empty' && action.selection.uids.length === 0) {
      setFlash(call.deps, res, { level: 'warn', key: 'mail.nothingSelected', values: {} });
      return seeOther(res, back);
    }
    checkUndo(call, action);
    const result = await perform(call, action);
    if (wantsJson(req)) {
      res.json({ count: result.count, ...(result.moved && { moved: result.moved }) });
      return;
    }
    await announce(call, action, result);
    seeOther(res, back);
  };
}

export const actionRoutes: readonly RouteSpec[] = (Object.keys(DONE) as Verb[]).map((verb) => ({
  method: 'post',
  path: `${MAILBOX}/actions/${verb}`,
  access: 'open',
  handle: handle(verb),
}));
