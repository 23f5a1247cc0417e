import { PassThrough, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Response } from 'express';
import { errorCode } from '../kernel/error-code';
import { BYTES_CSP } from '../view';
import { contentDisposition } from './content-disposition';
import { SNIFF_BYTES, sniffInline } from './sniff';

/** Private and unchanging for its uidvalidity: the browser may keep it while signed in. */
const PRIVATE_HOUR = 'private, max-age=3600';

/** Streams bytes that we did not make: never executed, shown in place only when they are what they say. */
export async function sendBytes(
  res: Response,
  source: Readable,
  options: { readonly filename: string; readonly inline: boolean },
): Promise<void> {
  const { head, rest } = await peek(source);
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
  await stream(rest, res);
}

/** Sends a stream to its end. A download that its reader cancelled is no failure of ours. */
export async function stream(source: Readable, res: Response): Promise<void> {
  try {
    await pipeline(source, res);
  } catch (error) {
    if (!res.closed || !isCut(error)) throw error;
    source.destroy();
  }
}

/** The answer closed under the pipeline, or before it began. */
const CUT = ['ERR_STREAM_PREMATURE_CLOSE', 'ERR_STREAM_UNABLE_TO_PIPE'];
const isCut = (error: unknown): boolean => CUT.includes(errorCode(error) ?? '');

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
