import { PassThrough, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Response } from 'express';
import { AppError } from '../../base/errors';
import type { MessageView, ServedPart } from '../../mail';
import { addTrusted, trustKey } from '../../settings';
import { BYTES_CSP } from '../../view';
import { field, formOf } from '../body';
import { sendBodyFrame } from '../body-frame';
import { bodyUrls } from '../body-urls';
import { contentDisposition } from '../content-disposition';
import { localPath } from '../links';
import { accountParam, asUid, asUidValidity } from '../mail-page';
import { bodyChoice, insideOf } from '../open-message';
import { seeOther, sendPage } from '../reply';
import { type OpenCall, param, type RouteSpec } from '../route';
import { SNIFF_BYTES, sniffInline } from '../sniff';
import { refOf } from './mail';

/** Private and unchanging for its uidvalidity: the browser may keep it while signed in. */
const PRIVATE_HOUR = 'private, max-age=3600';
const SOURCE_VIEW_BYTES = 2_000_000;

/** The framed document: its own CSP holds even if the sanitiser failed. */
async function showBody(call: OpenCall): Promise<void> {
  const { deps, actor, ctx, req } = call;
  accountParam(param(req, 'account'));
  const inside = insideOf(req.query['inside']);
  const uidValidity = asUidValidity(req.query['uidvalidity']);
  const at = { mailbox: param(req, 'mailbox'), uid: asUid(param(req, 'uid')) };
  const view = await deps.mail.message(
    actor,
    { ...at, ...(uidValidity !== undefined && { uidValidity }) },
    { markSeen: false, ...(inside !== undefined && { inside }) },
  );
  const choice = await bodyChoice(call, view);
  const body = await deps.mail.body(actor, view, {
    ...choice,
    ...(inside !== undefined && { inside }),
    urls: bodyUrls(deps, ctx),
  });
  await sendBodyFrame(call, { title: view.subject, html: body.html });
}

async function downloadPart(call: OpenCall): Promise<void> {
  const { deps, actor, req, res } = call;
  const view = await refOf(call);
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
  if (!denial) return;
  const { plugin, code, message, values } = denial;
  throw new AppError(code === 'guard-failed' ? 'plugin/guard-failed' : 'plugin/denied', {
    details: { plugin, code },
    ...(message !== undefined && { textKey: message }),
    ...(values && { textValues: values }),
  });
}

/** A file in a view of the plugin that can show it. */
async function previewPart(call: OpenCall): Promise<void> {
  const { deps, actor, req, res } = call;
  const view = await refOf(call);
  const part = servedPart(view, insideOf(param(req, 'part')) ?? '');
  if (part.filename === '') throw new AppError('message/not-found');
  await askServing(call, part, 'inline');
  const shown = await deps.hooks.first(actor.scope, 'attachment:preview', part);
  if (!shown) throw new AppError('request/not-found');
  await sendPage(deps, req, res, {
    view: `${shown.plugin}/${shown.answer.view}`,
    layout: 'layout-bare',
    model: shown.answer.data,
    shell: { title: part.filename, area: shown.plugin },
  });
}

/** Raw source: text in a tab, or an `.eml` file. */
async function showSource(call: OpenCall): Promise<void> {
  const { deps, actor, req, res } = call;
  const view = await refOf(call);
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
  await pipeline(source.stream, res);
}

/** Streams bytes that we did not make: never executed, shown in place only when they are what they say. */
export async function sendBytes(
  res: Response,
  stream: Readable,
  options: { readonly filename: string; readonly inline: boolean },
): Promise<void> {
  const { head, rest } = await peek(stream);
  const type = options.inline ? sniffInline(head) : undefined;
  res.setHeader(
    'Content-Security-Policy',
    type === 'application/pdf'
      ? "default-src 'none'; style-src 'unsafe-inline'; object-src 'self'; plugin-types application/pdf"
      : BYTES_CSP,
  );
  res.setHeader('Content-Type', type ?? 'application/octet-stream');
  res.setHeader(
    'Content-Disposition',
    contentDisposition(type ? 'inline' : 'attachment', options.filename),
  );
  res.setHeader('Cache-Control', PRIVATE_HOUR);
  await pipeline(rest, res);
}

/** First bytes of a stream, and a stream that still has them. */
async function peek(stream: Readable): Promise<{ readonly head: Buffer; readonly rest: Readable }> {
  const rest = new PassThrough();
  let head = Buffer.alloc(0);
  const iterator = stream[Symbol.asyncIterator]();
  while (head.length < SNIFF_BYTES) {
    const { value, done } = await iterator.next();
    if (done) break;
    head = Buffer.concat([head, Buffer.from(value as Uint8Array)]);
  }
  const all = async function* () {
    if (head.length > 0) yield head;
    for (;;) {
      const { value, done } = await iterator.next();
      if (done) return;
      yield value as Uint8Array;
    }
  };
  void pipeline(all, rest).catch((error: unknown) =>
    rest.destroy(error instanceof Error ? error : undefined),
  );
  rest.on('close', () => stream.destroy());
  return { head, rest };
}

/** Remembers the sender as one whose images are shown. */
async function trustSender(call: OpenCall): Promise<void> {
  const { deps, actor, req, res } = call;
  const view = await refOf(call);
  const sender = view.from[0]?.mail;
  if (sender !== undefined) {
    const { id, site, mail } = actor.user;
    await addTrusted(deps.settings, actor.user.id, sender);
    await deps.hooks.action(actor.scope, 'userdata:changed', {
      user: { id, site, mail },
      kind: 'trusted-sender',
      op: 'added',
      id: trustKey(sender),
    });
  }
  seeOther(res, localPath(field(formOf(req.body), 'back'), req.path.replace(/\/trust$/, '')));
}

const MESSAGE = '/mail/:account/:mailbox/:uid';

export const partRoutes: readonly RouteSpec[] = [
  { method: 'get', path: `${MESSAGE}/body`, access: 'open', handle: showBody },
  { method: 'get', path: `${MESSAGE}/parts/:part`, access: 'open', handle: downloadPart },
  { method: 'get', path: `${MESSAGE}/parts/:part/preview`, access: 'open', handle: previewPart },
  { method: 'get', path: `${MESSAGE}/source`, access: 'open', handle: showSource },
  { method: 'post', path: `${MESSAGE}/trust`, access: 'open', handle: trustSender },
];
