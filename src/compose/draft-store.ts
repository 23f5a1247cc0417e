import { z } from 'zod';
import type { UserId } from '../base/types';
import {
  composeMode,
  type DraftLinks,
  draftFields,
  draftLinks,
  type Executor,
  readJson,
  type ServerCopy,
  serverCopy,
} from './rows';
import type { ComposeMode, DraftAttachment, DraftFields } from './types';

/** A draft as stored; `Draft` is what others see of it. */
export interface StoredDraft {
  readonly id: string;
  readonly user: UserId;
  readonly site: string;
  readonly mode: ComposeMode;
  readonly revision: number;
  readonly fields: DraftFields;
  readonly links: DraftLinks;
  readonly messageId: string;
  readonly serverCopy: ServerCopy | undefined;
  readonly forkedFrom: { readonly id: string; readonly revision: number } | undefined;
  readonly createdAt: string;
  readonly savedAt: string;
}

const row = z.object({
  id: z.string(),
  user_id: z.number(),
  site: z.string(),
  mode: composeMode,
  revision: z.number(),
  fields: z.string(),
  links: z.string(),
  message_id: z.string(),
  server_copy: z.string().nullable(),
  forked_from: z.string().nullable(),
  forked_revision: z.number().nullable(),
  created_at: z.string(),
  saved_at: z.string(),
});

function toDraft(value: unknown): StoredDraft {
  const found = row.parse(value);
  return {
    id: found.id,
    user: found.user_id as UserId,
    site: found.site,
    mode: found.mode,
    revision: found.revision,
    fields: readJson(draftFields, found.fields),
    links: readJson(draftLinks, found.links),
    messageId: found.message_id,
    serverCopy: found.server_copy === null ? undefined : readJson(serverCopy, found.server_copy),
    forkedFrom:
      found.forked_from === null || found.forked_revision === null
        ? undefined
        : { id: found.forked_from, revision: found.forked_revision },
    createdAt: found.created_at,
    savedAt: found.saved_at,
  };
}

/** Makes the draft unless its id is taken; says whether it did. */
export async function insertDraft(on: Executor, draft: StoredDraft): Promise<boolean> {
  const row = {
    id: draft.id,
    user_id: draft.user,
    site: draft.site,
    mode: draft.mode,
    revision: draft.revision,
    fields: JSON.stringify(draft.fields),
    links: JSON.stringify(draft.links),
    message_id: draft.messageId,
    server_copy: draft.serverCopy ? JSON.stringify(draft.serverCopy) : null,
    forked_from: draft.forkedFrom?.id ?? null,
    forked_revision: draft.forkedFrom?.revision ?? null,
    created_at: draft.createdAt,
    saved_at: draft.savedAt,
  };
  const made: unknown[] = await on('drafts').insert(row).onConflict('id').ignore().returning('id');
  return made.length === 1;
}

/** The draft when it is this person's on this site; anybody else's is as unknown as none. */
export async function findDraft(
  on: Executor,
  owner: { readonly user: UserId; readonly site: string },
  id: string,
): Promise<StoredDraft | undefined> {
  const found: unknown = await on('drafts')
    .where({ id, user_id: owner.user, site: owner.site })
    .first();
  return found === undefined ? undefined : toDraft(found);
}

/** The draft that took over the text of `revision` when another tab saved over it. */
export async function findFork(
  on: Executor,
  from: { readonly id: string; readonly revision: number },
): Promise<StoredDraft | undefined> {
  const found: unknown = await on('drafts')
    .where({ forked_from: from.id, forked_revision: from.revision })
    .orderBy('created_at', 'desc')
    .first();
  return found === undefined ? undefined : toDraft(found);
}

/** A person's drafts, last saved first. */
export async function listDrafts(
  on: Executor,
  owner: { readonly user: UserId; readonly site: string },
  limit: number,
): Promise<readonly StoredDraft[]> {
  const rows: unknown[] = await on('drafts')
    .where({ user_id: owner.user, site: owner.site })
    .orderBy('saved_at', 'desc')
    .limit(limit);
  return rows.map(toDraft);
}

/** Which of a person's drafts, last saved first, has its copy at this place. */
export async function findByCopy(
  on: Executor,
  owner: { readonly user: UserId; readonly site: string },
  at: { readonly mailbox: string; readonly uidValidity: number; readonly uid: number },
  limit: number,
): Promise<string | undefined> {
  const rows = z
    .array(row.pick({ id: true, server_copy: true }))
    .parse(
      await on('drafts')
        .where({ user_id: owner.user, site: owner.site })
        .whereNotNull('server_copy')
        .orderBy('saved_at', 'desc')
        .limit(limit)
        .select('id', 'server_copy'),
    );
  return rows.find(({ server_copy }) => {
    const copy = readJson(serverCopy, server_copy ?? '');
    return (
      copy.mailbox === at.mailbox &&
      copy.at?.uid === at.uid &&
      copy.at.uidValidity === at.uidValidity
    );
  })?.id;
}

/** Writes the fields if the draft still has `revision`; says whether it had. */
export async function updateFields(
  on: Executor,
  draft: { readonly id: string; readonly revision: number },
  fields: DraftFields,
  savedAt: string,
): Promise<boolean> {
  const count = await on('drafts')
    .where({ id: draft.id, revision: draft.revision })
    .update({
      fields: JSON.stringify(fields),
      revision: draft.revision + 1,
      saved_at: savedAt,
    });
  return count === 1;
}

export async function setServerCopy(
  on: Executor,
  id: string,
  copy: ServerCopy | undefined,
): Promise<void> {
  await on('drafts')
    .where({ id })
    .update({ server_copy: copy ? JSON.stringify(copy) : null });
}

/** Rows of its attachments go with it; files are the caller's. */
export async function deleteDraft(on: Executor, id: string): Promise<void> {
  await on('draft_attachments').where({ draft_id: id }).delete();
  await on('drafts').where({ id }).delete();
}

const attachmentRow = z.object({
  id: z.string(),
  draft_id: z.string(),
  filename: z.string(),
  type: z.string(),
  size_bytes: z.number(),
  content_id: z.string().nullable(),
});

function toAttachment(value: unknown): DraftAttachment & { readonly draft: string } {
  const found = attachmentRow.parse(value);
  return {
    id: found.id,
    draft: found.draft_id,
    filename: found.filename,
    type: found.type,
    sizeBytes: found.size_bytes,
    contentId: found.content_id ?? undefined,
  };
}

/** Attachments of several drafts at once, in the order in which they were added. */
export async function listAttachments(
  on: Executor,
  drafts: readonly string[],
): Promise<ReadonlyMap<string, readonly DraftAttachment[]>> {
  const rows: unknown[] = await on('draft_attachments')
    .whereIn('draft_id', [...drafts])
    .orderBy(['position', 'id']);
  const lists = new Map<string, DraftAttachment[]>(drafts.map((id) => [id, []]));
  for (const { draft, ...attachment } of rows.map(toAttachment)) lists.get(draft)?.push(attachment);
  return lists;
}

export async function insertAttachment(
  on: Executor,
  draft: string,
  attachment: DraftAttachment,
): Promise<void> {
  const last = z
    .object({ last: z.number().nullable() })
    .optional()
    .parse(
      await on('draft_attachments').where({ draft_id: draft }).max('position as last').first(),
    );
  await on('draft_attachments').insert({
    id: attachment.id,
    draft_id: draft,
    position: (last?.last ?? 0) + 1,
    filename: attachment.filename,
    type: attachment.type,
    size_bytes: attachment.sizeBytes,
    content_id: attachment.contentId ?? null,
  });
}

/** Says whether there was one to delete. */
export async function deleteAttachment(on: Executor, draft: string, id: string): Promise<boolean> {
  return (await on('draft_attachments').where({ draft_id: draft, id }).delete()) === 1;
}

/** Which of these ids are drafts or attachments that exist. */
export async function knownIds(
  on: Executor,
  table: 'drafts' | 'draft_attachments',
  ids: readonly string[],
): Promise<ReadonlySet<string>> {
  const rows = z.array(z.object({ id: z.string() })).parse(
    await on(table)
      .whereIn('id', [...ids])
      .select('id'),
  );
  return new Set(rows.map(({ id }) => id));
}
