import type { Request } from 'express';
import { AppError } from '../../base/errors';
import type { Uid } from '../../base/types';
import { assertNever } from '../../base/types';
import { type ActionResult, type FlagName, parseUids, type Selection } from '../../mail';
import { field, formOf } from '../body';
import { setFlash } from '../flash';
import { findMailbox, mailboxLabel } from '../folders';
import { localPath, mailboxHref } from '../links';
import { asUid, asUidValidity, MAILBOX, mailboxParam } from '../message-path';
import { seeOther, wantsJson } from '../reply';
import type { OpenCall, RouteSpec } from '../route';
import { selectAll } from '../select-all';
import { undoForm } from '../undo-form';
import { isSealedUndo } from '../undo-seal';

/** More than a page of messages at once comes from "empty", not from a form. */
const MAX_UIDS = 1_000;
const FLAGS: readonly FlagName[] = ['seen', 'flagged'];

/** Every action on messages, with the word for what was done: `mail.done.*`. */
const DONE = {
  flag: 'flagged',
  label: 'labelled',
  move: 'moved',
  copy: 'copied',
  delete: 'deleted',
  archive: 'archived',
  junk: 'junked',
  notjunk: 'notJunked',
  empty: 'emptied',
} as const;
type Verb = keyof typeof DONE;

interface Action {
  readonly verb: Verb;
  readonly selection: Selection;
  readonly form: ReadonlyMap<string, readonly string[]>;
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

async function perform({ deps, actor, ctx }: OpenCall, action: Action): Promise<ActionResult> {
  const { mail } = deps;
  const { selection, form, verb, undo } = action;
  const to = field(form, 'to');
  if (undo !== '' && !isSealedUndo(deps, { user: actor.user.id, selection, to }, undo)) {
    throw new AppError('request/invalid');
  }
  switch (verb) {
    case 'flag': {
      const flag = FLAGS.find((name) => name === field(form, 'flag'));
      if (!flag) throw new AppError('request/invalid');
      return mail.flag(actor, selection, flag, field(form, 'on') !== '0');
    }
    case 'label':
      return mail.label(actor, selection, field(form, 'keyword'), field(form, 'on') !== '0');
    case 'move':
      if (to === '') throw new AppError('request/invalid', { textKey: 'mail.chooseFolder' });
      return mail.move(actor, selection, to);
    case 'copy':
      if (to === '') throw new AppError('request/invalid', { textKey: 'mail.chooseFolder' });
      return mail.copy(actor, selection, to);
    case 'delete':
      return mail.remove(actor, selection, { forGood: field(form, 'forgood') === '1' });
    case 'archive':
      return mail.archive(actor, selection, ctx.core.reading.archive);
    case 'junk':
      return mail.junk(actor, selection, true);
    case 'notjunk':
      return mail.junk(actor, selection, false);
    case 'empty':
      return mail.empty(actor, selection.mailbox, selection.uidValidity);
    default:
      return assertNever(verb);
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
