import { Buffer } from 'node:buffer';
import { Transform } from 'node:stream';

const CR = 0x0d;
const LF = 0x0a;

/**
 * Every bare CR or LF becomes CRLF. Servers disagree about bare ones, and that disagreement is
 * how one message is smuggled as two (RFC 5321 2.3.8).
 */
export function crlfStream(): Transform {
  let endsInCr = false;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      const fixed = fixChunk(chunk, endsInCr);
      endsInCr = fixed.endsInCr;
      done(null, fixed.bytes);
    },
    flush(done) {
      done(null, endsInCr ? Buffer.from('\r\n') : undefined);
    },
  });
}

/** A CR at the end waits for the next chunk: its LF may be there. */
function fixChunk(chunk: Buffer, pendingCr: boolean): { bytes: Buffer; endsInCr: boolean } {
  const out = Buffer.allocUnsafe(chunk.length * 2 + 2);
  let length = 0;
  let isCr = pendingCr;
  for (let index = 0; index < chunk.length; index++) {
    const byte = chunk[index] ?? 0;
    if (isCr || byte === LF) {
      out[length++] = CR;
      out[length++] = LF;
    }
    const isPairEnd = isCr && byte === LF;
    isCr = byte === CR;
    if (!isCr && byte !== LF) out[length++] = byte;
    else if (isPairEnd) isCr = false;
  }
  return { bytes: out.subarray(0, length), endsInCr: isCr };
}
