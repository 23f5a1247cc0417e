import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';

/** One file of the build; sizes in bytes. */
export interface AssetEntry {
  readonly file: string;
  readonly bytes: number;
  /** Absent for files that are compressed already. */
  readonly gzip?: number;
  readonly br?: number;
}

/** 60 bits: two versions of one asset never meet, and the name stays short. */
const HASH_LENGTH = 10;
const TEXT = /\.(?:css|js|svg)$/;
const compressGzip = promisify(gzip);
const compressBrotli = promisify(brotliCompress);

/** Writes `<name>-<hash>.<ext>` into `dir`, and `.gz` and `.br` beside a text. */
export async function writeAsset(dir: string, name: string, content: Buffer): Promise<AssetEntry> {
  const file = hashedName(name, content);
  await writeFile(path.join(dir, file), content);
  if (!TEXT.test(name)) return { file, bytes: content.length };
  const [gz, br] = await Promise.all([
    compressGzip(content, { level: 9 }),
    compressBrotli(content, {
      params: {
        [constants.BROTLI_PARAM_QUALITY]: 11,
        [constants.BROTLI_PARAM_SIZE_HINT]: content.length,
      },
    }),
  ]);
  await writeFile(path.join(dir, `${file}.gz`), gz);
  await writeFile(path.join(dir, `${file}.br`), br);
  return { file, bytes: content.length, gzip: gz.length, br: br.length };
}

// Flat: the asset route serves one folder and never has to think about "..".
function hashedName(name: string, content: Buffer): string {
  const { name: stem, ext } = path.posix.parse(name);
  const hash = createHash('sha256').update(content).digest('base64url').replace(/[-_]/g, '');
  return `${stem.replace(/[^A-Za-z0-9-]/g, '-')}-${hash.slice(0, HASH_LENGTH)}${ext}`;
}
