import { AppError, isAppError } from '../base/errors';
import type { MessageRef } from '../base/types';
import { isTnefType } from '../mime';
import type { Actor } from '../session';
import type { MailContext } from './context';
import { familyOf } from './family';
import { openedOf, partOf } from './opened';
import { readSection } from './stream';
import type { AttachmentInfo, MessageView } from './types';

/** Encoded bytes that are opened; a larger one stays the file that it is. */
const MAX_BYTES = 30 * 1024 * 1024;
/** Of one message; Outlook writes one. */
const MAX_PARTS = 3;

/** A file that Outlook wrapped into `winmail.dat`. */
export interface WinmailFile {
  /** Its place in the part. */
  readonly index: number;
  readonly filename: string;
  readonly type: string;
  readonly sizeBytes: number;
  readonly family: string;
}

/** Attachments of a message that are such wrappings. */
export const winmailParts = ({ attachments }: Pick<MessageView, 'attachments'>) =>
  attachments.filter(isWinmail).slice(0, MAX_PARTS);

const isWinmail = ({ type, filename, sizeBytes }: AttachmentInfo): boolean =>
  isTnefType(type, filename) && sizeBytes <= MAX_BYTES;

interface Listed {
  readonly filename: string;
  readonly type: string;
  readonly sizeBytes: number;
}

/** What a wrapping holds; empty where it cannot be read, which is then offered as it is. */
export async function listWinmail(
  context: MailContext,
  actor: Actor,
  ref: MessageRef,
  part: string,
): Promise<readonly WinmailFile[]> {
  try {
    const input = await encodedPart(context, actor, ref, part);
    const files = await context.runTask<readonly Listed[]>('listTnef', input, {
      timeoutMs: context.limits.renderMs,
    });
    return files.map((file, index) => ({
      ...file,
      index,
      family: familyOf(file.type, file.filename),
    }));
  } catch (error) {
    if (!isAppError(error, 'worker/timeout')) throw error;
    return [];
  }
}

/** One file out of a wrapping. */
export async function winmailFile(
  context: MailContext,
  actor: Actor,
  ref: MessageRef,
  { part, index }: { readonly part: string; readonly index: number },
): Promise<{ readonly filename: string; readonly type: string; readonly content: Uint8Array }> {
  const input = { ...(await encodedPart(context, actor, ref, part)), index };
  const options = { timeoutMs: context.limits.renderMs };
  const file = await context.runTask<
    { filename: string; type: string; content: Uint8Array } | undefined
  >('tnefFile', input, options);
  if (!file) throw new AppError('message/not-found', { details: { part: 'unknown' } });
  return file;
}

async function encodedPart(context: MailContext, actor: Actor, ref: MessageRef, path: string) {
  const { tree } = await openedOf(context, actor, ref);
  const part = partOf(tree.root, path);
  if (!isTnefType(part.type, part.filename ?? '')) throw new AppError('message/not-found');
  const pieces: Buffer[] = [];
  for await (const piece of readSection(context, actor, ref, part.part, MAX_BYTES)) {
    pieces.push(piece);
  }
  return { bytes: Buffer.concat(pieces), encoding: part.encoding };
}
