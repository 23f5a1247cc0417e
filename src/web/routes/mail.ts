import { AppError, isAppError } from '../../base/errors';
import type { Uid } from '../../base/types';
import type { MessageBody, MessageView } from '../../mail';
import { isTrusted } from '../../settings';
import { bodyUrls } from '../body-urls';
import {
  accountParam,
  asUid,
  asUidValidity,
  listPane,
  mailFrame,
  mailShell,
  queryOf,
} from '../mail-page';
import { messageModel } from '../message-model';
import type { MailPageModel, MessageModel } from '../pages/mail';
import { seeOther, sendFragment, sendPage, wantsFrame } from '../reply';
import { type OpenCall, param, type RouteSpec } from '../route';

/** The list, with an empty reading pane. */
async function showList(call: OpenCall): Promise<void> {
  const { deps, req, res } = call;
  accountParam(param(req, 'account'));
  const query = queryOf(req, param(req, 'mailbox'));
  const frame = await mailFrame(call, query.mailbox);
  const { model: list, trouble } = await listPane(call, frame, query, undefined);
  if (!trouble && query.page === 1) fileLateCopies(call);
  const model: MailPageModel = { list, message: undefined };
  await sendPage(deps, req, res, {
    view: 'mail',
    status: trouble?.status ?? 200,
    model,
    shell: mailShell(frame, { title: list.mailbox.label, query }),
    facts: { mailbox: { account: list.account, path: query.mailbox, total: list.total } },
  });
}

/** The mail server answers: copies in Sent that failed earlier are tried again, nobody waits for it. */
function fileLateCopies({ deps, actor, ctx }: OpenCall): void {
  void deps.compose.retrySentCopies(actor).catch((error: unknown) => {
    deps.log.warn({ err: error, requestId: ctx.id }, 'compose/late-copies-failed');
  });
}

/** A message: alone when Turbo asks for the reading frame, else beside its list. */
async function showMessage(call: OpenCall): Promise<void> {
  const { deps, req, res } = call;
  accountParam(param(req, 'account'));
  const query = queryOf(req, param(req, 'mailbox'));
  const uid = asUid(param(req, 'uid'));
  const frame = await mailFrame(call, query.mailbox);
  const message = await openMessage(call, frame, query, uid);
  const shell = mailShell(frame, { title: message.model.subject, query, selected: uid });
  const facts = { message: message.facts };
  if (wantsFrame(req, 'reading')) {
    await sendFragment(deps, req, res, {
      view: 'mail/reading',
      model: { message: message.model },
      shell,
      facts,
    });
    return;
  }
  const { model: list } = await listPane(call, frame, query, uid);
  const model: MailPageModel = { list, message: message.model };
  await sendPage(deps, req, res, { view: 'mail', model, shell, facts });
}

/** Reads a message and its body; a body that cannot be shown is a sentence, not a failure. */
export async function openMessage(
  call: OpenCall,
  frame: Awaited<ReturnType<typeof mailFrame>>,
  query: ReturnType<typeof queryOf>,
  uid: Uid,
): Promise<{
  readonly model: MessageModel;
  readonly view: MessageView;
  readonly facts: MessageFacts;
}> {
  const { deps, actor, ctx, req } = call;
  if (frame.trouble) throw frame.trouble;
  const inside = insideOf(req.query['inside']);
  const uidValidity = asUidValidity(req.query['uidvalidity']);
  const view = await deps.mail.message(
    actor,
    { mailbox: query.mailbox, uid, ...(uidValidity !== undefined && { uidValidity }) },
    { markSeen: true, ...(inside !== undefined && { inside }) },
  );
  const shown = await bodyChoice(call, view);
  let body: MessageBody | undefined;
  let bodyError: string | undefined;
  try {
    body = await deps.mail.body(actor, view, {
      ...shown,
      ...(inside !== undefined && { inside }),
      urls: bodyUrls(deps, ctx),
    });
  } catch (error) {
    if (!isAppError(error, 'message/too-complex')) throw error;
    bodyError = ctx.t(error.textKey);
  }
  const { page: _page, ...rest } = query;
  const neighbours = await deps.mail
    .neighbours(actor, rest, uid)
    .catch(() => ({ newer: undefined, older: undefined }));
  const model = messageModel({
    actor,
    account: frame.account,
    view,
    query,
    body,
    bodyError,
    neighbours,
    prefer: shown.prefer,
    remote: shown.remote,
    inside,
    canShowRemote: ctx.core.reading.remoteImages === 'ask',
    csrf: ctx.csrf,
    t: ctx.t,
  });
  return { model, view, facts: messageFacts(view) };
}

/** Which alternative, and remote images or not: the link asked, else the agent's settings. */
export async function bodyChoice(
  { deps, actor, ctx, req }: OpenCall,
  view: MessageView,
): Promise<{ readonly prefer: 'text' | 'html'; readonly remote: 'block' | 'proxy' }> {
  const asked = req.query['view'];
  const prefer = asked === 'text' || asked === 'html' ? asked : ctx.core.reading.prefer;
  const hasHtml = view.bodies.some(({ kind }) => kind === 'html');
  if (!hasHtml || ctx.core.reading.remoteImages === 'never') return { prefer, remote: 'block' };
  const sender = view.from[0]?.mail ?? '';
  const isShown =
    req.query['images'] === '1' ||
    (sender !== '' && (await isTrusted(deps.settings, actor.user.id, sender)));
  return { prefer, remote: isShown ? 'proxy' : 'block' };
}

export const insideOf = (value: unknown): string | undefined =>
  typeof value === 'string' && /^\d{1,4}(\.\d{1,4}){0,30}$/.test(value) ? value : undefined;

type MessageFacts = ReturnType<typeof messageFacts>;

function messageFacts(view: MessageView) {
  const { account, mailbox, uidValidity, uid } = view.ref;
  return {
    account,
    mailbox,
    uidValidity,
    uid,
    subject: view.subject,
    from: view.from[0],
    attachments: view.attachments.map(({ part, filename, type }) => ({ part, filename, type })),
  };
}

async function showHeaders({ deps, actor, ctx, req, res }: OpenCall): Promise<void> {
  const ref = await refOf({ deps, actor, req });
  const headers = await deps.mail.headers(actor, ref.ref);
  await sendPage(deps, req, res, {
    view: 'headers',
    layout: 'layout-bare',
    model: { subject: ref.subject, back: req.path.replace(/\/headers$/, ''), headers },
    shell: { title: ctx.t('message.headersTitle', { subject: ref.subject }), area: 'mail' },
  });
}

async function showPrint(call: OpenCall): Promise<void> {
  const { deps, req, res } = call;
  const query = queryOf(req, param(req, 'mailbox'));
  const frame = await mailFrame(call, query.mailbox);
  const message = await openMessage(call, frame, query, asUid(param(req, 'uid')));
  await sendPage(deps, req, res, {
    view: 'print',
    layout: 'layout-bare',
    model: { message: message.model },
    shell: { title: message.model.subject, area: 'print' },
  });
}

/** The reference named by a path: account, mailbox, uid, and the UIDVALIDITY of the link if it says. */
export async function refOf({
  deps,
  actor,
  req,
}: Pick<OpenCall, 'deps' | 'actor' | 'req'>): Promise<MessageView> {
  accountParam(param(req, 'account'));
  const uidValidity = asUidValidity(req.query['uidvalidity']);
  return deps.mail.message(
    actor,
    {
      mailbox: param(req, 'mailbox'),
      uid: asUid(param(req, 'uid')),
      ...(uidValidity !== undefined && { uidValidity }),
    },
    { markSeen: false },
  );
}

/** `/mail` and `/search` are addresses that people type. */
const toInbox: RouteSpec['handle'] = async ({ res }: Pick<OpenCall, 'res'>) =>
  seeOther(res, '/mail/me/INBOX');

async function search({ req, res }: OpenCall): Promise<void> {
  const q = typeof req.query['q'] === 'string' ? req.query['q'] : '';
  if (q.length > 500) throw new AppError('request/invalid');
  seeOther(
    res,
    q === ''
      ? '/mail/me/INBOX?search=1'
      : `/mail/me/INBOX?${new URLSearchParams({ q }).toString()}`,
  );
}

const MESSAGE = '/mail/:account/:mailbox/:uid';

export const mailRoutes: readonly RouteSpec[] = [
  { method: 'get', path: '/mail', access: 'open', handle: toInbox },
  { method: 'get', path: '/search', access: 'open', handle: search },
  { method: 'get', path: '/mail/:account/:mailbox', access: 'open', handle: showList },
  { method: 'get', path: MESSAGE, access: 'open', handle: showMessage },
  { method: 'get', path: `${MESSAGE}/headers`, access: 'open', handle: showHeaders },
  { method: 'get', path: `${MESSAGE}/print`, access: 'open', handle: showPrint },
];
