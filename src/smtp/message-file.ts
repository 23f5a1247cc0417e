import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { AppError } from '../base/errors';

const CR = 0x0d;
const LF = 0x0a;

export interface MessageFileFacts {
  readonly sizeBytes: number;
  /** Some octet is above 127: BODY=8BITMIME (RFC 6152). */
  readonly is8bit: boolean;
}

/**
 * Reads the message once before a connection is opened. Refuses a bare CR or LF: servers disagree
 * about them, which lets a second message be smuggled (RFC 5321 2.3.8), and the bytes on the wire
 * would no longer be the bytes that are filed.
 */
export async function inspectMessageFile(path: string): Promise<MessageFileFacts> {
  let sizeBytes = 0;
  let is8bit = false;
  let previous = 0;
  for await (const chunk of createReadStream(path)) {
    if (!Buffer.isBuffer(chunk)) continue;
    for (const byte of chunk) {
      if ((previous === CR) !== (byte === LF)) refuse(path);
      if (byte > 127) is8bit = true;
      previous = byte;
    }
    sizeBytes += chunk.length;
  }
  if (sizeBytes === 0 || previous !== LF) refuse(path);
  return { sizeBytes, is8bit };
}

function refuse(path: string): never {
  throw new AppError('internal/unexpected', {
    cause: new Error('message file has bare line breaks, or no end'),
    details: { file: path.split('/').at(-1) },
  });
}

/**
 * The file as a stream that nodemailer starts to read after the server's 354. `goAhead` runs
 * before the first byte, `beforeLast` before the last chunk: when that rejects, the message is never
 * completed and so never accepted.
 */
export function messageStream(
  path: string,
  on: { goAhead: () => void; beforeLast: () => Promise<void> },
): Readable {
  async function* chunks(): AsyncGenerator<Buffer> {
    on.goAhead();
    let held: Buffer | undefined;
    for await (const chunk of createReadStream(path)) {
      if (!Buffer.isBuffer(chunk)) continue;
      if (held) yield held;
      held = chunk;
    }
    await on.beforeLast();
    if (held) yield held;
  }
  return Readable.from(chunks(), { objectMode: false });
}
