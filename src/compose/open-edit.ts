import { OWN_ACCOUNT } from '../base/types';
import type { MessageView } from '../mail/types';
import { messageIds } from '../mime';
import type { Actor } from '../session/types';
import { type ComposeContext, ownerOf } from './context';
import { findByCopy, findDraft, type StoredDraft } from './draft-store';
import { addressedIdentity } from './identities';
import type { Opening } from './opening';
import { addressField } from './recipients';
import { DRAFT_HEADER } from './server-copy';
import type { Identity } from './types';
import { wishesIn } from './wishes';

// Drafts somebody has open at the same time; older ones are found by their header.
const RECENT_DRAFTS = 50;

/**
 * The draft of our store whose copy this message of Drafts is: it is never older than its copy.
 * By the header that our copies carry, else by where a copy is known to be.
 */
export async function findOpenDraft(
  context: ComposeContext,
  actor: Actor,
  view: MessageView,
): Promise<StoredDraft | undefined> {
  const known = await findByCopy(context.db.knex, ownerOf(actor), view.ref, RECENT_DRAFTS);
  // The header is whatever the message says: only the owner's own draft can be found by it.
  const id = known ?? (await headersOf(context, actor, view)).get(DRAFT_HEADER.toLowerCase()) ?? '';
  return id === '' ? undefined : findDraft(context.db.knex, ownerOf(actor), id);
}

async function headersOf(
  context: ComposeContext,
  actor: Actor,
  view: MessageView,
): Promise<ReadonlyMap<string, string>> {
  const headers = await context.mail.headers(actor, view.ref);
  return new Map(headers.map(({ name, value }) => [name.toLowerCase(), value.trim()]));
}

/** A new message as another one is: nothing ties it to that one, which stays as it was. */
export async function writeAgain(
  context: ComposeContext,
  actor: Actor,
  view: MessageView,
  identities: readonly Identity[],
): Promise<Opening> {
  const { fields, parts } = await restoreDraft(context, actor, view, identities);
  return { fields, links: { references: [] }, parts };
}

/** A draft that only the server knows: written elsewhere, or long ago. */
export async function restoreDraft(
  context: ComposeContext,
  actor: Actor,
  view: MessageView,
  identities: readonly Identity[],
): Promise<Opening> {
  const headers = await headersOf(context, actor, view);
  const { text, html } = await context.mail.quotable(actor, view);
  const inReplyTo = messageIds(headers.get('in-reply-to') ?? '')[0];
  const { mailbox, uid, uidValidity } = view.ref;
  return {
    fields: {
      identity: addressedIdentity(identities, view.from)?.id ?? '',
      to: addressField(view.to),
      cc: addressField(view.cc),
      bcc: addressField(view.bcc),
      subject: view.subject,
      format: html === undefined ? 'plain' : 'html',
      text,
      html: html ?? '',
      ...wishesIn(headers),
    },
    links: {
      references: [...view.references],
      original: { ...view.ref, account: OWN_ACCOUNT },
      ...(inReplyTo !== undefined && { inReplyTo }),
    },
    // The next save replaces it, sending removes it.
    serverCopy: { mailbox, messageId: view.messageId ?? '', at: { uid, uidValidity } },
    parts: 'all',
  };
}
