import { AppError, isAppError } from '../base/errors';
import type { MessageRef, Uid, UidValidity } from '../base/types';
import { type FetchMessageObject, fetchMessage, type OpenMailbox } from '../imap';
import { type BodyPart, buildStructure, parseHeaders } from '../mime';
import type { Actor } from '../session';
import { boxKey } from './box-key';
import { accountKey, checkPath, checkValidity, type MailContext } from './context';
import type { OpenedMessage } from './opened-message';
import { PLAIN_QUERY, ROW_QUERY, rowContent } from './rows';

export interface FoundMessage {
  readonly box: OpenMailbox;
  readonly key: string;
  readonly opened: OpenedMessage;
  readonly flags: readonly string[];
}

// What the envelope does not hold or decodes worse (raw 8-bit text, several From fields).
const HEADERS = ['from', 'sender', 'reply-to', 'subject', 'references', 'in-reply-to'];

/** Finds a message and its flags of now; 409 when the mailbox was made anew, 404 when gone. */
export async function findMessage<T>(
  context: MailContext,
  actor: Actor,
  at: {
    readonly mailbox: string;
    readonly uid: Uid;
    readonly uidValidity?: UidValidity | undefined;
  },
  fn: (found: FoundMessage) => Promise<T>,
): Promise<T> {
  const mailbox = checkPath(at.mailbox);
  const access = context.access(actor);
  return context.pool.withMailbox(access, mailbox, { kind: 'read' }, async (box) => {
    checkValidity(box, at.uidValidity);
    const key = `${boxKey(accountKey(actor), mailbox, box.uidValidity)}${at.uid}`;
    const cached = context.caches.opened.get(key);
    const message = cached
      ? await fetchMessage(box.client, at.uid, { uid: true, flags: true })
      : await fetchWhole(box, at.uid);
    const opened = cached ?? readMessage(message);
    if (!cached) context.caches.opened.set(key, opened);
    return fn({ box, key, opened, flags: [...(message.flags ?? [])] });
  });
}

/** With its structure, or without when that is nested too deeply to be parsed. */
async function fetchWhole({ client }: OpenMailbox, uid: Uid): Promise<FetchMessageObject> {
  try {
    return await fetchMessage(client, uid, { ...ROW_QUERY, headers: HEADERS });
  } catch (error) {
    if (!isAppError(error, 'message/not-found')) throw error;
    return fetchMessage(client, uid, { ...PLAIN_QUERY, headers: HEADERS });
  }
}

function readMessage(message: FetchMessageObject): OpenedMessage {
  return {
    content: rowContent(message),
    envelope: message.envelope ?? {},
    internalDate: message.internalDate,
    tree: message.bodyStructure
      ? buildStructure(message.bodyStructure)
      : { root: NO_PARTS, tooComplex: true },
    headers: parseHeaders(message.headers ?? ''),
  };
}

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
