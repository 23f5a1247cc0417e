import { rm } from 'node:fs/promises';
import { isAppError } from '../base/errors';
import { newToken } from '../base/ids';
import type { Uid, UidValidity } from '../base/types';
import { parseAddressList } from '../mime';
import type { Actor } from '../session/types';
import { bccLine, buildFile, outgoingFiles } from './build';
import { type ComposeContext, ownerOf } from './context';
import { shownCids } from './copy-parts';
import { findDraft, listAttachments, type StoredDraft, setServerCopy } from './draft-store';
import { draftText } from './html';
import { defaultIdentity, findIdentity, listIdentities } from './identities';
import { draftMessageId } from './message-ids';
import type { ServerCopy } from './rows';
import { draftWishHeaders, wishHeaders } from './wishes';

/** Finds our own draft again when its copy is opened from the Drafts mailbox. */
export const DRAFT_HEADER = 'X-Estafette-Draft';

/**
 * Writes the draft's copy in the Drafts mailbox: the new one first, then the old one goes, so that
 * at every moment there is one. False, and logged, when the server would not: the text is in our
 * store and the next save tries again. One at a time for each draft, always with its latest text.
 */
export function saveServerCopy(
  context: ComposeContext,
  actor: Actor,
  id: string,
): Promise<boolean> {
  return context.inTurn(id, async () => {
    try {
      const draft = await findDraft(context.db.knex, ownerOf(actor), id);
      if (draft) await replaceCopy(context, actor, draft);
      return true;
    } catch (err) {
      context.log.warn({ err, requestId: actor.scope.requestId }, 'draft/server-copy-failed');
      return false;
    }
  });
}

async function replaceCopy(
  context: ComposeContext,
  actor: Actor,
  draft: StoredDraft,
): Promise<void> {
  const copy = await appendCopy(context, actor, draft);
  await setServerCopy(context.db.knex, draft.id, copy);
  const isGone = !(await findDraft(context.db.knex, draft, draft.id));
  // Sent or discarded while its copy was on the way.
  if (isGone) await removeServerCopy(context, actor, copy);
  else if (draft.serverCopy) await removeOld(context, actor, draft.serverCopy, copy);
}

async function appendCopy(
  context: ComposeContext,
  actor: Actor,
  draft: StoredDraft,
): Promise<ServerCopy> {
  const mailbox = await context.mail.special(actor, 'drafts');
  const messageId = draftMessageId(draft.id, actor.user.mail);
  const path = await context.files.spoolPath(draft.site, `draft-${newToken(12)}.eml`);
  try {
    const { sizeBytes } = await buildCopy(context, actor, draft, { path, messageId });
    const file = { path, sizeBytes };
    const options = { flags: ['\\Draft', '\\Seen'], purpose: 'draft' } as const;
    const at = await context.mail.append(actor, mailbox, file, options);
    return { mailbox, messageId, ...(at && { at }) };
  } finally {
    await rm(path, { force: true });
  }
}

async function buildCopy(
  context: ComposeContext,
  actor: Actor,
  draft: StoredDraft,
  target: { readonly path: string; readonly messageId: string },
): Promise<{ readonly sizeBytes: number }> {
  const { fields, links } = draft;
  const identities = await listIdentities(context, actor);
  const identity = findIdentity(identities, fields.identity) ?? defaultIdentity(identities);
  const from = { name: identity?.name ?? '', mail: identity?.mail ?? actor.user.mail };
  // What is stored has been through the sanitiser.
  const html =
    fields.format === 'html'
      ? { html: fields.html, usedCids: [...shownCids(fields.html)] }
      : undefined;
  const attachments = (await listAttachments(context.db.knex, [draft.id])).get(draft.id) ?? [];
  const bcc = parseAddressList(fields.bcc).addresses;
  return buildFile(
    {
      from,
      to: parseAddressList(fields.to).addresses,
      cc: parseAddressList(fields.cc).addresses,
      subject: fields.subject,
      text: await draftText(context, fields),
      ...(html && { html: html.html }),
      ...outgoingFiles(context, draft, attachments, html),
      date: new Date(context.clock.now()),
      messageId: target.messageId,
      ...(links.inReplyTo !== undefined && { inReplyTo: links.inReplyTo }),
      references: links.references,
      headers: {
        ...wishHeaders(fields, from),
        ...draftWishHeaders(fields),
        [DRAFT_HEADER]: draft.id,
      },
    },
    target.path,
    { firstLines: bccLine(bcc) },
  );
}

/** Removes the copies of a draft that is no more; what is gone already is fine. */
export async function removeServerCopy(
  context: ComposeContext,
  actor: Actor,
  copy: ServerCopy,
): Promise<void> {
  if (copy.at) await expunge(context, actor, copy.mailbox, copy.at.uidValidity, [copy.at.uid]);
  // Copies that a crash left between writing the new one and removing the old one.
  await removeByMessageId(context, actor, copy, undefined);
}

async function removeOld(
  context: ComposeContext,
  actor: Actor,
  old: ServerCopy,
  fresh: ServerCopy,
): Promise<void> {
  if (old.at) await expunge(context, actor, old.mailbox, old.at.uidValidity, [old.at.uid]);
  else if (old.messageId !== fresh.messageId)
    await removeByMessageId(context, actor, old, undefined);
  else if (fresh.at) await removeByMessageId(context, actor, fresh, fresh.at.uid);
}

async function removeByMessageId(
  context: ComposeContext,
  actor: Actor,
  { mailbox, messageId }: ServerCopy,
  keep: number | undefined,
): Promise<void> {
  if (messageId === '') return;
  const found = await context.mail.findByMessageId(actor, mailbox, messageId);
  const uids = found.uids.filter((uid) => uid !== keep);
  if (uids.length > 0) await expunge(context, actor, mailbox, found.uidValidity, uids);
}

async function expunge(
  context: ComposeContext,
  actor: Actor,
  mailbox: string,
  uidValidity: UidValidity,
  uids: readonly Uid[],
): Promise<void> {
  try {
    await context.mail.expunge(actor, { mailbox, uidValidity, uids });
  } catch (error) {
    if (!isGoneError(error)) throw error;
  }
}

/** The message, or its mailbox, is not there any more: nothing left to do to it. */
export const isGoneError = (error: unknown): boolean =>
  isAppError(error, 'mailbox/changed') ||
  isAppError(error, 'message/not-found') ||
  isAppError(error, 'mailbox/not-found');
