import type { Readable } from 'node:stream';
import { AppError, isAppError } from '../base/errors';
import { newToken } from '../base/ids';
import { deniedError } from '../kernel/denied-error';
import { cleanFilename } from '../mime';
import type { Actor } from '../session/types';
import { type ComposeContext, requireDraft } from './context';
import {
  deleteAttachment,
  findDraft,
  insertAttachment,
  listAttachments,
  type StoredDraft,
} from './draft-store';
import { cleanType, isInlineImage, sniffType } from './sniff';
import type { DraftAttachment, Upload } from './types';
import { tooLarge, type UploadPlace } from './upload-files';
import { refuseWhileSending } from './view';

const MAX_ATTACHMENTS = 200;
// Base64 makes 78 octets of 57 (RFC 2045 6.8); headers and text get what is left over.
const ENCODED_PER_RAW = 78 / 57;
const TEXT_SHARE = 0.02;

/** Bytes of attachments, as files, that fit into a message of at most `messageBytes`. */
export const attachableBytes = (messageBytes: number): number =>
  Math.floor((messageBytes * (1 - TEXT_SHARE)) / ENCODED_PER_RAW);

const placeOf = (draft: Pick<StoredDraft, 'site' | 'id'>, id: string): UploadPlace => ({
  site: draft.site,
  draft: draft.id,
  id,
});

/** Stores an upload whole or not at all; the limit holds for all files of the draft together. */
export async function attachUpload(
  context: ComposeContext,
  actor: Actor,
  draftId: string,
  upload: Upload,
): Promise<DraftAttachment> {
  try {
    const draft = await requireDraft(context, actor, draftId);
    return await storeUpload(context, actor, draft, upload);
  } catch (error) {
    // Whoever feeds the stream must not wait for a reader that left.
    upload.stream.destroy();
    throw error;
  }
}

async function storeUpload(
  context: ComposeContext,
  actor: Actor,
  draft: StoredDraft,
  upload: Upload,
): Promise<DraftAttachment> {
  const limit = attachableBytes(actor.site.limits.messageBytes);
  const used = await usedBytes(context, draft.id);
  const { attachment, head } = await writeUpload(context, draft, upload, { limit, used });
  try {
    await askPlugins(context, actor, upload, attachment, head);
    await addRow(context, draft, attachment, limit);
    return attachment;
  } catch (error) {
    await context.files.remove(placeOf(draft, attachment.id));
    throw error;
  }
}

/** Writes the bytes of one file of a draft, without a row: the caller makes it, or removes the file. */
export async function writeUpload(
  context: ComposeContext,
  draft: Pick<StoredDraft, 'site' | 'id'>,
  upload: Upload & { readonly contentId?: string },
  room: { readonly limit: number; readonly used: number },
): Promise<{ readonly attachment: DraftAttachment; readonly head: Buffer }> {
  const left = room.limit - room.used;
  if (left <= 0) throw tooLarge(room.limit);
  const place = placeOf(draft, newToken(16));
  const written = await context.files.write(place, upload.stream, left).catch((error: unknown) => {
    // The limit that people are told is that of the whole message.
    throw isAppError(error, 'attachment/too-large') ? tooLarge(room.limit) : error;
  });
  try {
    return { attachment: describe(place.id, upload, written), head: written.head };
  } catch (error) {
    await context.files.remove(place);
    throw error;
  }
}

function describe(
  id: string,
  upload: Upload & { readonly contentId?: string },
  written: { readonly sizeBytes: number; readonly head: Buffer },
): DraftAttachment {
  const sniffed = sniffType(written.head);
  const filename = cleanFilename(upload.filename) || id;
  // Of a received message, an image that is none is kept as the file that it is.
  const isFile = !upload.inline || (upload.contentId !== undefined && !isInlineImage(sniffed));
  if (isFile) {
    const type = cleanType(upload.declaredType);
    return { id, filename, type, sizeBytes: written.sizeBytes, contentId: undefined };
  }
  if (!isInlineImage(sniffed)) {
    throw new AppError('request/invalid', { textKey: 'compose.error.notAnImage' });
  }
  const contentId = upload.contentId ?? `${id}@inline`;
  return { id, filename, type: sniffed, sizeBytes: written.sizeBytes, contentId };
}

async function askPlugins(
  context: ComposeContext,
  actor: Actor,
  upload: Upload,
  attachment: DraftAttachment,
  head: Buffer,
): Promise<void> {
  const [denial] = await context.hooks.guard(actor.scope, 'attachment:receiving', {
    name: attachment.filename,
    declaredType: cleanType(upload.declaredType),
    sniffedType: sniffType(head),
    sizeBytes: attachment.sizeBytes,
    user: actor.user.id,
  });
  if (denial) throw deniedError(denial);
}

/** Several uploads may end together: the limit is checked again where they are serialised. */
async function addRow(
  context: ComposeContext,
  draft: StoredDraft,
  attachment: DraftAttachment,
  limit: number,
): Promise<void> {
  await context.db.transaction(async (trx) => {
    const current = await findDraft(trx, { user: draft.user, site: draft.site }, draft.id);
    if (!current) throw new AppError('draft/not-found');
    await refuseWhileSending(trx, draft, draft.id);
    const others = (await listAttachments(trx, [draft.id])).get(draft.id) ?? [];
    if (others.length >= MAX_ATTACHMENTS) {
      throw new AppError('request/invalid', { textKey: 'compose.error.tooManyAttachments' });
    }
    if (sum(others) + attachment.sizeBytes > limit) throw tooLarge(limit);
    await insertAttachment(trx, draft.id, attachment);
  });
}

const sum = (list: readonly DraftAttachment[]): number =>
  list.reduce((total, { sizeBytes }) => total + sizeBytes, 0);

const usedBytes = async (context: ComposeContext, draft: string): Promise<number> =>
  sum((await listAttachments(context.db.knex, [draft])).get(draft) ?? []);

/** Removes one file of a draft; an unknown one is a 404. */
export async function detachUpload(
  context: ComposeContext,
  actor: Actor,
  draftId: string,
  id: string,
): Promise<void> {
  const draft = await requireDraft(context, actor, draftId);
  await context.db.transaction(async (trx) => {
    await refuseWhileSending(trx, draft, draft.id);
    if (!(await deleteAttachment(trx, draft.id, id))) throw new AppError('request/not-found');
  });
  await context.files.remove(placeOf(draft, id));
  await context.hooks.action(actor.scope, 'attachment:discarded', {
    ids: [id],
    user: actor.user.id,
  });
}

/** One file of a draft with its bytes. */
export async function openAttachment(
  context: ComposeContext,
  actor: Actor,
  draftId: string,
  id: string,
): Promise<{ readonly info: DraftAttachment; readonly stream: Readable }> {
  const draft = await requireDraft(context, actor, draftId);
  const list = (await listAttachments(context.db.knex, [draft.id])).get(draft.id) ?? [];
  const info = list.find((attachment) => attachment.id === id);
  if (!info) throw new AppError('request/not-found');
  return { info, stream: context.files.read(placeOf(draft, info.id)) };
}
