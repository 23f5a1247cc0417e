import { type MessageRef, OWN_ACCOUNT, type Uid, type UidValidity } from '../base/types';
import { ADDRESSES_CUT, storeFlags } from '../imap';
import {
  type BodyPart,
  cleanLine,
  displayAddress,
  displayName,
  firstHeader,
  headerValues,
  listedInvitation,
  messageIds,
  type PickedBodies,
  pickBodies,
  type UnnamedWords,
} from '../mime';
import type { Actor } from '../session';
import { checkMessages, checkPath, type MailContext } from './context';
import { familyOf } from './family';
import { unnamedWords } from './file-names';
import { type FoundMessage, findMessage, messageKey, partOf, shownRoot } from './opened';
import { isOutside } from './outside';
import { addresses, isoDate, messageDate, toRow } from './rows';
import type { AttachmentInfo, MessageView } from './types';

// A message to ten thousand people is shown folded (threats B3); the view says « et N autres ».
const MAX_ADDRESSES = 10_000;
const MAX_REFERENCES = 100;
const MAX_ATTACHMENTS = 500;

interface At {
  readonly mailbox: string;
  readonly uid: Uid;
  readonly uidValidity?: UidValidity;
}
interface ViewOptions {
  readonly markSeen?: boolean;
  readonly inside?: string;
  readonly prefer?: 'text' | 'html';
  readonly contentOnly?: boolean;
  readonly asItIs?: boolean;
}

/** Everything the message page shows but the body; marks as read unless told. */
export async function viewMessage(
  context: MailContext,
  actor: Actor,
  at: At,
  options: ViewOptions,
): Promise<MessageView> {
  const view =
    (options.contentOnly === true ? knownView(context, actor, at, options) : undefined) ??
    (await freshView(context, actor, at, options));
  if (options.asItIs === true) return view;
  return context.hooks.filter(actor.scope, 'message:model', view, {});
}

/** From memory, for what never changes. */
function knownView(
  context: MailContext,
  actor: Actor,
  { mailbox, uid, uidValidity }: At,
  options: ViewOptions,
): MessageView | undefined {
  if (uidValidity === undefined) return undefined;
  const ref = { account: OWN_ACCOUNT, mailbox: checkPath(mailbox), uidValidity, uid };
  const key = messageKey(actor, ref);
  const opened = context.caches.opened.get(key);
  const flags = context.caches.rows.get(key)?.flags.flags ?? [];
  const words = unnamedWords(context, actor);
  return opened && buildView(actor, ref, { ...options, words }, { opened, flags });
}

function freshView(
  context: MailContext,
  actor: Actor,
  at: At,
  options: ViewOptions,
): Promise<MessageView> {
  const prefer = options.inside === undefined ? options.prefer : undefined;
  return findMessage(context, actor, { ...at, prefer }, async (found) => {
    const isMarked = options.markSeen !== false;
    const flags = isMarked ? await markSeen(context, found, at.uid) : found.flags;
    const words = unnamedWords(context, actor);
    const { uidValidity } = found.box;
    const ref = { account: OWN_ACCOUNT, mailbox: checkPath(at.mailbox), uidValidity, uid: at.uid };
    if (isMarked) tellRead(context, actor, ref);
    return buildView(actor, ref, { ...options, words }, { ...found, flags });
  });
}

const tellRead = (context: MailContext, actor: Actor, ref: MessageRef): void =>
  void context.hooks.action(actor.scope, 'message:read', { ref });

/**
 * Tells that a person opened the message, and marks it as read. Nobody waits for it: the next
 * command on the mailbox goes over the same connection, behind it, and a failure leaves an unread
 * message and a line in the log.
 */
export function markRead(context: MailContext, actor: Actor, view: MessageView): void {
  const { uid, uidValidity, mailbox } = view.ref;
  tellRead(context, actor, view.ref);
  if (view.row.isSeen) return;
  const key = messageKey(actor, view.ref);
  context.pool
    .withMailbox(context.access(actor), mailbox, { kind: 'write' }, async (box) => {
      await checkMessages(box, uidValidity, [uid]);
      await markSeen(context, { box, key, flags: [] }, uid);
    })
    .catch((error: unknown) => {
      context.log.warn({ err: error, site: actor.site.id }, 'mail/mark-read-failed');
    });
}

/** Sets \Seen where the mailbox keeps it; a read-only one is simply read. */
async function markSeen(
  context: MailContext,
  { box, key, flags }: Pick<FoundMessage, 'box' | 'key' | 'flags'>,
  uid: Uid,
): Promise<readonly string[]> {
  const isSeen = flags.some((flag) => flag.toLowerCase() === '\\seen');
  const isKept = box.permanentFlags.size === 0 || [...box.permanentFlags].some(isSeenFlag);
  if (isSeen || box.readOnly || !isKept) return flags;
  await storeFlags(box.client, [uid], '+', ['\\Seen']);
  const row = context.caches.rows.get(key);
  if (row) row.flags = { ...row.flags, flags: [...row.flags.flags, '\\Seen'] };
  return [...flags, '\\Seen'];
}

const isSeenFlag = (flag: string): boolean => flag.toLowerCase() === '\\seen';

/** A message as it was read, and its flags. */
type Read = Pick<FoundMessage, 'opened' | 'flags'>;

function buildView(
  actor: Actor,
  ref: MessageRef,
  options: ViewOptions & { readonly words: UnnamedWords },
  found: Read,
): MessageView {
  const { opened, flags } = found;
  const { tree } = opened;
  const root = shownRoot(tree.root, options.inside);
  const isInner = options.inside !== undefined;
  const envelope = isInner
    ? (partOf(tree.root, options.inside ?? '').envelope ?? {})
    : opened.envelope;
  const picked = pickBodies(root);
  const from = addresses(envelope.from, 20);
  const arrival = isoDate(opened.internalDate) ?? opened.content.date;
  const sender = addresses(envelope.sender, 1)[0];
  const isSame = sender?.mail === from[0]?.mail;
  return {
    ref,
    subject: cleanLine(envelope.subject ?? ''),
    from,
    sender: isSame ? undefined : sender,
    replyTo: addresses(envelope.replyTo, 50),
    to: addresses(envelope.to, MAX_ADDRESSES),
    cc: addresses(envelope.cc, MAX_ADDRESSES),
    bcc: addresses(envelope.bcc, MAX_ADDRESSES),
    ...([envelope.to, envelope.cc, envelope.bcc].some(isCut) && { recipientsCut: true }),
    date: messageDate(envelope.date, opened.internalDate),
    internalDate: arrival,
    messageId: envelope.messageId ? cleanLine(envelope.messageId) : undefined,
    references: isInner ? [] : referencesOf(found),
    sizeBytes: opened.content.sizeBytes,
    row: toRow(ref.uid, opened.content, flags),
    attachments: attachmentsOf(picked).map((part) => attachmentInfo(part, options.words)),
    inline: Object.values(picked.inline)
      .slice(0, MAX_ATTACHMENTS)
      .map((part) => attachmentInfo(part, options.words)),
    bodies: picked.bodies.map(({ kind, part }) => ({ kind, part: part.part })),
    hasAlternative: picked.html !== undefined && picked.text !== undefined,
    tooComplex: tree.tooComplex,
    warnings: warningsOf(found, isInner),
    isOutside: isOutside(actor.site, from[0]?.mail),
  };
}

/** Cut by us, or on the way here. */
const isCut = (list: readonly { readonly name?: string }[] = []): boolean =>
  list.length > MAX_ADDRESSES || list.at(-1)?.name === ADDRESSES_CUT;

function referencesOf({ opened }: Read): readonly string[] {
  const text = ['references', 'in-reply-to'].map((name) => firstHeader(opened.headers, name) ?? '');
  return [...new Set(messageIds(text.join(' ')))].slice(-MAX_REFERENCES);
}

/** Files in the order of the message; images that the HTML shows inline are not among them. */
function attachmentsOf(picked: PickedBodies): readonly BodyPart[] {
  const inline = picked.html ? [] : Object.values(picked.inline);
  const invitation = listedInvitation(picked) ?? [];
  const parts = [...picked.attachments, ...inline, ...picked.nested].concat(invitation);
  return parts.sort(byPart).slice(0, MAX_ATTACHMENTS);
}

const byPart = (a: BodyPart, b: BodyPart): number =>
  a.part.localeCompare(b.part, 'en', { numeric: true });

function attachmentInfo(part: BodyPart, words: UnnamedWords): AttachmentInfo {
  const filename = displayName(part, words);
  return {
    part: part.part,
    filename,
    type: part.type,
    sizeBytes: decodedSize(part),
    contentId: part.contentId,
    isMessage: part.type === 'message/rfc822' || part.type === 'message/global',
    family: familyOf(part.type, filename),
  };
}

/** Base64 carries 57 bytes on a line of 78: what the file will weigh, not what travels. */
const decodedSize = ({ encoding, sizeBytes }: BodyPart): number =>
  encoding === 'base64' ? Math.floor((sizeBytes * 57) / 78) : sizeBytes;

/** Codes for `message.warning.*`: what in the header may deceive (threats 19). */
function warningsOf({ opened }: Read, isInner: boolean): readonly string[] {
  if (isInner) return [];
  const warnings = new Set<string>();
  const from = opened.envelope.from ?? [];
  const fields = headerValues(opened.headers, 'from');
  if (from.length > 1 || fields.length > 1) warnings.add('severalFrom');
  for (const { name = '', address = '' } of from.slice(0, 20)) {
    const shown = displayAddress({ name, mail: address });
    if (shown.punycode !== undefined) warnings.add('lookAlikeDomain');
    else if (shown.isDeceptive) warnings.add('deceptiveName');
    if (hidesText(name) || hidesText(address)) warnings.add('hiddenCharacters');
  }
  if (hidesText(opened.envelope.subject ?? '')) warnings.add('hiddenCharacters');
  return [...warnings];
}

/** Bidi controls and NUL; soft hyphens and joiners are ordinary in newsletters. */
const hidesText = (text: string): boolean =>
  text.includes('\0') || /[\u202a-\u202e\u2066-\u2069]/.test(text);
