import { AppError } from '../base/errors';
import type { MessageRef } from '../base/types';
import { type Outgoing, parseAddressList } from '../mime';
import type { Actor } from '../session/types';
import { buildFile, outgoingFiles } from './build';
import { type CheckedFields, checkFields } from './check';
import type { ComposeContext } from './context';
import { listAttachments, type StoredDraft } from './draft-store';
import type { OutgoingMessage, SendingMessage } from './hooks';
import { type CleanHtml, draftText, sanitizeDraftHtml } from './html';
import type { OutboxJob } from './outbox-store';
import { hashFields } from './rows';
import type { DraftAttachment, SendOutcome } from './types';
import { wishHeaders } from './wishes';

export type Prepared =
  | { readonly kind: 'ready'; readonly outgoing: Outgoing; readonly checked: CheckedFields }
  | Extract<SendOutcome, { kind: 'invalid' | 'confirm' | 'denied' }>;

/** Everything that may still stop a sending: fields, then what plugins change, then their guards. */
export async function prepareMessage(
  context: ComposeContext,
  actor: Actor,
  draft: StoredDraft,
  confirmed: readonly string[],
): Promise<Prepared> {
  const checked = await checkFields(context, actor, draft.fields);
  if ('kind' in checked) return checked;
  const attachments = (await listAttachments(context.db.knex, [draft.id])).get(draft.id) ?? [];
  const text = await draftText(context, draft.fields);
  const message = await filterMessage(context, actor, draft, { checked, text });
  const html =
    message.html === undefined
      ? undefined
      : await sanitizeDraftHtml(context, message.html, draft.mode);
  const denials = await context.hooks.guard(
    actor.scope,
    'message:sending',
    sendingMessage(actor, draft, { checked, text: message.text, attachments, message }),
    { confirmed, all: true },
  );
  if (denials.length > 0) {
    // What nobody may confirm stands alone: to ask about the rest would promise a sending.
    const final = denials.filter(({ confirm }) => !confirm);
    return final.length > 0 ? { kind: 'denied', denials: final } : { kind: 'confirm', denials };
  }
  const outgoing = assemble(context, draft, { checked, message, html, attachments });
  return { kind: 'ready', outgoing, checked };
}

/** Plugins change the words, never who reads them: recipients shown are recipients addressed. */
async function filterMessage(
  context: ComposeContext,
  actor: Actor,
  draft: StoredDraft,
  { checked, text }: { readonly checked: CheckedFields; readonly text: string },
): Promise<OutgoingMessage> {
  const { fields } = draft;
  const envelope = { from: checked.identity.mail, to: checked.envelopeTo };
  const before: OutgoingMessage = {
    // A copy, so that what plugins say of it can be told from what it is.
    envelope: { from: envelope.from, to: [...envelope.to] },
    subject: fields.subject,
    headers: [],
    text,
    ...(fields.format === 'html' && { html: fields.html }),
    parts: [],
  };
  const about = { draft: draft.id, mode: draft.mode, user: actor.user.id };
  const after = await context.hooks.filter(actor.scope, 'message:outbound', before, about);
  if (JSON.stringify(after.envelope) !== JSON.stringify(envelope)) {
    context.log.warn({ draft: draft.id }, 'message/outbound-envelope-kept');
  }
  return { ...after, envelope };
}

function sendingMessage(
  actor: Actor,
  draft: StoredDraft,
  seen: {
    readonly checked: CheckedFields;
    readonly text: string;
    readonly attachments: readonly DraftAttachment[];
    readonly message: OutgoingMessage;
  },
): SendingMessage {
  const { to, cc, bcc } = seen.checked;
  const { id, mode, fields } = draft;
  const { calendar } = draft.links;
  const calendarBytes = Buffer.byteLength(calendar?.text ?? '');
  const attachedBytes = seen.attachments.reduce((total, { sizeBytes }) => total + sizeBytes, 0);
  return {
    draft: {
      id,
      mode,
      format: fields.format,
      subject: seen.message.subject,
      text: seen.text,
      ...(draft.links.original && { original: draft.links.original }),
    },
    recipients: { to, cc, bcc },
    attachments: [
      ...seen.attachments
        .filter(({ contentId }) => contentId === undefined)
        .map(({ filename, type, sizeBytes }) => ({ filename, type, sizeBytes })),
      // Guards of what leaves look at this file as at any other.
      ...(calendar
        ? [{ filename: 'invite.ics', type: 'text/calendar', sizeBytes: calendarBytes }]
        : []),
    ],
    sizeBytes: Buffer.byteLength(seen.text) + attachedBytes + calendarBytes,
    user: { id: actor.user.id, locale: actor.locale },
  };
}

function assemble(
  context: ComposeContext,
  draft: StoredDraft,
  parts: {
    readonly checked: CheckedFields;
    readonly message: OutgoingMessage;
    readonly html: CleanHtml | undefined;
    readonly attachments: readonly DraftAttachment[];
  },
): Outgoing {
  const { checked, message, html } = parts;
  const files = outgoingFiles(context, draft, parts.attachments, html);
  const added = message.parts.map(({ filename, type, content }) => ({
    filename,
    type,
    source: { content: Buffer.from(content) },
  }));
  const [replyTo] = parseAddressList(checked.identity.replyTo ?? '').addresses;
  return {
    from: { name: checked.identity.name, mail: checked.identity.mail },
    ...(replyTo && { replyTo }),
    to: checked.to,
    cc: checked.cc,
    subject: message.subject,
    text: message.text,
    ...(html && { html: html.html }),
    inline: files.inline,
    attachments: [...files.attachments, ...added],
    ...(draft.links.calendar && { calendar: draft.links.calendar }),
    date: new Date(context.clock.now()),
    messageId: draft.messageId,
    ...(draft.links.inReplyTo !== undefined && { inReplyTo: draft.links.inReplyTo }),
    references: draft.links.references,
    headers: {
      ...wishHeaders(draft.fields, checked.identity),
      ...Object.fromEntries(message.headers.map(({ name, value }) => [name, value])),
    },
  };
}

/** Builds the message once, for SMTP and for Sent; or says that it has become too large. */
export async function spoolMessage(
  context: ComposeContext,
  actor: Actor,
  draft: StoredDraft,
  { outgoing, checked }: Extract<Prepared, { kind: 'ready' }>,
  spool: string,
): Promise<OutboxJob | Extract<SendOutcome, { kind: 'invalid' }>> {
  const maxBytes = actor.site.limits.messageBytes;
  const path = await context.files.spoolPath(draft.site, spool);
  try {
    const { sizeBytes } = await buildFile(outgoing, path, { maxBytes });
    return jobOf(draft, checked, { spool, sizeBytes, subject: outgoing.subject });
  } catch (error) {
    if (!(error instanceof AppError && error.code === 'attachment/too-large')) throw error;
    const values = { megabytes: Math.floor(maxBytes / 100_000) / 10 };
    const textKey = 'compose.error.messageTooLarge';
    return { kind: 'invalid', errors: [{ field: 'attachments', textKey, values }] };
  }
}

function jobOf(
  draft: StoredDraft,
  checked: CheckedFields,
  file: { readonly spool: string; readonly sizeBytes: number; readonly subject: string },
): OutboxJob {
  const original: MessageRef | undefined =
    draft.mode === 'edit' || draft.mode === 'new' ? undefined : draft.links.original;
  return {
    mode: draft.mode,
    fieldsHash: hashFields(draft.fields),
    envelope: {
      from: checked.identity.mail,
      to: [...checked.envelopeTo],
      // What reports call it: its own name, without what only headers have (RFC 3461 4.4).
      ...(draft.fields.report === true && { reportAs: draft.messageId.replace(/[<>]/g, '') }),
    },
    recipients: [...checked.to, ...checked.cc, ...checked.bcc].map(({ name, mail }) => ({
      name,
      mail,
    })),
    ...file,
    ...(checked.identity.sentMailbox && { sentMailbox: checked.identity.sentMailbox }),
    original,
    draftCopy: draft.serverCopy,
    done: {
      sentCopy: false,
      original: original === undefined,
      draftCopy: draft.serverCopy === undefined,
    },
    fileTries: 0,
    copyFailed: false,
    isHidden: false,
  };
}
