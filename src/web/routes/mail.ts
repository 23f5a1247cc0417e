import { sendBodyFrame } from '../body-frame';
import { HOME, withQuery } from '../links';
import { listPane, mailFrame, mailShell, queryOf, withCounter } from '../mail-page';
import { printedHead } from '../message-head';
import { MAILBOX, MESSAGE, mailboxParam, messageParam, namedMessage } from '../message-path';
import { openConversation } from '../open-conversation';
import { messagePane, openMessage, prepareNext, readMessage } from '../open-message';
import type { MailPageModel } from '../pages/mail';
import { foldHeader, wantsAll } from '../recipients';
import { seeOther, sendFragment, sendPage, wantsFrame } from '../reply';
import type { OpenCall, RouteSpec } from '../route';
import { lateCopyBanners } from './late-copies';
import { unsentBanners } from './outbox';

/** The list, with an empty reading pane. */
async function showList(call: OpenCall): Promise<void> {
  const { deps, req, res } = call;
  const query = queryOf(call, mailboxParam(req));
  const frame = await mailFrame(call, query.mailbox);
  const { model: list, status, facts } = await listPane(call, frame, query, undefined);
  if (status === 200 && query.page === 1) fileLateCopies(call);
  const banners = [...(await lateCopyBanners(call)), ...(await unsentBanners(call, frame))];
  const model: MailPageModel = { list, message: undefined };
  await sendPage(deps, req, res, {
    view: 'mail',
    status,
    model,
    shell: {
      ...withCounter(
        mailShell(frame, { title: list.mailbox.label, query, isLive: !list.search.isWrong }),
        list,
      ),
      banners,
    },
    facts,
  });
}

/** The mail server answers: copies in Sent that failed earlier are tried again, nobody waits for it. */
function fileLateCopies({ deps, actor, ctx }: OpenCall): void {
  void deps.snoozing.wakeDueOf(actor).catch((error: unknown) => {
    deps.log.warn({ err: error, requestId: ctx.id }, 'snooze/due-failed');
  });
  void deps.compose.sendDueOf(actor).catch((error: unknown) => {
    deps.log.warn({ err: error, requestId: ctx.id }, 'outbox/due-failed');
  });
  void deps.compose.retrySentCopies(actor).catch((error: unknown) => {
    deps.log.warn({ err: error, requestId: ctx.id }, 'compose/late-copies-failed');
  });
}

/** A message: alone when Turbo asks for the reading frame, else beside its list. */
async function showMessage(call: OpenCall): Promise<void> {
  const { deps, req, res } = call;
  const { mailbox, uid } = messageParam(req);
  const query = queryOf(call, mailbox);
  // First the message: opening marks it as read, and the counters follow.
  const opened = await openMessage(call, query);
  const frame = await mailFrame(call, query.mailbox);
  const message = messagePane(call, frame, query, {
    ...opened,
    conversation: await openConversation(call, query, opened.view),
  });
  prepareNext(call, opened);
  const shell = mailShell(frame, { title: message.model.subject, query, selected: uid });
  const facts = { message: message.facts, addresses: message.addresses };
  if (wantsFrame(req, 'reading')) {
    await sendFragment(deps, req, res, {
      view: 'mail/reading',
      model: { message: message.model },
      shell,
      facts,
    });
    return;
  }
  const { model: list, facts: listed } = await listPane(call, frame, query, uid);
  const model: MailPageModel = { list, message: message.model };
  await sendPage(deps, req, res, {
    view: 'mail',
    model,
    shell: withCounter(shell, list),
    facts: { ...listed, ...facts },
  });
}

async function showHeaders({ deps, actor, ctx, req, res }: OpenCall): Promise<void> {
  const ref = await namedMessage({ deps, actor, req });
  const headers = await deps.mail.headers(actor, ref.ref);
  const all = wantsAll(req.query['recipients']);
  await sendPage(deps, req, res, {
    view: 'headers',
    layout: 'layout-bare',
    model: {
      subject: ref.subject,
      back: req.path.replace(/\/headers$/, ''),
      headers: headers.map((header) => foldHeader(header, { all })),
      allHref: all
        ? undefined
        : withQuery(req.path, { uidvalidity: ref.ref.uidValidity, recipients: 'all' }),
    },
    shell: { title: ctx.t('message.headersTitle', { subject: ref.subject }), area: 'mail' },
  });
}

/** The framed document with the message's header above it: it prints whole, which a frame does not. */
async function showPrint(call: OpenCall): Promise<void> {
  const { actor, ctx, req } = call;
  const { view, body, bodyError } = await readMessage(call);
  const all = wantsAll(req.query['recipients']);
  const head = printedHead({ actor, view, bodyError, all, t: ctx.t });
  await sendBodyFrame(call, { title: head.subject, html: body?.html ?? '', message: head });
}

/** `/mail` is an address that people type. */
const toInbox: RouteSpec['handle'] = async ({ res }: Pick<OpenCall, 'res'>) => seeOther(res, HOME);

export const mailRoutes: readonly RouteSpec[] = [
  { method: 'get', path: '/mail', access: 'open', handle: toInbox },
  { method: 'get', path: MAILBOX, access: 'open', handle: showList },
  { method: 'get', path: MESSAGE, access: 'open', handle: showMessage },
  { method: 'get', path: `${MESSAGE}/headers`, access: 'open', handle: showHeaders },
  { method: 'get', path: `${MESSAGE}/print`, access: 'open', handle: showPrint },
];
