import type { Draft } from '../compose';

/**
 * Inline images are `cid:` in a stored draft and an address of ours in the editor. Both forms are
 * exact strings made by us, inside attributes that the sanitiser wrote, so that replacing one by
 * the other changes no structure; what the editor posts is sanitised again when it is stored.
 */
const pathOf = (draft: Draft, id: string): string => `/compose/${draft.id}/attachments/${id}`;

const inline = (draft: Draft) =>
  draft.attachments.flatMap(({ id, contentId }) =>
    contentId === undefined ? [] : [{ id, contentId }],
  );

export const contentIdsToPaths = (draft: Draft): string =>
  inline(draft).reduce(
    (html, { id, contentId }) =>
      html.replaceAll(`src="cid:${contentId}"`, `src="${pathOf(draft, id)}"`),
    draft.html,
  );

export const pathsToContentIds = (html: string, draft: Draft): string =>
  inline(draft).reduce(
    (text, { id, contentId }) =>
      text.replaceAll(`src="${pathOf(draft, id)}"`, `src="cid:${contentId}"`),
    html,
  );
