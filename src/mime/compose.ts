import { createReadStream } from 'node:fs';
import { Readable, Transform, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import MailComposer from 'nodemailer/lib/mail-composer';
import type Mail from 'nodemailer/lib/mailer';
import { AppError } from '../base/errors';
import { headerValue } from '../base/html';
import { newToken } from '../base/ids';
import type { Address } from './address';
import { asciiDomain, isValidAddress } from './address-rules';
import { cleanLine } from './clean-text';
import { crlfStream } from './crlf';
import { encodeWords } from './encode-words';
import { cleanFilename } from './filename';
import { encodeFlowed } from './flowed';
import type {
  BuiltMessage,
  Outgoing,
  OutgoingCalendar,
  OutgoingFile,
  OutgoingInline,
} from './outgoing';
import { messageIds } from './reply';

export interface BuildOptions {
  /** Where the bytes go; ended when done, destroyed when that fails. */
  readonly to: Writable;
  /** Refuses with `attachment/too-large` beyond. */
  readonly maxBytes?: number;
}

/** Fields that only the message itself may set. */
const RESERVED =
  /^(?:from|sender|to|cc|bcc|reply-to|subject|date|message-id|in-reply-to|references|mime-version|content-(?!language$).*|resent-.*|received|return-path|dkim-signature|x-mailer)$/i;
const FIELD_NAME = /^[A-Za-z][A-Za-z0-9-]{0,70}$/;
const MEDIA_TYPE = /^[\w.+-]{1,100}\/[\w.+-]{1,100}$/;

/**
 * Writes the message once, as the very bytes for SMTP and for Sent: CRLF throughout.
 * Throws `compose/invalid` for addresses or fields that cannot be sent.
 */
export async function buildMessage(
  outgoing: Outgoing,
  options: BuildOptions,
): Promise<BuiltMessage> {
  const messageId = messageIds(outgoing.messageId ?? '')[0] ?? newMessageId(outgoing.from);
  const node = new MailComposer(mailOptions(outgoing, messageId)).compile();
  const text = node.childNodes.length === 0 ? node : findText(node);
  text?.setHeader('Content-Type', 'text/plain; charset=utf-8; format=flowed');
  const counter = countBytes(options.maxBytes ?? Number.POSITIVE_INFINITY);
  await pipeline(node.createReadStream(), crlfStream(), counter.stream, options.to);
  return { messageId, sizeBytes: counter.size() };
}

type MimeNode = ReturnType<MailComposer['compile']>;

function findText(node: MimeNode): MimeNode | undefined {
  const children: readonly MimeNode[] = node.childNodes;
  for (const child of children) {
    const type = child.getHeader('Content-Type');
    const isAttached = child.getHeader('Content-Disposition') !== undefined;
    if (typeof type === 'string' && type.startsWith('text/plain') && !isAttached) return child;
    const found = findText(child);
    if (found) return found;
  }
  return undefined;
}

/** `<random@domain>`: unguessable, and the domain is the sender's, not the machine's. */
export function newMessageId(from: Address): string {
  return `<${newToken(18)}@${asciiDomain(from.mail)}>`;
}

function mailOptions(outgoing: Outgoing, messageId: string): Mail.Options {
  const references = messageIds((outgoing.references ?? []).join(' '));
  const inReplyTo = messageIds(outgoing.inReplyTo ?? '')[0];
  const subject = subjectOf(outgoing.subject);
  return {
    from: mailbox(outgoing.from),
    ...(outgoing.replyTo && { replyTo: mailbox(outgoing.replyTo) }),
    to: outgoing.to.map(mailbox),
    cc: outgoing.cc.map(mailbox),
    ...(subject.subject !== undefined && { subject: subject.subject }),
    date: outgoing.date,
    messageId,
    ...(inReplyTo && { inReplyTo }),
    ...(references.length > 0 && { references }),
    headers: { ...extraHeaders(outgoing.headers ?? {}), ...subject.headers },
    text: encodeFlowed(printable(outgoing.text)),
    ...(outgoing.html !== undefined && { html: printable(outgoing.html) }),
    attachments: [
      ...(outgoing.inline ?? []).map(inlinePart),
      ...(outgoing.attachments ?? []).map(attachedPart),
    ],
    ...(outgoing.calendar && { icalEvent: calendarPart(outgoing.calendar) }),
    // Names and contents come from people: nodemailer itself opens no file and no URL.
    disableFileAccess: true,
    disableUrlAccess: true,
  };
}

/**
 * The subject. Text that looks like an encoded word is encoded itself: sent as it is, the reader
 * would decode it into something that nobody wrote.
 */
function subjectOf(text: string): {
  readonly subject?: string;
  readonly headers?: Readonly<Record<string, { readonly prepared: true; readonly value: string }>>;
} {
  const subject = cleanLine(text);
  if (!subject.includes('=?')) return { subject };
  return { headers: { subject: { prepared: true, value: encodeWords(subject) } } };
}

function mailbox(address: Address): { name: string; address: string } {
  if (!isValidAddress(address.mail)) throw new AppError('compose/invalid');
  return { name: headerValue(cleanLine(address.name)), address: address.mail };
}

/** NUL has no place in text (RFC 5322 4); lone CRs are line ends of old editors. */
const printable = (text: string): string =>
  text.replaceAll('\0', '').replace(/\r\n|\r|\n/g, '\r\n');

function extraHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  const entries = Object.entries(headers);
  if (entries.some(([name]) => !FIELD_NAME.test(name) || RESERVED.test(name))) {
    throw new AppError('compose/invalid');
  }
  return Object.fromEntries(entries.map(([name, value]) => [name, headerValue(cleanLine(value))]));
}

const METHOD = /^[A-Z]{3,20}$/;

/**
 * `text/calendar` as the last alternative, which is where programs look, and the same object as a
 * file for those that only read files (RFC 6047 2.4).
 */
function calendarPart({ method, text }: OutgoingCalendar): Mail.Options['icalEvent'] {
  if (!METHOD.test(method)) throw new AppError('compose/invalid');
  return { method, filename: 'invite.ics', content: printable(text) };
}

function inlinePart(file: OutgoingInline): Mail.Attachment {
  return { ...part(file), cid: cleanLine(file.contentId).replace(/[<>\s]/g, '') };
}

function attachedPart(file: OutgoingFile): Mail.Attachment {
  return { ...part(file), contentDisposition: 'attachment' };
}

function part(file: OutgoingFile): Mail.Attachment {
  return {
    filename: cleanFilename(file.filename) || 'file',
    contentType: MEDIA_TYPE.test(file.type) ? file.type.toLowerCase() : 'application/octet-stream',
    content: readSource(file),
  };
}

/** Opened only when its turn comes: a hundred attachments are not a hundred open files. */
function readSource({ source }: OutgoingFile): Readable | Buffer {
  if ('content' in source) return Buffer.from(source.content);
  const open = 'path' in source ? () => createReadStream(source.path) : source.open;
  return Readable.from(chunksOf(open), { objectMode: false });
}

async function* chunksOf(open: () => NodeJS.ReadableStream): AsyncGenerator<Buffer | string> {
  yield* open();
}

function countBytes(maxBytes: number): { stream: Transform; size: () => number } {
  let size = 0;
  const stream = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      size += chunk.length;
      if (size > maxBytes) done(new AppError('attachment/too-large'));
      else done(null, chunk);
    },
  });
  return { stream, size: () => size };
}
