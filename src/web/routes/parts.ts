import { AppError } from '../../base/errors';
import { deniedError } from '../../kernel/denied-error';
import type { MessageView, ServedPart } from '../../mail';
import { markHtml } from '../../mime';
import { addTrusted, removeTrusted, trustedDomain, trustKey } from '../../settings';
import { BYTES_CSP } from '../../view';
import { field, formOf } from '../body';
import { sendBodyFrame } from '../body-frame';
import { bodyUrls } from '../body-urls';
import { localPath, withQuery } from '../links';
import { markedWords } from '../marked-words';
import { MESSAGE, messageParam, namedMessage } from '../message-path';
import { bodyChoice, insideOf } from '../open-message';
import { seeOther } from '../reply';
import { type OpenCall, param, type RouteSpec } from '../route';
import { sendBytes, stream } from '../send-bytes';

const SOURCE_VIEW_BYTES = 2_000_000;

/** The framed document: its own CSP holds even if the sanitiser failed. */
async function showBody(call: OpenCall): Promise<void> {
  const { deps, actor, ctx, req } = call;
  const inside = insideOf(req.query['inside']);
  const view = await deps.mail.message(actor, messageParam(req), {
    markSeen: false,
    contentOnly: true,
    ...(inside !== undefined && { inside }),
  });
  const choice = await bodyChoice(call, view);
  const body = await deps.mail.body(actor, view, {
    ...choice,
    ...(inside !== undefined && { inside }),
    urls: bodyUrls(deps, ctx),
  });
  const html = markHtml(body.html, markedWords(req.query['mark']));
  await sendBodyFrame(call, { title: view.subject, html });
}

async function downloadPart(call: OpenCall): Promise<void> {
  const { deps, actor, req, res } = call;
  const view = await namedMessage(call);
  const { ref } = view;
  const part = insideOf(param(req, 'part'));
  if (part === undefined) throw new AppError('message/not-found');
  const disposition = req.query['inline'] === '1' ? 'inline' : 'attachment';
  await askServing(call, servedPart(view, part), disposition);
  const opened = await deps.mail.part(actor, ref, part);
  await sendBytes(res, opened.stream, {
    filename: opened.filename,
    inline: req.query['inline'] === '1',
  });
}

/** A file as plugins are told of it; a part that is no file of the list has no name. */
function servedPart({ ref, attachments, inline }: MessageView, part: string): ServedPart {
  const info = [...attachments, ...inline].find((one) => one.part === part);
  const { filename = '', type = 'application/octet-stream', sizeBytes = 0 } = info ?? {};
  return { ref, part, filename, type, sizeBytes };
}

async function askServing(
  { deps, actor }: OpenCall,
  part: ServedPart,
  disposition: 'inline' | 'attachment',
): Promise<void> {
  const query = { ...part, disposition };
  const [denial] = await deps.hooks.guard(actor.scope, 'attachment:serving', query);
  if (denial) throw deniedError(denial);
}

/** Raw source: text in a tab, or an `.eml` file. */
async function showSource(call: OpenCall): Promise<void> {
  const { deps, actor, req, res } = call;
  const view = await namedMessage(call);
  const isDownload = req.query['download'] === '1';
  const source = await deps.mail.source(
    actor,
    view.ref,
    isDownload ? {} : { maxBytes: SOURCE_VIEW_BYTES },
  );
  if (isDownload) {
    const name = view.subject.trim().slice(0, 80) || 'message';
    await sendBytes(res, source.stream, { filename: `${name}.eml`, inline: false });
    return;
  }
  res.setHeader('Content-Security-Policy', BYTES_CSP);
  res.setHeader('Content-Type', 'text/plain; charset=utf-8');
  await stream(source.stream, res);
}

/** Remembers the sender as one whose images are shown, or no longer: `op=remove`. */
async function trustSender(call: OpenCall): Promise<void> {
  const { deps, actor, req, res } = call;
  const view = await namedMessage(call);
  const form = formOf(req.body);
  const op = field(form, 'op') === 'remove' ? 'removed' : 'added';
  const address = view.from[0]?.mail;
  const domain = address === undefined ? undefined : trustedDomain(address);
  // What is forgotten is all that shows the images of this message: the address and its domain.
  const asked =
    op === 'removed' ? [address, domain] : [field(form, 'of') === 'domain' ? domain : address];
  const { id, site, mail } = actor.user;
  const set = op === 'removed' ? removeTrusted : addTrusted;
  for (const sender of asked.filter((one) => one !== undefined)) {
    await set(deps.settings, id, sender);
    await deps.hooks.action(actor.scope, 'userdata:changed', {
      user: { id, site, mail },
      kind: 'trusted-sender',
      op,
      id: trustKey(sender),
    });
  }
  const page = req.path.replace(/\/trust$/, '');
  const back = localPath(field(form, 'back'), page);
  // A link that asked for the images would show them again.
  seeOther(res, op === 'removed' ? withoutImages(back) : back);
}

/** Only its query is read anew: a path that a URL resolves may become one of another host. */
function withoutImages(href: string): string {
  const [path = '', query = ''] = href.split('?', 2);
  const params = new URLSearchParams(query);
  params.delete('images');
  return withQuery(path, Object.fromEntries(params));
}

export const partRoutes: readonly RouteSpec[] = [
  { method: 'get', path: `${MESSAGE}/body`, access: 'open', handle: showBody },
  { method: 'get', path: `${MESSAGE}/parts/:part`, access: 'open', handle: downloadPart },
  { method: 'get', path: `${MESSAGE}/source`, access: 'open', handle: showSource },
  { method: 'post', path: `${MESSAGE}/trust`, access: 'open', handle: trustSender },
];
