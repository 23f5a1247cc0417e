import type { AttachmentInfo } from '../../mail';
import { sendBodyFrame } from '../body-frame';
import { withQuery } from '../links';
import { MESSAGE } from '../message-path';
import type { PreviewModel } from '../pages/reading';
import { sendPage } from '../reply';
import type { OpenCall, RouteSpec } from '../route';
import { sendBytes } from '../send-bytes';
import { fileStart, type NamedFile, namedFile } from './preview-file';
import { previewHtml } from './preview-html';

/** A file on a page of its own, between the one before and the one after. */
async function showPreview(call: OpenCall): Promise<void> {
  const { deps, actor, req, res } = call;
  const named = await namedFile(call);
  const { view, file } = named;
  const { ref } = view;
  const { part, filename, type, sizeBytes } = file;
  const told = { ref, part, filename, type, sizeBytes };
  const shown = await deps.hooks.first(actor.scope, 'attachment:preview', told);
  if (shown) {
    await sendPage(deps, req, res, {
      view: `${shown.plugin}/${shown.answer.view}`,
      layout: 'layout-bare',
      model: shown.answer.data,
      shell: { title: filename, area: shown.plugin },
    });
    return;
  }
  const { kind } = await fileStart(call, named);
  await sendPage(deps, req, res, {
    view: 'preview',
    layout: 'layout-bare',
    model: { ...placeOf(call, named), kind },
    shell: { title: filename, area: 'preview' },
  });
}

/** Where the file stands among those of its message, and what leads away from it. */
function placeOf({ req }: OpenCall, { view, file, inside }: NamedFile): Omit<PreviewModel, 'kind'> {
  const path = req.path.replace(/\/parts\/[^/]+\/preview$/, '');
  const at = { uidvalidity: view.ref.uidValidity, inside };
  const hrefOf = (one: AttachmentInfo | undefined, rest = '/preview'): string | undefined =>
    one && withQuery(`${path}/parts/${encodeURIComponent(one.part)}${rest}`, at);
  const index = view.attachments.findIndex(({ part }) => part === file.part);
  const bodyAt = { uidvalidity: view.ref.uidValidity, inside: file.part };
  return {
    filename: file.filename,
    sizeBytes: file.sizeBytes,
    place: index < 0 ? 1 : index + 1,
    count: Math.max(1, view.attachments.length),
    previous: index > 0 ? hrefOf(view.attachments[index - 1]) : undefined,
    next: index < 0 ? undefined : hrefOf(view.attachments[index + 1]),
    back: withQuery(path, { inside }),
    href: withQuery(`${path}/parts/${encodeURIComponent(file.part)}`, at),
    contentHref: file.isMessage
      ? withQuery(`${path}/body`, bodyAt)
      : (hrefOf(file, '/preview/content') ?? ''),
    messageHref: file.isMessage ? withQuery(path, { inside: file.part }) : undefined,
  };
}

/** What the viewer frames: a document without scripts, or bytes that are what they say. */
async function showContent(call: OpenCall): Promise<void> {
  const { deps, actor, ctx, res } = call;
  const named = await namedFile(call);
  const { view, file } = named;
  const start = await fileStart(call, named);
  if (start.kind === 'text' || start.kind === 'calendar' || start.kind === 'card') {
    await sendBodyFrame(call, { title: file.filename, html: previewHtml(start, ctx.t) });
    return;
  }
  const { stream } = await deps.mail.part(actor, view.ref, file.part);
  // The viewer frames it, and nobody else.
  res.setHeader('X-Frame-Options', 'SAMEORIGIN');
  await sendBytes(res, stream, { filename: file.filename, inline: true });
}

export const previewRoutes: readonly RouteSpec[] = [
  { method: 'get', path: `${MESSAGE}/parts/:part/preview`, access: 'open', handle: showPreview },
  {
    method: 'get',
    path: `${MESSAGE}/parts/:part/preview/content`,
    access: 'open',
    handle: showContent,
  },
];
