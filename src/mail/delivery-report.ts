import type { MessageRef } from '../base/types';
import {
  type BodyPart,
  decodeTransfer,
  deliveryReport,
  firstHeader,
  messageIds,
  parseHeaders,
  type RecipientReport,
  readReport,
} from '../mime';
import type { Actor } from '../session';
import { findMessageId } from './append';
import type { MailContext } from './context';
import { openedOf } from './opened';
import { readSection } from './stream';
import { readRoles } from './tree';

/** What a report tells of a message that the agent sent. */
export interface DeliveryReport {
  readonly recipients: readonly RecipientReport[];
  /** The message sent; none where the agent sent nothing of the kind: a report may be invented. */
  readonly sent: MessageRef | undefined;
}

/** Far more than a report has to say. */
const MAX_BYTES = 64 * 1024;

const STATUS = new Set(['message/delivery-status', 'message/global-delivery-status']);
const READ = new Set([
  'message/disposition-notification',
  'message/global-disposition-notification',
]);

/** Reads a report of delivery or of reading; `undefined` of a message that is none. */
export async function readDeliveryReport(
  context: MailContext,
  actor: Actor,
  ref: MessageRef,
): Promise<DeliveryReport | undefined> {
  const { tree } = await openedOf(context, actor, ref);
  if (tree.root.type !== 'multipart/report') return undefined;
  const parts = tree.root.children;
  const status = parts.find(({ type }) => STATUS.has(type) || READ.has(type));
  if (!status) return undefined;
  const text = await textOf(context, actor, ref, status);
  const recipients = STATUS.has(status.type) ? deliveryReport(text) : readReport(text);
  if (recipients.length === 0) return undefined;
  const id = READ.has(status.type)
    ? firstHeader(parseHeaders(text), 'original-message-id')
    : await returnedId(context, actor, ref, parts);
  return { recipients, sent: await sentMessage(context, actor, ref, messageIds(id ?? '')[0]) };
}

/** Message-ID of what came back: the whole message, or its header alone (RFC 6522 3). */
async function returnedId(
  context: MailContext,
  actor: Actor,
  ref: MessageRef,
  parts: readonly BodyPart[],
): Promise<string | undefined> {
  const back = parts.find(({ type }) =>
    /^(?:message|text)\/(?:global|rfc822)(?:-headers)?$/.test(type),
  );
  if (!back) return undefined;
  return firstHeader(parseHeaders(await textOf(context, actor, ref, back)), 'message-id');
}

async function textOf(context: MailContext, actor: Actor, ref: MessageRef, part: BodyPart) {
  const pieces: Buffer[] = [];
  for await (const piece of readSection(context, actor, ref, part.part, MAX_BYTES)) {
    pieces.push(piece);
  }
  return decodeTransfer(Buffer.concat(pieces), part.encoding, MAX_BYTES).bytes.toString('utf8');
}

/** Looked for in Sent alone: what somebody else wrote is not the agent's. */
async function sentMessage(
  context: MailContext,
  actor: Actor,
  { account }: MessageRef,
  id: string | undefined,
): Promise<MessageRef | undefined> {
  const sent = (await readRoles(context, actor)).find(({ role }) => role === 'sent');
  if (id === undefined || !sent) return undefined;
  const { uidValidity, uids } = await findMessageId(context, actor, sent.path, id);
  const uid = uids.at(-1);
  return uid === undefined ? undefined : { account, mailbox: sent.path, uidValidity, uid };
}
