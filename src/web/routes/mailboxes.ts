import { AppError, toAppError } from '../../base/errors';
import type { MailboxPlace } from '../../mail';
import {
  colourFrom,
  type MailboxMark,
  markMailbox,
  moveMailboxChoices,
  NO_MARK,
} from '../../settings';
import { field, formOf } from '../body';
import type { Form } from '../compose-form';
import { setFlash } from '../flash';
import { findMailbox, mailboxLabel } from '../folders';
import { mailFrame, mailShell } from '../mail-page';
import { MAILBOXES, mailboxesModel, type Refused } from '../mailboxes-model';
import { seeOther, sendPage } from '../reply';
import type { OpenCall, RouteSpec } from '../route';

/** What a person can mend: said beside what they typed. */
const MENDED = new Set(['mailbox/name', 'mailbox/exists', 'mailbox/forbidden', 'imap/refused']);

const PROBLEMS: Readonly<Record<string, string>> = {
  empty: 'mailboxes.problem.empty',
  long: 'mailboxes.problem.long',
  characters: 'mailboxes.problem.characters',
  inside: 'mailboxes.problem.inside',
};

async function page(call: OpenCall, refused?: Refused & { readonly status: number }) {
  const { deps, actor, ctx, req, res } = call;
  const frame = await mailFrame(call, undefined);
  if (frame.trouble) throw frame.trouble;
  // A figure beside each: without it the page is whole.
  const sizes = await deps.mail.sizes(actor).catch(() => undefined);
  const { quota } = frame.folders;
  await sendPage(deps, req, res, {
    view: 'mailboxes',
    status: refused?.status ?? 200,
    model: mailboxesModel({
      account: frame.account,
      sizes,
      marks: ctx.core.marks,
      isBySize: req.query['by'] === 'size',
      quota: quota && { text: quota.text, isAlmostFull: quota.isAlmostFull },
      refused,
      t: ctx.t,
      size: deps.renderer.formats(ctx.locale, ctx.site.timeZone).size,
    }),
    shell: mailShell(frame, { title: ctx.t('mailboxes.title'), query: undefined }),
  });
}

const show = (call: OpenCall): Promise<void> => page(call);

const placeIn = (form: ReadonlyMap<string, readonly string[]>): MailboxPlace => ({
  parent: field(form, 'parent'),
  name: field(form, 'name'),
});

/** The text of what a person can mend, or the error as it is. */
function told({ ctx }: OpenCall, error: AppError): string {
  if (!MENDED.has(error.code)) throw error;
  const { problem } = error.details;
  return ctx.t((typeof problem === 'string' ? PROBLEMS[problem] : undefined) ?? error.textKey);
}

/** Does what a form asks; what cannot be comes back with what was typed. */
async function attempt(
  call: OpenCall,
  about: { readonly path: string; readonly typed: MailboxPlace },
  run: () => Promise<void>,
): Promise<void> {
  try {
    await run();
  } catch (thrown) {
    const error = toAppError(thrown);
    await page(call, { ...about, text: told(call, error), status: 422 });
    return;
  }
  seeOther(call.res, MAILBOXES);
}

/** Its name as a person knows it, before it is gone or called otherwise. */
async function labelOf({ deps, actor, ctx }: OpenCall, path: string): Promise<string> {
  const account = await deps.mail.account(actor);
  const found = findMailbox(account.mailboxes, path);
  return found ? mailboxLabel(found, ctx.t) : path;
}

/** `key`: whole, so that texts that nothing uses are found. */
function done(call: OpenCall, key: string, name: string, count = 1): void {
  setFlash(call.deps, call.res, {
    level: 'ok',
    key,
    values: { name, count },
  });
}

/** What was chosen for a mailbox goes where it went. */
async function follow(call: OpenCall, from: string, to: string | undefined): Promise<void> {
  const { deps, actor, ctx } = call;
  const { mailboxes } = await deps.mail.account(actor);
  const delimiter = mailboxes[0]?.delimiter ?? '';
  await moveMailboxChoices(deps.settings, actor.user.id, ctx.core, { from, to, delimiter });
}

async function create(call: OpenCall): Promise<void> {
  const { deps, actor, req } = call;
  const typed = placeIn(formOf(req.body));
  await attempt(call, { path: '', typed }, async () => {
    await deps.mail.newMailbox(actor, typed);
    done(call, 'mailboxes.done.created', typed.name.trim());
  });
}

async function place(call: OpenCall): Promise<void> {
  const { deps, actor, req } = call;
  const form = formOf(req.body);
  const [path, typed] = [field(form, 'path'), placeIn(form)];
  await attempt(call, { path, typed }, async () => {
    const to = await deps.mail.placeMailbox(actor, path, typed);
    await follow(call, path, to);
    done(call, 'mailboxes.done.placed', typed.name.trim());
  });
}

async function discard(call: OpenCall): Promise<void> {
  const { deps, actor, req } = call;
  const path = field(formOf(req.body), 'path');
  const name = await labelOf(call, path);
  const account = await deps.mail.account(actor);
  const before = findMailbox(account.mailboxes, path);
  await attempt(call, { path, typed: { parent: before?.parent ?? '', name } }, async () => {
    const to = await deps.mail.discardMailbox(actor, path);
    await follow(call, path, to);
    if (to === undefined) return done(call, 'mailboxes.done.deleted', name);
    setFlash(deps, call.res, {
      level: 'ok',
      key: 'mailboxes.done.discarded',
      values: { name, count: 1 },
      undo: {
        action: `${MAILBOXES}/place`,
        fields: [
          { name: 'path', value: to },
          { name: 'parent', value: before?.parent ?? '' },
          { name: 'name', value: before?.name ?? name },
        ],
      },
    });
  });
}

async function subscribe(call: OpenCall): Promise<void> {
  const { deps, actor, req, res } = call;
  const form = formOf(req.body);
  const [path, on] = [field(form, 'path'), field(form, 'on') === '1'];
  await deps.mail.subscribeMailbox(actor, path, on);
  done(call, on ? 'mailboxes.done.shown' : 'mailboxes.done.hidden', await labelOf(call, path));
  seeOther(res, MAILBOXES);
}

async function read(call: OpenCall): Promise<void> {
  const { deps, actor, req, res } = call;
  const path = field(formOf(req.body), 'path');
  const { count } = await deps.mail.readAll(actor, path);
  done(call, 'mailboxes.done.read', await labelOf(call, path), count);
  seeOther(res, MAILBOXES);
}

/** Makes it a favourite, or one no more; gives it a colour, or none: what the form has a field for. */
async function mark(call: OpenCall): Promise<void> {
  const { deps, actor, ctx, req, res } = call;
  const form = formOf(req.body);
  const path = field(form, 'path');
  const { mailboxes } = await deps.mail.account(actor);
  if (!findMailbox(mailboxes, path)?.isSelectable) throw new AppError('mailbox/not-found');
  const before = ctx.core.marks.get(path) ?? NO_MARK;
  const after = {
    isFavourite: form.has('favourite') ? field(form, 'favourite') === '1' : before.isFavourite,
    colour: form.has('colour') ? colourFrom(field(form, 'colour')) : before.colour,
    notices: form.has('notices') ? field(form, 'notices') === '1' : before.notices,
  };
  await markMailbox(deps.settings, actor.user.id, ctx.core, { path, mark: after });
  done(call, markedKey(form, after), await labelOf(call, path));
  seeOther(res, MAILBOXES);
}

/** What is said of a mark that was set. */
function markedKey(form: Form, { isFavourite, notices }: MailboxMark): string {
  if (form.has('favourite'))
    return isFavourite ? 'mailboxes.done.favourite' : 'mailboxes.done.noFavourite';
  if (form.has('notices'))
    return notices === true ? 'mailboxes.done.notices' : 'mailboxes.done.noNotices';
  return 'mailboxes.done.placed';
}

const post = (name: string, handle: (call: OpenCall) => Promise<void>): RouteSpec => ({
  method: 'post',
  path: `${MAILBOXES}/${name}`,
  access: 'open',
  handle,
});

/** Mailboxes of the account: `docs/urls.md`. */
export const mailboxRoutes: readonly RouteSpec[] = [
  { method: 'get', path: MAILBOXES, access: 'open', handle: show },
  post('create', create),
  post('place', place),
  post('discard', discard),
  post('subscribe', subscribe),
  post('read', read),
  post('mark', mark),
];
