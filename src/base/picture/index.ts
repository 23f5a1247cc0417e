/** Files of pictures as they may be published: what is shown, and nothing of where and how it was taken. */
import { cleanGif } from './gif';
import { cleanJpeg } from './jpeg';
import { cleanPng } from './png';
import type { CleanPicture } from './types';
import { cleanWebp } from './webp';

export interface Picture extends CleanPicture {
  readonly type: 'image/png' | 'image/jpeg' | 'image/gif' | 'image/webp';
}

const READERS = [
  ['image/jpeg', cleanJpeg],
  ['image/png', cleanPng],
  ['image/gif', cleanGif],
  ['image/webp', cleanWebp],
] as const;

/**
 * What the bytes of a picture say, whatever its name: its type, its size as it is announced, before
 * anybody unpacks it, and the picture without metadata. `undefined` for what is no PNG, JPEG, GIF or
 * WebP to its end.
 */
export function pictureOf(file: Buffer): Picture | undefined {
  for (const [type, clean] of READERS) {
    const picture = clean(file);
    if (picture) return { type, ...picture };
  }
  return undefined;
}
