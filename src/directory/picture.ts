import { PICTURE_BYTES } from './shape';
import type { DirectoryPicture } from './types';

/** Where directories keep pictures, the most usual first. */
export const PICTURE_ATTRIBUTES = ['jpegPhoto', 'thumbnailPhoto', 'photo'];

const SIGNATURES: readonly (readonly [type: string, test: (bytes: Buffer) => boolean])[] = [
  ['image/jpeg', (bytes) => bytes.subarray(0, 3).equals(Buffer.from([0xff, 0xd8, 0xff]))],
  ['image/png', (bytes) => bytes.subarray(0, 8).equals(Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'))],
  ['image/gif', (bytes) => /^GIF8[79]a$/.test(bytes.toString('latin1', 0, 6))],
  [
    'image/webp',
    (bytes) =>
      bytes.toString('latin1', 0, 4) === 'RIFF' && bytes.toString('latin1', 8, 12) === 'WEBP',
  ],
];

/** A value as the picture that its bytes say it is; `undefined` for anything else, and for a huge one. */
export function pictureOf(content: Buffer): DirectoryPicture | undefined {
  if (content.length > PICTURE_BYTES) return undefined;
  const found = SIGNATURES.find(([, test]) => test(content));
  return found && { type: found[0], content };
}
