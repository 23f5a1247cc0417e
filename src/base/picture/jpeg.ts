import type { CleanPicture } from './types';

const SOI = 0xd8;
const EOI = 0xd9;
const SOS = 0xda;
const EXIF = 0xe1;
const COMMENT = 0xfe;
const ORIENTATION = 0x0112;

/** Start of a frame: where the size stands; DHT, JPG and DAC have numbers of the same row. */
const isFrame = (marker: number): boolean =>
  marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);

/** JFIF, colour profile, Adobe's transform: what the colours need. Others are about the picture. */
function isKept(marker: number, body: Buffer): boolean {
  if (marker === COMMENT) return false;
  if (marker < 0xe0 || marker > 0xef) return true;
  if (marker === 0xe2) return body.subarray(0, 12).equals(Buffer.from('ICC_PROFILE\0', 'latin1'));
  return marker === 0xe0 || marker === 0xee;
}

/** A JPEG file (ITU T.81); `undefined` for what is none to its end. */
export function cleanJpeg(file: Buffer): CleanPicture | undefined {
  if (file[0] !== 0xff || file[1] !== SOI) return undefined;
  const kept: Buffer[] = [];
  let orientation = 1;
  let size: { readonly width: number; readonly height: number } | undefined;
  let hasData = false;
  let at = 2;
  while (at + 1 < file.length) {
    const marker = file[at + 1] ?? 0;
    if (file[at] !== 0xff) return undefined;
    if (marker === 0xff) {
      at += 1; // A filler.
      continue;
    }
    if (marker === EOI) {
      if (!size || !hasData) return undefined;
      const head = [Buffer.from([0xff, SOI]), ...turned(orientation)];
      const content = Buffer.concat([...head, ...kept, Buffer.from([0xff, EOI])]);
      return { ...size, content };
    }
    if (at + 4 > file.length) return undefined;
    const length = file.readUInt16BE(at + 2);
    const end = at + 2 + length;
    if (length < 2 || end > file.length) return undefined;
    const body = file.subarray(at + 4, end);
    if (isFrame(marker) && body.length >= 5) {
      const [width, height] = [body.readUInt16BE(3), body.readUInt16BE(1)];
      size = {
        width: Math.max(width, size?.width ?? 0),
        height: Math.max(height, size?.height ?? 0),
      };
    }
    if (marker === EXIF) orientation = orientationOf(body) ?? orientation;
    const next = marker === SOS ? endOfData(file, end) : end;
    hasData ||= marker === SOS;
    if (isKept(marker, body)) kept.push(file.subarray(at, next));
    at = next;
  }
  return undefined;
}

/** The next marker after coded data, in which 0xff stands before 0 or a restart. */
function endOfData(file: Buffer, from: number): number {
  let at = file.indexOf(0xff, from);
  while (at >= 0) {
    const next = file[at + 1] ?? 0;
    if (next !== 0 && (next < 0xd0 || next > 0xd7)) return at;
    at = file.indexOf(0xff, at + 2);
  }
  return file.length;
}

/** How a camera was held (TIFF 6.0, tag 274), from 1 to 8. */
function orientationOf(exif: Buffer): number | undefined {
  if (exif.toString('latin1', 0, 6) !== 'Exif\0\0') return undefined;
  const tiff = exif.subarray(6);
  const isLittle = tiff.toString('latin1', 0, 2) === 'II';
  const short = (at: number): number => {
    if (at < 0 || at + 2 > tiff.length) return 0;
    return isLittle ? tiff.readUInt16LE(at) : tiff.readUInt16BE(at);
  };
  if (tiff.length < 10) return undefined;
  const first = isLittle ? tiff.readUInt32LE(4) : tiff.readUInt32BE(4);
  const count = Math.min(short(first), 100);
  for (let entry = 0; entry < count; entry += 1) {
    const at = first + 2 + entry * 12;
    const value = short(at + 8);
    if (short(at) === ORIENTATION) return value >= 1 && value <= 8 ? value : undefined;
  }
  return undefined;
}

/** An Exif segment that says how to turn the picture, and nothing else. */
const turned = (orientation: number): readonly Buffer[] =>
  orientation === 1
    ? []
    : [
        Buffer.from([0xff, EXIF, 0, 34]),
        Buffer.from('Exif\0\0MM\0*\0\0\0\x08', 'latin1'),
        Buffer.from([0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0, 0, 0, 0, 0]),
      ];
