import { AppError, isAppError } from '../base/errors';
import { type MessageRef, OWN_ACCOUNT, type Uid, type UidValidity } from '../base/types';
import { type FetchMessageObject, fetchMessage, type OpenMailbox } from '../imap';
import { type BodyPart, buildStructure, parseHeaders } from '../mime';
import type { Actor } from '../session';
import { boxKey } from './box-key';
import { accountKey, checkMessages, checkPath, type MailContext } from './context';
import { repairFilenames } from './file-names';
import type { OpenedMessage } from './opened-message';
import { repairedEnvelope } from './repaired-envelope';
import { PLAIN_QUERY, ROW_QUERY, rowContent, SHOWN_BYTES } from './rows';

export interface FoundMessage {
  readonly box: OpenMailbox;
  readonly key: string;
  readonly opened: OpenedMessage;
  readonly flags: readonly string[];
}

// What the envelope does not hold or decodes worse (raw 8-bit text, several From fields).
const HEADERS = [
  'from',
  'sender',
  'reply-to',
  'subject',
  'references',
  'in-reply-to',
  // What says whether the sender is who it claims to be: plugins judge it.
  'authentication-results',
  // Tells what the site's own server wrote from what came along with the message.
  'received',
  'received-spf',
  'return-path',
  // The sender would like to know that it was read.
  'disposition-notification-to',
  'disposition-notification-options',
  'list-id',
  // Of a message that is one file, whose name may have to be read again.
  'content-type',
  'content-disposition',
];

/** Finds a message and its flags of now; 409 when the mailbox was made anew, 404 when gone. */
export async function findMessage<T>(
  context: MailContext,
  actor: Actor,
  at: {
    readonly mailbox: string;
    readonly uid: Uid;
    readonly uidValidity?: UidValidity | undefined;
    /** The body that will be read next: it comes with the message where a list told which part. */
    readonly prefer?: 'text' | 'html' | undefined;
  },
  fn: (found: FoundMessage) => Promise<T>,
): Promise<T> {
  const mailbox = checkPath(at.mailbox);
  const access = context.access(actor);
  return context.pool.withMailbox(access, mailbox, { kind: 'read' }, async (box) => {
    await checkMessages(box, at.uidValidity, [at.uid]);
    const key = `${boxKey(accountKey(actor), mailbox, box.uidValidity)}${at.uid}`;
    const cached = context.caches.opened.get(key);
    const message = cached
      ? await fetchMessage(box.client, at.uid, { uid: true, flags: true })
      : await fetchWhole(box, at.uid, shownSection(context, key, at.prefer));
    for (const [section, bytes] of message.bodyParts ?? []) {
      if (bytes.length < SHOWN_BYTES) context.caches.parts.set(partKey(key, section), bytes);
    }
    const opened =
      cached ??
      (await asPluginsSee(context, actor, {
        ref: { account: OWN_ACCOUNT, mailbox, uidValidity: box.uidValidity, uid: at.uid },
        opened: await repaired(box, at.uid, readMessage(message)),
      }));
    if (!cached) context.caches.opened.set(key, opened);
    return fn({ box, key, opened, flags: [...(message.flags ?? [])] });
  });
}

/** Once a message, when it is first read: what they say is kept with it. */
async function asPluginsSee(
  { hooks }: MailContext,
  { scope }: Actor,
  { ref, opened }: { readonly ref: MessageRef; readonly opened: OpenedMessage },
): Promise<OpenedMessage> {
  const { root } = opened.tree;
  const seen = await hooks.filter(scope, 'message:structure', root, { ref });
  return seen === root ? opened : { ...opened, tree: { ...opened.tree, root: seen } };
}

/** Section of the body that is shown, when the row of the message is known. */
function shownSection(
  { caches }: MailContext,
  key: string,
  prefer: 'text' | 'html' | undefined,
): string | undefined {
  const section = prefer && caches.rows.get(key)?.content.shown?.[prefer];
  return section && !caches.parts.get(partKey(key, section)) ? section : undefined;
}

/** Key of a part's encoded bytes; `message` as {@link messageKey} makes it. */
export const partKey = (message: string, section: string): string => `${message}\0${section}`;

/**
 * With its structure, or without when that is nested too deeply to be parsed; the body shown in the
 * same answer, when it is known which.
 */
async function fetchWhole(
  { client }: OpenMailbox,
  uid: Uid,
  section: string | undefined,
): Promise<FetchMessageObject> {
  const body = section !== undefined && {
    bodyParts: [{ key: section, start: 0, maxLength: SHOWN_BYTES }],
  };
  try {
    return await fetchMessage(client, uid, { ...ROW_QUERY, headers: HEADERS, ...body });
  } catch (error) {
    if (!isAppError(error, 'message/not-found')) throw error;
    return fetchMessage(client, uid, { ...PLAIN_QUERY, headers: HEADERS });
  }
}

function readMessage(message: FetchMessageObject): OpenedMessage {
  const headers = parseHeaders(message.headers ?? '');
  const envelope = repairedEnvelope(message.envelope ?? {}, headers);
  return {
    content: rowContent({ ...message, envelope }),
    envelope,
    internalDate: message.internalDate,
    tree: message.bodyStructure
      ? buildStructure(message.bodyStructure)
      : { root: NO_PARTS, tooComplex: true },
    headers,
  };
}

const repaired = async (
  box: OpenMailbox,
  uid: Uid,
  opened: OpenedMessage,
): Promise<OpenedMessage> => ({ ...opened, tree: await repairFilenames(box, uid, opened) });

/** Nothing to show and nothing to list: the original is offered as a download. */
const NO_PARTS: BodyPart = {
  part: 'TEXT',
  type: 'multipart/mixed',
  parameters: {},
  encoding: '7bit',
  sizeBytes: 0,
  children: [],
};

/** A message whose page was shown a moment ago, mostly without asking again. */
export async function openedOf(
  context: MailContext,
  actor: Actor,
  ref: MessageRef,
): Promise<OpenedMessage> {
  const cached = context.caches.opened.get(messageKey(actor, ref));
  return cached ?? findMessage(context, actor, ref, ({ opened }) => Promise.resolve(opened));
}

export const messageKey = (actor: Actor, ref: MessageRef): string =>
  `${boxKey(accountKey(actor), ref.mailbox, ref.uidValidity)}${ref.uid}`;

/** A part of the tree by its IMAP path; `message/not-found` when there is none. */
export function partOf(root: BodyPart, path: string): BodyPart {
  const stack: BodyPart[] = [root];
  for (let part = stack.pop(); part; part = stack.pop()) {
    if (part.part === path) return part;
    stack.push(...part.children);
  }
  throw new AppError('message/not-found', { details: { part: 'unknown' } });
}

/** Root of what is shown: the whole message, or the body of the enclosed one at `inside`. */
export function shownRoot(root: BodyPart, inside: string | undefined): BodyPart {
  if (inside === undefined) return root;
  const enclosing = partOf(root, inside);
  const body = enclosing.children[0];
  if (!enclosing.type.startsWith('message/') || !body) throw new AppError('message/not-found');
  return body;
}
