import type { CleanPicture } from './types';

interface Size {
  readonly width: number;
  readonly height: number;
}

/** What the picture needs; `EXIF`, `XMP ` and what nobody knows are about it. */
const KEPT: ReadonlySet<string> = new Set([
  ...['VP8 ', 'VP8L', 'VP8X', 'ALPH', 'ICCP', 'ANIM', 'ANMF'],
]);
const EXIF_AND_XMP = 0x0c;

/** A WebP file (RFC 9649); `undefined` for what is none to its end. */
export function cleanWebp(file: Buffer): CleanPicture | undefined {
  const isWebp = /^RIFF[\s\S]{4}WEBP$/.test(file.toString('latin1', 0, 12));
  const whole = isWebp ? 8 + file.readUInt32LE(4) : 0;
  if (whole < 12 || whole > file.length) return undefined;
  const kept: Buffer[] = [];
  let size: Size = { width: 0, height: 0 };
  let hasData = false;
  for (let at = 12; at < whole; ) {
    if (at + 8 > whole) return undefined;
    const name = file.toString('latin1', at, at + 4);
    const length = file.readUInt32LE(at + 4);
    const body = file.subarray(at + 8, at + 8 + length);
    if (at + 8 + length > whole) return undefined;
    const found = sizeOf(name, body);
    if (found === 'broken') return undefined;
    if (found) {
      const { width, height } = size;
      size = { width: Math.max(width, found.width), height: Math.max(height, found.height) };
    }
    hasData ||= ['VP8 ', 'VP8L', 'ANMF'].includes(name);
    const end = at + 8 + length;
    // Chunks are of an even length; the last one may lack its padding.
    const isOdd = length % 2 === 1;
    if (KEPT.has(name)) kept.push(cleaned(name, file.subarray(at, end)));
    if (KEPT.has(name) && isOdd) kept.push(Buffer.alloc(1));
    at = isOdd ? end + 1 : end;
  }
  if (!hasData || size.width === 0 || size.height === 0) return undefined;
  const chunks = Buffer.concat(kept);
  const head = Buffer.from('RIFF\0\0\0\0WEBP', 'latin1');
  head.writeUInt32LE(4 + chunks.length, 4);
  return { ...size, content: Buffer.concat([head, chunks]) };
}

function sizeOf(name: string, body: Buffer): Size | 'broken' | undefined {
  switch (name) {
    case 'VP8X':
      if (body.length < 10) return 'broken';
      return { width: body.readUIntLE(4, 3) + 1, height: body.readUIntLE(7, 3) + 1 };
    case 'VP8L': {
      if (body.length < 5 || body[0] !== 0x2f) return 'broken';
      const bits = body.readUInt32LE(1);
      return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 };
    }
    case 'VP8 ':
      // The start code of a key frame (RFC 6386 9.1).
      if (body.length < 10 || body.readUIntBE(3, 3) !== 0x9d012a) return 'broken';
      return { width: body.readUInt16LE(6) & 0x3fff, height: body.readUInt16LE(8) & 0x3fff };
    case 'ANMF':
      if (body.length < 16) return 'broken';
      return { width: body.readUIntLE(6, 3) + 1, height: body.readUIntLE(9, 3) + 1 };
    default:
      return undefined;
  }
}

/** The head of an extended file says no longer that there is metadata. */
function cleaned(name: string, chunk: Buffer): Buffer {
  if (name !== 'VP8X') return chunk;
  const copy = Buffer.from(chunk);
  copy[8] = (copy[8] ?? 0) & ~EXIF_AND_XMP;
  return copy;
}
