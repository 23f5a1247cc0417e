import { type Picture, pictureOf } from 'estafette/plugin';
import type { Photo } from './types';

/** Of either side: beyond, a small file may be a huge picture in the browsers of whoever reads the book. */
const SIDE_MAX = 4_096;

/** Whether a picture announces more than anybody should have to unpack. */
export const isTooWide = ({ width, height }: Pick<Picture, 'width' | 'height'>): boolean =>
  Math.max(width, height) > SIDE_MAX;

/** The photo of a card as pages show it, without metadata; none for one that is cut short or too large. */
export function pictureIn(photo: Photo | undefined): Picture | undefined {
  const picture = photo && pictureOf(photo.content);
  return picture && !isTooWide(picture) ? picture : undefined;
}
