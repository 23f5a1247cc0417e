import { Readable } from 'node:stream';
import { AppError } from '../../base/errors';
import { deniedError } from '../../kernel/denied-error';
import type { AttachmentInfo, MessageView } from '../../mail';
import { BYTES_CSP } from '../../view';
import { contentDisposition } from '../content-disposition';
import { MESSAGE, namedMessage } from '../message-path';
import { insideOf } from '../open-message';
import { type OpenCall, param, type RouteSpec } from '../route';
import { sendBytes, stream } from '../send-bytes';
import { zipStream } from './zip-stream';

/** Every attachment of a message in one archive, packed while it is read. */
async function sendAll(call: OpenCall): Promise<void> {
  const { deps, actor, res } = call;
  const view = await namedMessage(call);
  if (view.attachments.length === 0) throw new AppError('message/not-found');
  for (const file of view.attachments) await askServing(call, view, file);
  const archive = zipStream(
    view.attachments.map(({ filename, part }) => ({
      name: filename,
      open: async () => (await deps.mail.part(actor, view.ref, part)).stream,
    })),
  );
  const name = view.subject.trim().slice(0, 80) || 'message';
  res.setHeader('Content-Security-Policy', BYTES_CSP);
  res.setHeader('Content-Type', 'application/zip');
  res.setHeader('Content-Disposition', contentDisposition('attachment', `${name}.zip`));
  await stream(archive, res);
}

/** A file that Outlook wrapped into another. */
async function sendWrapped(call: OpenCall): Promise<void> {
  const { deps, actor, req, res } = call;
  const view = await namedMessage(call);
  const part = insideOf(param(req, 'part'));
  const index = param(req, 'index');
  const wrapping = view.attachments.find((one) => one.part === part);
  if (part === undefined || !wrapping || !/^\d{1,3}$/.test(index)) {
    throw new AppError('message/not-found');
  }
  await askServing(call, view, wrapping);
  const file = await deps.mail.winmailFile(actor, view.ref, { part, index: Number(index) });
  await sendBytes(res, Readable.from([Buffer.from(file.content)], { objectMode: false }), {
    filename: file.filename,
    inline: req.query['inline'] === '1',
  });
}

async function askServing(
  { deps, actor }: OpenCall,
  { ref }: MessageView,
  { part, filename, type, sizeBytes }: AttachmentInfo,
): Promise<void> {
  const query = { ref, part, filename, type, sizeBytes, disposition: 'attachment' } as const;
  const [denial] = await deps.hooks.guard(actor.scope, 'attachment:serving', query);
  if (denial) throw deniedError(denial);
}

export const fileRoutes: readonly RouteSpec[] = [
  { method: 'get', path: `${MESSAGE}/attachments.zip`, access: 'open', handle: sendAll },
  {
    method: 'get',
    path: `${MESSAGE}/parts/:part/files/:index`,
    access: 'open',
    handle: sendWrapped,
  },
];
