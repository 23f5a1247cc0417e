import type { CleanPicture } from './types';

const EXTENSION = 0x21;
const IMAGE = 0x2c;
const TRAILER = 0x3b;
const CONTROL = 0xf9;
const APPLICATION = 0xff;
/** How often a moving picture begins again; other programs write about the picture. */
const LOOPS: ReadonlySet<string> = new Set(['NETSCAPE2.0', 'ANIMEXTS1.0']);

/** A GIF file (87a, 89a); `undefined` for what is none to its end. */
export function cleanGif(file: Buffer): CleanPicture | undefined {
  if (!/^GIF8[79]a$/.test(file.toString('latin1', 0, 6)) || file.length < 13) return undefined;
  let [width, height] = [file.readUInt16LE(6), file.readUInt16LE(8)];
  let at = 13 + colours(file[10] ?? 0);
  const kept: Buffer[] = [file.subarray(0, at)];
  let hasImage = false;
  while (at < file.length) {
    const kind = file[at];
    if (kind === TRAILER) {
      const content = Buffer.concat([...kept, Buffer.from([TRAILER])]);
      return hasImage ? { width, height, content } : undefined;
    }
    let data: number;
    if (kind === IMAGE && at + 10 < file.length) {
      width = Math.max(width, file.readUInt16LE(at + 1) + file.readUInt16LE(at + 5));
      height = Math.max(height, file.readUInt16LE(at + 3) + file.readUInt16LE(at + 7));
      // The size of its codes is before them.
      data = at + 10 + colours(file[at + 9] ?? 0) + 1;
      hasImage = true;
    } else if (kind === EXTENSION) data = at + 2;
    else return undefined;
    const end = endOfBlocks(file, data);
    if (end === undefined) return undefined;
    if (kind === IMAGE || isKept(file, at)) kept.push(file.subarray(at, end));
    at = end;
  }
  return undefined;
}

/** Bytes of a table of colours that a descriptor announces. */
const colours = (flags: number): number => ((flags & 0x80) === 0 ? 0 : 3 * 2 ** ((flags & 7) + 1));

function isKept(file: Buffer, at: number): boolean {
  const label = file[at + 1];
  if (label === CONTROL) return true;
  return label === APPLICATION && LOOPS.has(file.toString('latin1', at + 3, at + 14));
}

/** Behind the empty block that ends a row of them. */
function endOfBlocks(file: Buffer, from: number): number | undefined {
  for (let at = from; at < file.length; ) {
    const length = file[at] ?? 0;
    if (length === 0) return at + 1;
    at += 1 + length;
  }
  return undefined;
}
