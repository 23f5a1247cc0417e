import type { Readable } from 'node:stream';
import { AppError } from '../../base/errors';
import { deniedError } from '../../kernel/denied-error';
import type { AttachmentInfo, MessageView } from '../../mail';
import { decodeText, type FileKind, fileKind } from '../../mime';
import { messageParam } from '../message-path';
import { insideOf } from '../open-message';
import { type OpenCall, param } from '../route';

/** As much of a text as a page shows; the rest is in the file. */
const MAX_BYTES = 512 * 1024;

/** An attachment that its path names, in the message that it is part of. */
export interface NamedFile {
  readonly view: MessageView;
  readonly file: AttachmentInfo;
  readonly inside: string | undefined;
}

/** The attachment; asks plugins whether it may be shown. */
export async function namedFile(call: OpenCall): Promise<NamedFile> {
  const { deps, actor, req } = call;
  const inside = insideOf(req.query['inside']);
  const view = await deps.mail.message(actor, messageParam(req), {
    markSeen: false,
    ...(inside !== undefined && { inside }),
  });
  const part = insideOf(param(req, 'part'));
  const file = [...view.attachments, ...view.inline].find((one) => one.part === part);
  if (!file) throw new AppError('message/not-found');
  const { ref } = view;
  const { filename, type, sizeBytes } = file;
  const query = { ref, part: file.part, filename, type, sizeBytes, disposition: 'inline' } as const;
  const [denial] = await deps.hooks.guard(actor.scope, 'attachment:serving', query);
  if (denial) throw deniedError(denial);
  return { view, file, inside };
}

/** The beginning of a file, and what it is by its own bytes. */
export interface FileStart {
  readonly kind: FileKind | 'message';
  readonly text: string;
  readonly isCut: boolean;
}

/** Reads what a preview needs of a file; an enclosed message is known by the server's own word. */
export async function fileStart(
  { deps, actor }: OpenCall,
  { view, file }: NamedFile,
): Promise<FileStart> {
  if (file.isMessage) return { kind: 'message', text: '', isCut: false };
  const { stream, charset } = await deps.mail.part(actor, view.ref, file.part);
  const { bytes, isCut } = await startOf(stream);
  const kind = fileKind(bytes);
  const isRead = kind === 'text' || kind === 'calendar' || kind === 'card';
  return { kind, text: isRead ? decodeText(bytes, charset) : '', isCut: isRead && isCut };
}

async function startOf(stream: Readable): Promise<{ bytes: Buffer; isCut: boolean }> {
  const pieces: Buffer[] = [];
  let count = 0;
  for await (const piece of stream as AsyncIterable<Buffer>) {
    pieces.push(piece);
    count += piece.length;
    // Leaving the loop ends the stream, which frees its connection.
    if (count > MAX_BYTES) break;
  }
  return { bytes: Buffer.concat(pieces).subarray(0, MAX_BYTES), isCut: count > MAX_BYTES };
}
