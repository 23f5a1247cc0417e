import { AppError } from '../base/errors';
import type { UserId } from '../base/types';
import type { ComposeContext } from './context';
import { listAttachments, type StoredDraft } from './draft-store';
import { findOutbox, type OutboxRow, outboxStates } from './outbox-store';
import type { Executor } from './rows';
import type { Draft, DraftFields } from './types';

/** Drafts as others see them, attachments and outbox state included. */
export async function viewDrafts(
  on: Executor,
  stored: readonly StoredDraft[],
): Promise<readonly Draft[]> {
  const ids = stored.map(({ id }) => id);
  const attachments = await listAttachments(on, ids);
  const states = await outboxStates(on, ids);
  return stored.map((draft) => ({
    ...viewOf(draft),
    attachments: attachments.get(draft.id) ?? [],
    sending: states.get(draft.id),
  }));
}

/** A draft without what other tables say of it. */
export const viewOf = (draft: StoredDraft): Draft => ({
  ...draft.fields,
  id: draft.id,
  mode: draft.mode,
  revision: draft.revision,
  savedAt: draft.savedAt,
  inReplyTo: draft.links.inReplyTo,
  references: draft.links.references,
  original: draft.links.original,
  attachments: [],
  sending: undefined,
});

/** What is left to show of a draft that was sent: that it was. */
export const viewSent = (row: OutboxRow, fields: DraftFields): Draft => ({
  ...fields,
  id: row.draft,
  mode: row.job?.mode ?? 'new',
  revision: row.revision,
  savedAt: row.updatedAt,
  inReplyTo: undefined,
  references: [],
  original: row.job?.original,
  attachments: [],
  sending: row.state,
});

export async function viewDraft(context: ComposeContext, draft: StoredDraft): Promise<Draft> {
  const [view] = await viewDrafts(context.db.knex, [draft]);
  if (!view) throw new AppError('draft/not-found');
  return view;
}

/** What is being sent is frozen: a change now would be in no copy of the message. */
export async function refuseWhileSending(
  on: Executor,
  owner: { readonly user: UserId; readonly site: string },
  draft: string,
): Promise<void> {
  const row = await findOutbox(on, owner, draft);
  if (row?.state === 'sending' || row?.state === 'held') {
    throw new AppError('draft/conflict', { textKey: 'compose.error.beingSent' });
  }
}
