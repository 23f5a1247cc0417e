import { isAppError } from '../base/errors';
import type { AttachmentInfo, MessageView } from '../mail/types';
import type { Actor } from '../session/types';
import { attachableBytes, writeUpload } from './attachments';
import type { ComposeContext } from './context';
import type { StoredDraft } from './draft-store';
import { isInlineImage } from './sniff';
import type { DraftAttachment } from './types';

/** Content ids that HTML shows, percent-encoded or not (RFC 2392). */
export function shownCids(html: string): ReadonlySet<string> {
  const found = html.matchAll(/["'(]cid:([^"')\s]{1,300})/gi);
  return new Set([...found].map(([, id]) => decoded(id ?? '')));
}

function decoded(id: string): string {
  try {
    return decodeURIComponent(id);
  } catch {
    return id; // a percent sign that encodes nothing
  }
}

/** Parts of the original that a draft brings along: those its HTML shows, all, or the whole. */
export type BroughtParts = 'shown' | 'all' | 'whole' | 'none';

interface Part {
  /** IMAP part; `undefined` for the whole message. */
  readonly part: string | undefined;
  readonly filename: string;
  readonly type: string;
  readonly sizeBytes: number;
  readonly contentId: string | undefined;
}

/** A view that also lists the images its HTML shows, which are no attachments. */
type ViewWithInline = MessageView & { readonly inline?: readonly AttachmentInfo[] };

/** What will be copied, in order. */
export function partsToBring(
  view: ViewWithInline,
  html: string,
  which: BroughtParts,
): readonly Part[] {
  if (which === 'none') return [];
  if (which === 'whole') {
    const filename = `${view.subject.slice(0, 100) || 'message'}.eml`;
    const { sizeBytes } = view;
    return [{ part: undefined, filename, type: 'message/rfc822', sizeBytes, contentId: undefined }];
  }
  const shown = shownCids(html);
  const inline = (view.inline ?? []).filter(
    ({ part }) => !view.attachments.some((file) => file.part === part),
  );
  // An inline image that the quoted HTML no longer shows was never a file of its own.
  return [
    ...inline.map((found) => ({ ...found, isFile: false })),
    ...view.attachments.map((found) => ({ ...found, isFile: true })),
  ].flatMap(({ part, filename, type, sizeBytes, contentId, isFile }) => {
    const isShown = contentId !== undefined && shown.has(contentId) && isInlineImage(type);
    if (!isShown && (which === 'shown' || !isFile)) return [];
    return [{ part, filename, type, sizeBytes, contentId: isShown ? contentId : undefined }];
  });
}

/**
 * Copies parts of a received message into the folder of a draft, one after the other and by
 * streaming. Files only: all of them or none, so that half an original is never sent as whole.
 */
export async function copyParts(
  context: ComposeContext,
  actor: Actor,
  draft: Pick<StoredDraft, 'site' | 'id'>,
  from: { readonly view: MessageView; readonly parts: readonly Part[] },
): Promise<readonly DraftAttachment[]> {
  const limit = attachableBytes(actor.site.limits.messageBytes);
  const copied: DraftAttachment[] = [];
  let used = 0;
  try {
    for (const part of from.parts) {
      const room = { limit, used };
      const written = await copyPart(context, actor, draft, { view: from.view, part, room });
      if (!written) continue;
      copied.push(written);
      used += written.sizeBytes;
    }
    return copied;
  } catch (error) {
    await removeCopies(context, draft, copied);
    throw error;
  }
}

/** `undefined` for an image of the quote that does not fit: the answer is worth more than it. */
async function copyPart(
  context: ComposeContext,
  actor: Actor,
  draft: Pick<StoredDraft, 'site' | 'id'>,
  from: {
    readonly view: MessageView;
    readonly part: Part;
    readonly room: { readonly limit: number; readonly used: number };
  },
): Promise<DraftAttachment | undefined> {
  const { filename, type, contentId, part } = from.part;
  const { stream } = await openPart(context, actor, from.view, part);
  const upload = { filename, declaredType: type, stream };
  const inline = contentId === undefined ? {} : { inline: true, contentId };
  try {
    return (await writeUpload(context, draft, { ...upload, ...inline }, from.room)).attachment;
  } catch (error) {
    stream.destroy();
    if (contentId === undefined || !isAppError(error, 'attachment/too-large')) throw error;
    return undefined;
  }
}

const openPart = (
  context: ComposeContext,
  actor: Actor,
  view: MessageView,
  part: string | undefined,
) =>
  part === undefined
    ? context.mail.source(actor, view.ref)
    : context.mail.part(actor, view.ref, part);

export async function removeCopies(
  context: ComposeContext,
  { site, id: draft }: Pick<StoredDraft, 'site' | 'id'>,
  copied: readonly DraftAttachment[],
): Promise<void> {
  for (const { id } of copied) await context.files.remove({ site, draft, id });
}
