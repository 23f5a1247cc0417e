import { pipeline, Readable, Transform } from 'node:stream';
import { crc32, createDeflateRaw } from 'node:zlib';

/** A file of an archive: its bytes are asked for when its turn comes. */
export interface ZipEntry {
  readonly name: string;
  open(): Promise<Readable>;
}

const LOCAL = 0x04034b50;
const DESCRIPTOR = 0x08074b50;
const ENTRY = 0x02014b50;
const END = 0x06054b50;
const VERSION = 20;
/** Sizes stand behind the bytes (bit 3); names are UTF-8 (bit 11). */
const FLAGS = 0x0808;
const DEFLATED = 8;
/** 1 January 1980, the first date there is: parts of a message have none of their own. */
const DATE = 0x21;

/**
 * A zip archive as a stream (APPNOTE 4.3): one file at a time is read and packed, none is held.
 * Sizes fit 32 bits, since no message comes near them.
 */
export function zipStream(entries: readonly ZipEntry[]): Readable {
  return Readable.from(archive(uniqueNames(entries)), { objectMode: false });
}

async function* archive(entries: readonly ZipEntry[]): AsyncGenerator<Buffer> {
  const index: Buffer[] = [];
  let at = 0;
  for (const { name, open } of entries) {
    const label = Buffer.from(name, 'utf8');
    const offset = at;
    const head = fields(
      [LOCAL, 4],
      [VERSION, 2],
      [FLAGS, 2],
      [DEFLATED, 2],
      [0, 2],
      [DATE, 2],
      [0, 4],
      [0, 4],
      [0, 4],
      [label.length, 2],
      [0, 2],
    );
    yield head;
    yield label;
    at += head.length + label.length;
    const sum = { crc: 0, plain: 0, packed: 0 };
    for await (const piece of packed(await open(), sum)) {
      sum.packed += piece.length;
      yield piece;
    }
    const sizes = [
      [sum.crc, 4],
      [sum.packed, 4],
      [sum.plain, 4],
    ] as const;
    const behind = fields([DESCRIPTOR, 4], ...sizes);
    yield behind;
    at += sum.packed + behind.length;
    index.push(
      fields(
        [ENTRY, 4],
        [VERSION, 2],
        [VERSION, 2],
        [FLAGS, 2],
        [DEFLATED, 2],
        [0, 2],
        [DATE, 2],
        ...sizes,
        [label.length, 2],
        [0, 2],
        [0, 2],
        [0, 2],
        [0, 2],
        [0, 4],
        [offset, 4],
      ),
      label,
    );
  }
  const list = Buffer.concat(index);
  yield list;
  yield fields(
    [END, 4],
    [0, 2],
    [0, 2],
    [entries.length, 2],
    [entries.length, 2],
    [list.length, 4],
    [at, 4],
    [0, 2],
  );
}

/** Deflated bytes; what went in is counted. A source that fails breaks the archive, never ends it. */
function packed(source: Readable, sum: { crc: number; plain: number }): Readable {
  const counted = new Transform({
    transform(piece: Buffer, _encoding, done) {
      sum.crc = crc32(piece, sum.crc);
      sum.plain += piece.length;
      done(null, piece);
    },
  });
  const deflate = createDeflateRaw();
  // The error reaches whoever reads `deflate`.
  pipeline(source, counted, deflate, () => undefined);
  return deflate;
}

function fields(...list: readonly (readonly [value: number, bytes: 2 | 4])[]): Buffer {
  const out = Buffer.alloc(list.reduce((sum, [, bytes]) => sum + bytes, 0));
  let at = 0;
  for (const [value, bytes] of list) {
    if (bytes === 2) out.writeUInt16LE(value & 0xffff, at);
    else out.writeUInt32LE(value >>> 0, at);
    at += bytes;
  }
  return out;
}

/** Two files of one name are two files: `a.pdf`, `a (2).pdf`. No name holds a path (zip slip). */
function uniqueNames(entries: readonly ZipEntry[]): readonly ZipEntry[] {
  const taken = new Set<string>();
  return entries.map((entry) => {
    const clean = entry.name.replace(/[\p{C}"\\/:*?<>|]/gu, '_').replace(/^\.+/, '_') || '_';
    const dot = clean.lastIndexOf('.');
    const [stem, extension] = dot > 0 ? [clean.slice(0, dot), clean.slice(dot)] : [clean, ''];
    let name = clean;
    for (let count = 2; taken.has(name.toLowerCase()); count += 1) {
      name = `${stem} (${count})${extension}`;
    }
    taken.add(name.toLowerCase());
    return { ...entry, name };
  });
}
