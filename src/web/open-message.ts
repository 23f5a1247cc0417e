import { isAppError } from '../base/errors';
import type { Uid } from '../base/types';
import type {
  Address,
  ConversationView,
  DeliveryReport,
  Label,
  ListQuery,
  MessageBody,
  MessageView,
  MessageWarning,
  ReceiptRequest,
  SenderCheck,
  WinmailFile,
} from '../mail';
import { winmailParts } from '../mail';
import { isMuted, isTrusted, trustedDomain } from '../settings';
import { bodyUrls } from './body-urls';
import { messageHref } from './links';
import type { MailFrame } from './mail-page';
import { markedWords } from './marked-words';
import { messageModel } from './message-model';
import { messageParam } from './message-path';
import { ownLabels } from './own-labels';
import type { MessageModel } from './pages/mail';
import { type PeopleFacts, peopleFacts } from './people-facts';
import { wantsAll } from './recipients';
import type { OpenCall } from './route';
import { snoozeTimes } from './send-times';

/** A message and its body as read from the server. */
interface ReadMessage {
  readonly view: MessageView;
  readonly body: MessageBody | undefined;
  readonly bodyError: string | undefined;
  readonly choice: BodyChoice;
  readonly inside: string | undefined;
}

/** With what its page shows around it. */
export interface OpenedMessage extends ReadMessage {
  readonly neighbours: { readonly newer: Uid | undefined; readonly older: Uid | undefined };
  /** Remote images are shown, and the agent asked for it once for every message of this sender. */
  readonly isTrustedSender: boolean;
  /** What plugins warn of. */
  readonly warnings: readonly PluginWarning[];
  readonly facts: PeopleFacts;
  /** The agent's own. */
  readonly labels: readonly Label[];
  /** What the site's servers found about the sender; none of a message within another. */
  readonly senderCheck: SenderCheck | undefined;
  /** The sender would like to know that it was read, and the agent wants to be asked. */
  readonly receipt: ReceiptRequest | undefined;
  /** It tells of a message that the agent sent. */
  readonly delivery: DeliveryReport | undefined;
  /** Files wrapped by Outlook, by part. */
  readonly wrapped: ReadonlyMap<string, readonly WinmailFile[]>;
  /** What it is part of, where the list is by conversation. */
  readonly conversation?: ConversationView | undefined;
}

type PluginWarning = MessageWarning & { readonly plugin: string };

export interface BodyChoice {
  readonly prefer: 'text' | 'html';
  readonly remote: 'block' | 'proxy';
  /** False where neither settings nor plugins let the agent ask for remote content. */
  readonly canShowRemote: boolean;
}

/**
 * Reads the message that the path names, and its body; a body that cannot be shown is a sentence,
 * not a failure.
 */
export async function readMessage(call: OpenCall): Promise<ReadMessage> {
  const { deps, actor, ctx, req } = call;
  const inside = insideOf(req.query['inside']);
  const view = await deps.mail.message(actor, messageParam(req), {
    markSeen: false,
    prefer: preferOf(call),
    ...(inside !== undefined && { inside }),
  });
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
  return { view, body, bodyError, choice, inside };
}

/** The same for its page, at its place in the list of `query`; marks it as read. */
export async function openMessage(call: OpenCall, query: ListQuery): Promise<OpenedMessage> {
  const { deps, actor, ctx } = call;
  const read = await readMessage(call);
  const { view, body } = read;
  const { page: _page, ...list } = query;
  const neighbours = await deps.mail
    .neighbours(actor, list, view.ref)
    .catch(() => ({ newer: undefined, older: undefined }));
  // Now that the server has given all that the agent waits for.
  deps.mail.markRead(actor, view);
  void deps.compose.meet(actor, [...view.from, ...view.cc]).catch((err: unknown) => {
    deps.log.warn({ err, requestId: ctx.id }, 'compose/meet-failed');
  });
  const showsRemote = body !== undefined && body.shownRemote > 0;
  const [isTrustedSender, warnings, facts, labels, senderCheck, receipt, delivery, wrapped] =
    await Promise.all([
      showsRemote && trustsSender(call, view),
      deps.mail.warnings(actor, view, body?.links ?? []),
      peopleFacts(deps, {
        actor,
        pictured: view.from.slice(0, 1).map(({ mail }) => mail),
        named: peopleOf(view).map(({ mail }) => mail),
      }),
      ownLabels(call),
      read.inside === undefined ? deps.mail.senderCheck(actor, view) : undefined,
      read.inside === undefined && ctx.core.reading.receipts !== 'never'
        ? deps.mail.receipt(actor, view)
        : undefined,
      // What it tells is told in the message as well: nobody waits for more than that.
      read.inside === undefined
        ? deps.mail.deliveryReport(actor, view.ref).catch(() => undefined)
        : undefined,
      wrappedFiles(call, view),
    ]);
  const seen = { ...view, row: { ...view.row, isSeen: true } };
  return {
    ...read,
    view: seen,
    neighbours,
    isTrustedSender,
    warnings,
    facts,
    labels,
    senderCheck,
    receipt,
    delivery,
    wrapped,
  };
}

/** The line below is what most people open next: it is read while they read this one. */
export function prepareNext(
  call: OpenCall,
  { view, neighbours }: Pick<OpenedMessage, 'view' | 'neighbours'>,
): void {
  const { deps, actor, ctx } = call;
  if (neighbours.older === undefined) return;
  const { mailbox, uidValidity } = view.ref;
  const { prefer } = ctx.core.reading;
  deps.mail.prepare(actor, {
    mailbox,
    uidValidity,
    uid: neighbours.older,
    prefer,
    optionsOf: async (next) => ({
      ...(await choiceOf(call, next, { prefer })),
      urls: bodyUrls(deps, ctx),
    }),
  });
}

/** What the wrappings of a message hold; hardly any message has one. */
async function wrappedFiles({ deps, actor }: OpenCall, view: MessageView) {
  const files = new Map<string, readonly WinmailFile[]>();
  for (const { part } of winmailParts(view)) {
    files.set(part, await deps.mail.winmail(actor, view.ref, part));
  }
  return files;
}

const MAX_PEOPLE = 300;

/** Everybody whom the message names, each once. */
function peopleOf({ from, sender, replyTo, to, cc, bcc }: MessageView): readonly Address[] {
  const all = [...from, ...(sender ? [sender] : []), ...replyTo, ...to, ...cc, ...bcc];
  const each = new Map(all.map((person) => [person.mail, person]));
  return [...each.values()].slice(0, MAX_PEOPLE);
}

/** The page model of an opened message, and what slots are told of it. */
export function messagePane(
  call: OpenCall,
  frame: MailFrame,
  query: ListQuery,
  opened: OpenedMessage,
): {
  readonly model: MessageModel;
  readonly facts: MessageFacts;
  readonly addresses: readonly Address[];
} {
  const { actor, ctx, req } = call;
  const { choice, ...rest } = opened;
  const opensAt = messageModel({
    ...rest,
    ...choice,
    actor,
    account: frame.account,
    query,
    allRecipients: wantsAll(req.query['recipients']),
    isUnfolded: req.query['unfold'] === 'all',
    isMuted: isMuted(ctx.core, opened.view),
    snooze: snoozeTimes(call),
    t: ctx.t,
  });
  const words = markedWords(req.query['mark']);
  const model =
    words.length === 0
      ? opensAt
      : {
          ...opensAt,
          bodyHref: `${opensAt.bodyHref}&${new URLSearchParams({ mark: words.join('\n') }).toString()}`,
        };
  return {
    model,
    facts: messageFacts(opened.view),
    addresses: peopleOf(opened.view),
  };
}

/** Which alternative, and remote images or not: the link asked, else the agent's settings. */
export const bodyChoice = (call: OpenCall, view: MessageView): Promise<BodyChoice> =>
  choiceOf(call, view, { prefer: preferOf(call), images: call.req.query['images'] });

async function choiceOf(
  call: Pick<OpenCall, 'deps' | 'actor' | 'ctx'>,
  view: MessageView,
  { prefer, images }: { readonly prefer: BodyChoice['prefer']; readonly images?: unknown },
): Promise<BodyChoice> {
  const { deps, actor, ctx } = call;
  const hasHtml = view.bodies.some(({ kind }) => kind === 'html');
  // The frame of a page that shows none has been told so: who the sender is was asked for that page.
  const isNever = ctx.core.reading.remoteImages === 'never';
  if (!hasHtml || images === '0' || isNever) {
    return { prefer, remote: 'block', canShowRemote: !isNever };
  }
  const trust = await deps.mail.trust(actor, view);
  if (trust === 'block') {
    return { prefer, remote: 'block', canShowRemote: false };
  }
  const isShown = images === '1' || trust === 'show' || (await trustsSender(call, view));
  return { prefer, remote: isShown ? 'proxy' : 'block', canShowRemote: true };
}

/** Whether the agent asked once for the images of every message of this sender. */
async function trustsSender(
  { deps, actor }: Pick<OpenCall, 'deps' | 'actor'>,
  { from }: MessageView,
): Promise<boolean> {
  const sender = from[0]?.mail ?? '';
  if (sender === '') return false;
  if (await isTrusted(deps.settings, actor.user.id, sender)) return true;
  const domain = trustedDomain(sender);
  return domain !== undefined && isTrusted(deps.settings, actor.user.id, domain);
}

function preferOf({ ctx, req }: OpenCall): BodyChoice['prefer'] {
  const asked = req.query['view'];
  return asked === 'text' || asked === 'html' ? asked : ctx.core.reading.prefer;
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
    messageId: view.messageId,
    attachments: view.attachments.map(({ part, filename, type }) => ({
      part,
      filename,
      type,
      previewHref: `${messageHref(account, mailbox, uid)}/parts/${encodeURIComponent(part)}/preview`,
    })),
  };
}
