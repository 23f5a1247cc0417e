import { Readable } from 'node:stream';
import { AppError } from '../base/errors';
import type { MessageRef } from '../base/types';
import { fetchSlice } from '../imap';
import { displayName, transferStream } from '../mime';
import type { Actor } from '../session';
import { checkMessages, type MailContext } from './context';
import { unnamedWords } from './file-names';
import { openedOf, partOf } from './opened';
import type { PartStream } from './types';

// A connection is borrowed for one slice at a time: a stalled reader holds none. Large enough
// that the commands do not show, small enough that three at once stay far below 64 MB.
const SLICE_BYTES = 512 * 1024;
const SLICE_DEADLINE_MS = 30_000; // 50 kB/s is slow but alive (threats F3)

/** Bytes of a section ('' = whole message) as sent, until its end or `maxBytes`. */
export function readSection(
  context: MailContext,
  actor: Actor,
  ref: MessageRef,
  key: string,
  maxBytes = Number.POSITIVE_INFINITY,
): AsyncGenerator<Buffer> {
  return slices();

  async function* slices(): AsyncGenerator<Buffer> {
    for (let start = 0; start < maxBytes; ) {
      const length = Math.min(SLICE_BYTES, maxBytes - start);
      const bytes = await slice(start, length);
      if (bytes.length > 0) yield bytes;
      start += bytes.length;
      if (bytes.length < length) return;
    }
  }

  function slice(start: number, length: number): Promise<Buffer> {
    const options = { kind: 'read', deadlineMs: SLICE_DEADLINE_MS } as const;
    return context.pool.withMailbox(context.access(actor), ref.mailbox, options, async (box) => {
      await checkMessages(box, ref.uidValidity, [ref.uid]);
      return fetchSlice(box.client, ref.uid, { key, start, length });
    });
  }
}

/** One part as a file: decoded, with back-pressure down to the server. */
export async function streamPart(
  context: MailContext,
  actor: Actor,
  ref: MessageRef,
  path: string,
): Promise<PartStream> {
  const { tree } = await openedOf(context, actor, ref);
  const part = partOf(tree.root, path);
  if (part.type.startsWith('multipart/')) throw new AppError('message/not-found');
  const source = await started(readSection(context, actor, ref, part.part));
  // RFC 2046 5.2.1: an enclosed message is never encoded.
  const encoding = part.type.startsWith('message/') ? undefined : part.encoding;
  return {
    filename: displayName(part, unnamedWords(context, actor)),
    type: part.type,
    charset: part.charset,
    sizeBytes: part.sizeBytes,
    stream: decoded(source, encoding),
  };
}

/** The message as it is stored. */
export async function streamSource(
  context: MailContext,
  actor: Actor,
  ref: MessageRef,
  maxBytes: number | undefined,
): Promise<PartStream> {
  const { content } = await openedOf(context, actor, ref);
  const source = await started(readSection(context, actor, ref, '', maxBytes));
  return {
    filename: `message-${ref.uid}.eml`,
    type: 'message/rfc822',
    charset: undefined,
    sizeBytes: content.sizeBytes,
    stream: decoded(source, undefined),
  };
}

/** Reads the first slice now, so that what is missing is an error and not a broken download. */
async function started(slices: AsyncGenerator<Buffer>): Promise<AsyncGenerator<Buffer>> {
  const first = await slices.next();
  return resume();

  async function* resume(): AsyncGenerator<Buffer> {
    if (!first.done) yield first.value;
    yield* slices;
  }
}

function decoded(source: AsyncGenerator<Buffer>, encoding: string | undefined): Readable {
  const bytes = Readable.from(source, { objectMode: false, highWaterMark: SLICE_BYTES });
  const decoder = transferStream(encoding);
  bytes.once('error', (error) => decoder.destroy(error));
  decoder.once('close', () => bytes.destroy());
  return bytes.pipe(decoder);
}
