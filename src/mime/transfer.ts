import { Buffer } from 'node:buffer';
import { Transform } from 'node:stream';
import { Base64Decoder } from './transfer-base64';
import { QuotedPrintableDecoder } from './transfer-qp';
import { UuDecoder } from './transfer-uu';

/** A decoder fed by chunks; each call returns the bytes known so far. Broken input never throws. */
export interface ChunkDecoder {
  push(chunk: Buffer): Buffer;
  end(): Buffer;
}

const identity: ChunkDecoder = { push: (chunk) => chunk, end: () => Buffer.alloc(0) };

/** The decoder of a Content-Transfer-Encoding; unknown labels pass bytes through (RFC 2045 6.4). */
export function transferDecoder(encoding: string | undefined): ChunkDecoder {
  switch ((encoding ?? '').trim().toLowerCase()) {
    case 'base64':
      return new Base64Decoder();
    case 'quoted-printable':
    case 'quotedprintable':
      return new QuotedPrintableDecoder();
    case 'uuencode':
    case 'x-uuencode':
    case 'x-uue':
    case 'uue':
      return new UuDecoder();
    default:
      return identity;
  }
}

/** Decodes a whole body; stops at `maxBytes` of output and says so. */
export function decodeTransfer(
  bytes: Uint8Array,
  encoding: string | undefined,
  maxBytes = Number.POSITIVE_INFINITY,
): { readonly bytes: Buffer; readonly truncated: boolean } {
  const input = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const decoder = transferDecoder(encoding);
  const pieces: Buffer[] = [];
  let size = 0;
  for (let at = 0; at < input.length && size <= maxBytes; at += SLICE_BYTES) {
    const piece = decoder.push(input.subarray(at, at + SLICE_BYTES));
    pieces.push(piece);
    size += piece.length;
  }
  pieces.push(decoder.end());
  const whole = Buffer.concat(pieces);
  const truncated = whole.length > maxBytes;
  return { bytes: truncated ? whole.subarray(0, maxBytes) : whole, truncated };
}

/** Slices so that a cap on the output is noticed long before a huge input is read whole. */
const SLICE_BYTES = 256 * 1024;

/** A stream that decodes a Content-Transfer-Encoding, for attachment downloads. */
export function transferStream(encoding: string | undefined): Transform {
  const decoder = transferDecoder(encoding);
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      done(null, decoder.push(chunk));
    },
    flush(done) {
      done(null, decoder.end());
    },
  });
}
