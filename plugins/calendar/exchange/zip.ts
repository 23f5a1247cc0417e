import { promisify } from 'node:util';
import { inflateRaw } from 'node:zlib';

const inflated = promisify(inflateRaw);

/** A file of an archive. */
export interface Packed {
  readonly name: string;
  readonly content: Buffer;
}

const END = 0x06054b50;
const ENTRY = 0x02014b50;
const LOCAL = 0x04034b50;
const END_BYTES = 22;
const ENTRY_BYTES = 46;
const LOCAL_BYTES = 30;
/** A comment stands behind the end, and is no longer. */
const COMMENT_BYTES = 65_535;
/** Nobody has so many calendars. */
const MOST_FILES = 100;
const ENCRYPTED = 1;
const STORED = 0;
const DEFLATED = 8;

export const isZip = (content: Buffer): boolean =>
  content.length >= END_BYTES && content.readUInt32LE(0) === LOCAL;

/**
 * Calendars of an archive as Google gives them: one file `.ics` each. `undefined` for an archive that
 * cannot be read, is encrypted or holds more than `maxBytes`: what its list says of sizes is not believed.
 */
export async function unpack(
  archive: Buffer,
  maxBytes: number,
): Promise<readonly Packed[] | undefined> {
  try {
    const files: Packed[] = [];
    let left = maxBytes;
    for (const { name, method, from, bytes } of entriesOf(archive)) {
      const packed = archive.subarray(from, from + bytes);
      if (packed.length !== bytes || files.length === MOST_FILES) return undefined;
      if (method === STORED && bytes > left) return undefined;
      const content =
        method === STORED ? packed : await inflated(packed, { maxOutputLength: Math.max(left, 1) });
      left -= content.length;
      files.push({ name, content });
    }
    return files;
  } catch {
    // A number beyond the end, a stream that is none, or one that grows beyond what is left.
    return undefined;
  }
}

function* entriesOf(archive: Buffer) {
  const end = endOf(archive);
  let at = archive.readUInt32LE(end + 16);
  const count = archive.readUInt16LE(end + 10);
  for (let index = 0; index < count; index += 1) {
    if (archive.readUInt32LE(at) !== ENTRY) throw new RangeError('entry');
    const nameBytes = archive.readUInt16LE(at + 28);
    const name = archive.toString('utf8', at + ENTRY_BYTES, at + ENTRY_BYTES + nameBytes);
    const method = archive.readUInt16LE(at + 10);
    const isPlain = (archive.readUInt16LE(at + 8) & ENCRYPTED) === 0;
    const local = archive.readUInt32LE(at + 42);
    if (/\.ics$/i.test(name)) {
      if (!isPlain || (method !== STORED && method !== DEFLATED)) throw new RangeError('method');
      if (archive.readUInt32LE(local) !== LOCAL) throw new RangeError('file');
      const head = archive.readUInt16LE(local + 26) + archive.readUInt16LE(local + 28);
      const bytes = archive.readUInt32LE(at + 20);
      yield { name, method, from: local + LOCAL_BYTES + head, bytes };
    }
    at += ENTRY_BYTES + nameBytes + archive.readUInt16LE(at + 30) + archive.readUInt16LE(at + 32);
  }
}

/** Where the list ends, looked for from behind. */
function endOf(archive: Buffer): number {
  const first = Math.max(archive.length - END_BYTES - COMMENT_BYTES, 0);
  for (let at = archive.length - END_BYTES; at >= first; at -= 1)
    if (archive.readUInt32LE(at) === END) return at;
  throw new RangeError('end');
}
