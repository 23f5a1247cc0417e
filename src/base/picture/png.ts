import type { CleanPicture } from './types';

const SIGN = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');
/** Length, name and check sum around the data of a chunk. */
const AROUND = 12;

/** What the picture needs: its parts, its colours, its movement. Texts, dates, places and thumbnails are others. */
const KEPT: ReadonlySet<string> = new Set([
  ...['IHDR', 'PLTE', 'IDAT', 'IEND'],
  ...['tRNS', 'gAMA', 'cHRM', 'sRGB', 'iCCP', 'cICP', 'sBIT', 'bKGD', 'pHYs'],
  ...['acTL', 'fcTL', 'fdAT'],
]);

/** A PNG file (ISO/IEC 15948); `undefined` for what is none to its end. */
export function cleanPng(file: Buffer): CleanPicture | undefined {
  if (!file.subarray(0, 8).equals(SIGN)) return undefined;
  const kept: Buffer[] = [SIGN];
  let size: { readonly width: number; readonly height: number } | undefined;
  let hasData = false;
  for (let at = 8; at + AROUND <= file.length; ) {
    const length = file.readUInt32BE(at);
    const name = file.toString('latin1', at + 4, at + 8);
    const end = at + AROUND + length;
    if (end > file.length) return undefined;
    if ((name === 'IHDR') !== (at === 8)) return undefined;
    if (name === 'IHDR') {
      if (length !== 13) return undefined;
      size = { width: file.readUInt32BE(at + 8), height: file.readUInt32BE(at + 12) };
    }
    hasData ||= name === 'IDAT' && length > 0;
    if (KEPT.has(name)) kept.push(file.subarray(at, end));
    if (name === 'IEND') {
      return size && hasData ? { ...size, content: Buffer.concat(kept) } : undefined;
    }
    at = end;
  }
  return undefined;
}
