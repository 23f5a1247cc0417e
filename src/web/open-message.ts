import { isAppError } from '../base/errors';
import type { Uid } from '../base/types';
import type { ListQuery, MessageBody, MessageView } from '../mail';
import { isTrusted } from '../settings';
import { bodyUrls } from './body-urls';
import { asUidValidity, type MailFrame } from './mail-page';
import { messageModel } from './message-model';
import type { MessageModel } from './pages/mail';
import type { OpenCall } from './route';

/** A message as read from the server, before it becomes a page. */
export interface OpenedMessage {
  readonly view: MessageView;
  readonly body: MessageBody | undefined;
  readonly bodyError: string | undefined;
  readonly neighbours: { readonly newer: Uid | undefined; readonly older: Uid | undefined };
  readonly choice: BodyChoice;
  readonly inside: string | undefined;
}

export interface BodyChoice {
  readonly prefer: 'text' | 'html';
  readonly remote: 'block' | 'proxy';
}

/** Reads a message and its body; a body that cannot be shown is a sentence, not a failure. */
export async function openMessage(
  call: OpenCall,
  query: ListQuery,
  uid: Uid,
): Promise<OpenedMessage> {
  const { deps, actor, ctx, req } = call;
  const inside = insideOf(req.query['inside']);
  const uidValidity = asUidValidity(req.query['uidvalidity']);
  const view = await deps.mail.message(
    actor,
    { mailbox: query.mailbox, uid, ...(uidValidity !== undefined && { uidValidity }) },
    { markSeen: false, ...(inside !== undefined && { inside }) },
  );
  const choice = await bodyChoice(call, view);
  let body: MessageBody | undefined;
  let bodyError: string | undefined;
  try {
    body = await deps.mail.body(actor, view, {
      ...choice,
      ...(inside !== undefined && { inside }),
      urls: bodyUrls(deps, ctx),
    });
  } catch (error) {
    if (!isAppError(error, 'message/too-complex')) throw error;
    bodyError = ctx.t(error.textKey);
  }
  const { page: _page, ...list } = query;
  const neighbours = await deps.mail
    .neighbours(actor, list, view.ref)
    .catch(() => ({ newer: undefined, older: undefined }));
  // After the body, which is what the agent waits for; and awaited, so that the next command finds
  // this connection free instead of opening a second one on the same mailbox.
  await deps.mail.markRead(actor, view).catch((error: unknown) => {
    deps.log.warn({ err: error, requestId: ctx.id, site: ctx.site.id }, 'mail/mark-read-failed');
  });
  const read = { ...view, row: { ...view.row, isSeen: true } };
  return { view: read, body, bodyError, neighbours, choice, inside };
}

/** The page model of an opened message, and what slots are told of it. */
export function messagePane(
  { actor, ctx }: OpenCall,
  frame: MailFrame,
  query: ListQuery,
  opened: OpenedMessage,
): { readonly model: MessageModel; readonly facts: MessageFacts } {
  const { choice, ...rest } = opened;
  const model = messageModel({
    ...rest,
    ...choice,
    actor,
    account: frame.account,
    query,
    canShowRemote: ctx.core.reading.remoteImages === 'ask',
    csrf: ctx.csrf,
    t: ctx.t,
  });
  return { model, facts: messageFacts(opened.view) };
}

/** Which alternative, and remote images or not: the link asked, else the agent's settings. */
export async function bodyChoice(
  { deps, actor, ctx, req }: OpenCall,
  view: MessageView,
): Promise<BodyChoice> {
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
